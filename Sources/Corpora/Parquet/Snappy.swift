/// Undoes Snappy's compression of a block.
///
/// - Source: google/snappy, format_description.txt.
enum Snappy {
  /// - Parameter size: How many bytes it has to become.
  static func decompressed(_ bytes: ArraySlice<UInt8>, size: Int) throws(ParquetFault) -> [UInt8] {
    var fault: ParquetFault?
    let output = [UInt8](unsafeUninitializedCapacity: size) { output, filled in
      bytes.withUnsafeBufferPointer { input in
        do throws(ParquetFault) {
          try decompress(input, into: output)
          filled = size
        } catch { fault = error }
      }
    }
    if let fault { throw fault }
    return output
  }

  private static let broken = ParquetFault("its Snappy data are damaged")

  private static func decompress(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(ParquetFault) {
    var (place, filled, stated) = (0, 0, 0)
    for shift in stride(from: 0, to: 35, by: 7) {
      guard place < input.count else { throw broken }
      stated |= Int(input[place] & 0x7F) << shift
      place += 1
      if input[place - 1] < 0x80 { break }
    }
    guard stated == output.count else { throw broken }
    /// A little-endian number of `count` bytes.
    func number(_ count: Int) throws(ParquetFault) -> Int {
      guard count <= input.count - place else { throw broken }
      defer { place += count }
      return (0..<count).reduce(0) { $0 | Int(input[place + $1]) << (8 * $1) }
    }
    while place < input.count {
      let tag = Int(input[place])
      place += 1
      var length = (tag >> 2) + 1
      let offset: Int
      switch tag & 3 {
      case 0:
        if length > 60 { length = try number(length - 60) + 1 }
        guard length <= input.count - place, length <= output.count - filled else { throw broken }
        for step in 0..<length { output[filled + step] = input[place + step] }
        place += length
        filled += length
        continue
      case 1:
        length = (tag >> 2 & 7) + 4
        offset = (tag >> 5) << 8 | (try number(1))
      case 2: offset = try number(2)
      default: offset = try number(4)
      }
      guard offset > 0, offset <= filled, length <= output.count - filled else { throw broken }
      // One by one: what is copied may reach into what the copy itself makes.
      for step in 0..<length { output[filled + step] = output[filled + step - offset] }
      filled += length
    }
    guard filled == output.count else { throw broken }
  }
}
