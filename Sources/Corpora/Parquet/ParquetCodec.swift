internal import CZstd
internal import Files

/// Undoes the compression of pages.
enum ParquetCodec {
  /// No page is larger unpacked.
  static let largest = 1 << 30

  /// The bytes of a page.
  ///
  /// - Parameters:
  ///   - codec: The number of the compression in the file's description.
  ///   - size: How many bytes they have to become.
  static func decompressed(
    _ bytes: ArraySlice<UInt8>, codec: Int, size: Int
  ) throws(ParquetFault) -> ArraySlice<UInt8> {
    guard (0...largest).contains(size) else { throw .cut }
    switch codec {
    case 0: return bytes
    case 1: return try Snappy.decompressed(bytes, size: size)[...]
    case 2:
      do {
        let output = try Inflate.gunzip(Array(bytes), limit: size)
        if output.count == size { return output[...] }
      } catch { throw ParquetFault("its gzip data are damaged: \(error.reason)") }
      throw .cut
    case 6: return try zstd(bytes, size: size)
    default:
      let names = [3: "LZO", 4: "Brotli", 5: "LZ4", 7: "LZ4"]
      throw ParquetFault(
        "it is compressed with \(names[codec] ?? "codec \(codec)"), which is not read; write it anew "
          + "with Snappy, gzip or zstd")
    }
  }

  private static func zstd(
    _ bytes: ArraySlice<UInt8>, size: Int
  ) throws(ParquetFault) -> ArraySlice<UInt8> {
    var written = 0
    let output = [UInt8](unsafeUninitializedCapacity: size) { output, filled in
      written = bytes.withUnsafeBytes {
        ZSTD_decompress(output.baseAddress, size, $0.baseAddress, $0.count)
      }
      filled = ZSTD_isError(written) == 0 ? min(written, size) : 0
    }
    guard output.count == size, ZSTD_isError(written) == 0 else {
      throw ParquetFault("its zstd data are damaged")
    }
    return output[...]
  }
}
