internal import CZlib

/// Unpacks what DEFLATE packed, with zlib and within bounds: a small file can claim to hold
/// terabytes, so that nothing is unpacked without a limit.
///
/// - Source: DEFLATE is RFC 1951, the wrappings of zlib and gzip are RFC 1950 and 1952.
package enum Inflate {
  /// What is wrong with the compressed bytes.
  package enum Fault: Error, Equatable, Sendable {
    case notGzip
    case cutShort
    case damaged
    /// gzip's own count of bytes, or its checksum, is another.
    case wrongLength, wrongChecksum
    /// - Parameter limit: In bytes.
    case tooLarge(limit: Int)
    case noMemory

    /// The fault in words, which follow the name of a file and a colon.
    package var reason: String {
      switch self {
      case .notGzip: "this is not gzip data"
      case .cutShort: "the compressed data is cut short"
      case .damaged: "the compressed data is damaged"
      case .wrongLength: "the gzip data has another length than it says"
      case .wrongChecksum: "the gzip data does not match its checksum"
      case .tooLarge(let limit): "the data is larger than \(limit) bytes when unpacked"
      case .noMemory: "there is not enough memory to decompress it"
      }
    }
  }

  /// The contents of a gzip file: all its members, one after the other.
  ///
  /// - Parameter limit: The most bytes that all members together may unpack to.
  /// - Throws: ``Fault`` for anything but whole gzip members; zeros behind them are padding.
  package static func gunzip(_ bytes: [UInt8], limit: Int = 1 << 28) throws(Fault) -> [UInt8] {
    var output: [UInt8] = []
    var used = 0
    while used < bytes.count {
      let rest = bytes[used...]
      if used > 0, rest.allSatisfy({ $0 == 0 }) { break }
      guard rest.starts(with: [0x1F, 0x8B, 8]) else { throw .notGzip }
      let stream = try InflateStream(.gzip)
      used = try unpack(bytes, from: used, stream, into: &output, limit: limit)
    }
    return output
  }

  /// The contents of a bare DEFLATE stream; what follows it is not looked at.
  ///
  /// - Parameter limit: The most bytes that it may unpack to.
  package static func raw(_ bytes: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
    var output: [UInt8] = []
    _ = try unpack(bytes, from: 0, InflateStream(.bare), into: &output, limit: limit)
    return output
  }

  /// The contents of a DEFLATE stream in zlib's wrapping, as PNG files have them; what follows it is
  /// not looked at.
  ///
  /// - Parameter limit: The most bytes that it may unpack to.
  package static func zlib(_ bytes: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
    var output: [UInt8] = []
    _ = try unpack(bytes, from: 0, InflateStream(.zlib), into: &output, limit: limit)
    return output
  }

  /// Unpacks a bare DEFLATE stream into memory of the caller's, never beyond its end.
  ///
  /// - Returns: How many bytes were written, and whether they are all that the stream holds.
  package static func raw(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> (count: Int, isWhole: Bool) {
    let stream = try InflateStream(.bare)
    var (used, written) = (0, 0)
    switch stream.run(source, &used, into: target, &written) {
    case .ended: return (written, true)
    case .full: return (written, false)
    case .failed(let fault): throw fault
    }
  }

  /// The checksum of bytes that gzip and zip keep: CRC-32.
  ///
  /// - Source: RFC 1952, section 8.
  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    return UInt32(truncatingIfNeeded: crc32_z(0, start, numericCast(bytes.count)))
  }

  /// Appends what one stream holds to `output`.
  ///
  /// - Parameters:
  ///   - start: Where the stream begins in `bytes`.
  ///   - limit: The most bytes that `output` may have then.
  /// - Returns: Where the stream ends in `bytes`.
  private static func unpack(
    _ bytes: [UInt8], from start: Int, _ stream: InflateStream, into output: inout [UInt8],
    limit: Int
  ) throws(Fault) -> Int {
    var used = start
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // At the limit there is room for none: what is left must be the stream's end.
      let room = min(piece.count, limit - output.count)
      var written = 0
      let outcome = bytes.withUnsafeBytes { source in
        piece.withUnsafeMutableBytes { piece in
          stream.run(
            source, &used, into: UnsafeMutableRawBufferPointer(rebasing: piece[..<room]), &written)
        }
      }
      output += piece[..<written]
      switch outcome {
      case .ended: return used
      case .failed(let fault): throw fault
      case .full: guard room > 0 else { throw .tooLarge(limit: limit) }
      }
    }
  }
}

/// One stream that zlib unpacks.
private final class InflateStream {
  /// What stands around the compressed bytes.
  enum Wrapping {
    case bare, zlib, gzip

    /// zlib's code of the wrapping, with a window of 32,768 bytes.
    var windowBits: Int32 {
      switch self {
      case .bare: -15
      case .zlib: 15
      case .gzip: 15 + 16
      }
    }
  }

  enum Outcome {
    /// All is unpacked.
    case ended
    /// There is no more room, and perhaps more to unpack.
    case full
    case failed(Inflate.Fault)
  }

  /// In a place of its own: zlib remembers where it is.
  private let stream: UnsafeMutablePointer<z_stream>
  /// Something to point at where there is no room for a byte.
  private let nowhere: UnsafeMutablePointer<UInt8>

  init(_ wrapping: Wrapping) throws(Inflate.Fault) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    nowhere = .allocate(capacity: 1)
    nowhere.initialize(to: 0)
    let status = inflateInit2_(
      stream, wrapping.windowBits, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw .noMemory }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    nowhere.deallocate()
  }

  /// Unpacks until `target` is full or the stream ends.
  ///
  /// - Parameters:
  ///   - used: How many of the source's bytes were read, before and after.
  ///   - written: How many bytes of the target were written, before and after.
  func run(
    _ source: UnsafeRawBufferPointer, _ used: inout Int,
    into target: UnsafeMutableRawBufferPointer, _ written: inout Int
  ) -> Outcome {
    // zlib counts in 32 bits.
    let most = Int(UInt32.max)
    while true {
      let (given, room) = (min(source.count - used, most), min(target.count - written, most))
      stream.pointee.next_in = source.baseAddress.map {
        UnsafeMutablePointer(mutating: ($0 + used).assumingMemoryBound(to: UInt8.self))
      }
      stream.pointee.avail_in = UInt32(given)
      stream.pointee.next_out =
        target.baseAddress.map { ($0 + written).assumingMemoryBound(to: UInt8.self) } ?? nowhere
      stream.pointee.avail_out = UInt32(room)
      let status = inflate(stream, Z_NO_FLUSH)
      used += given - Int(stream.pointee.avail_in)
      written += room - Int(stream.pointee.avail_out)
      switch status {
      case Z_STREAM_END: return .ended
      case Z_OK: continue
      // No step was possible.
      case Z_BUF_ERROR: return written == target.count ? .full : .failed(.cutShort)
      case Z_MEM_ERROR: return .failed(.noMemory)
      default: return .failed(fault)
      }
    }
  }

  /// What zlib says is wrong.
  private var fault: Inflate.Fault {
    let words: UnsafeMutablePointer<CChar>? = stream.pointee.msg
    switch words.map({ String(cString: $0) }) {
    case "incorrect length check": return .wrongLength
    case "incorrect data check": return .wrongChecksum
    default: return .damaged
    }
  }
}
