/// Undoes DEFLATE (RFC 1951) and its gzip wrapping (RFC 1952).
///
/// Small and without dependencies: vocabularies of a few megabytes are all it is for.
package enum Inflate {
  /// What is wrong with the compressed bytes.
  package struct Failure: Error, Equatable {
    package let reason: String
  }

  /// The contents of a gzip file: all its members, one after the other.
  ///
  /// - Throws: ``Failure`` for anything but whole gzip members of at most `limit` bytes.
  package static func gunzip(_ bytes: [UInt8], limit: Int = 1 << 28) throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if at > 0, bytes[at...].allSatisfy({ $0 == 0 }) { break }
      let start = try headerEnd(bytes, at)
      var reader = BitReader(bytes, from: start)
      let before = output.count
      try inflate(&reader, into: &output, limit: limit)
      at = reader.byteOffset
      guard at + 8 <= bytes.count else { throw Failure(reason: "the gzip data is cut short") }
      let size = (0..<4).reduce(0) { $0 | Int(bytes[at + 4 + $1]) << (8 * $1) }
      guard size == (output.count - before) & 0xFFFF_FFFF else {
        throw Failure(reason: "the gzip data has another length than it says")
      }
      let sum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
      guard sum == checksum(output[before...]) else {
        throw Failure(reason: "the gzip data does not match its checksum")
      }
      at += 8
    }
    return output
  }

  /// The contents of a bare DEFLATE stream.
  package static func raw(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    var reader = BitReader(bytes, from: 0)
    var output: [UInt8] = []
    output.reserveCapacity(limit)
    try inflate(&reader, into: &output, limit: limit)
    return output
  }

  private static func headerEnd(_ bytes: [UInt8], _ start: Int) throws(Failure) -> Int {
    guard start + 18 <= bytes.count, bytes[start] == 0x1F, bytes[start + 1] == 0x8B,
      bytes[start + 2] == 8
    else { throw Failure(reason: "this is no gzip data") }
    let flags = bytes[start + 3]
    var at = start + 10
    if flags & 4 != 0 { at += 2 + Int(bytes[at]) + Int(bytes[at + 1]) << 8 }
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      while at < bytes.count, bytes[at] != 0 { at += 1 }
      at += 1
    }
    if flags & 2 != 0 { at += 2 }
    guard at < bytes.count else { throw Failure(reason: "the gzip header is cut short") }
    return at
  }

  private static func inflate(
    _ reader: inout BitReader, into output: inout [UInt8], limit: Int
  ) throws(Failure) {
    let start = output.count
    while true {
      let isLast = try reader.bits(1) == 1
      switch try reader.bits(2) {
      case 0: try reader.copyStored(into: &output, limit: start + limit)
      case 1: try copy(&reader, fixedLengths, fixedDistances, &output, start, limit)
      case 2:
        let (lengths, distances) = try dynamicCodes(&reader)
        try copy(&reader, lengths, distances, &output, start, limit)
      default: throw Failure(reason: "the compressed data has an unknown kind of block")
      }
      if isLast { return }
    }
  }

  private static func copy(
    _ reader: inout BitReader, _ lengths: Code, _ distances: Code, _ output: inout [UInt8],
    _ start: Int, _ limit: Int
  ) throws(Failure) {
    while true {
      let symbol = try lengths.symbol(&reader)
      guard symbol != 256 else { return }
      guard output.count - start < limit else {
        throw Failure(reason: "the data is larger than \(limit) bytes when unpacked")
      }
      if symbol < 256 {
        output.append(UInt8(symbol))
        continue
      }
      guard symbol <= 285 else { throw Failure(reason: "the compressed data has a bad length") }
      let length = lengthBase[symbol - 257] + (try reader.bits(lengthExtra[symbol - 257]))
      let code = try distances.symbol(&reader)
      guard code < 30 else { throw Failure(reason: "the compressed data has a bad distance") }
      let distance = distanceBase[code] + (try reader.bits(distanceExtra[code]))
      guard distance <= output.count - start else {
        throw Failure(reason: "the compressed data points before its beginning")
      }
      guard output.count - start + length <= limit else {
        throw Failure(reason: "the data is larger than \(limit) bytes when unpacked")
      }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  private static func dynamicCodes(_ reader: inout BitReader) throws(Failure) -> (Code, Code) {
    let literals = try reader.bits(5) + 257
    let distances = try reader.bits(5) + 1
    let codes = try reader.bits(4) + 4
    var widths = [UInt8](repeating: 0, count: 19)
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    for place in order.prefix(codes) { widths[place] = UInt8(try reader.bits(3)) }
    let code = try Code(widths)
    var all: [UInt8] = []
    while all.count < literals + distances {
      let symbol = try code.symbol(&reader)
      switch symbol {
      case 0..<16: all.append(UInt8(symbol))
      case 16:
        guard let last = all.last else {
          throw Failure(reason: "the compressed data repeats what is not there")
        }
        all += [UInt8](repeating: last, count: 3 + (try reader.bits(2)))
      case 17: all += [UInt8](repeating: 0, count: 3 + (try reader.bits(3)))
      default: all += [UInt8](repeating: 0, count: 11 + (try reader.bits(7)))
      }
    }
    guard all.count == literals + distances else {
      throw Failure(reason: "the compressed data has a bad table")
    }
    return (try Code(Array(all[..<literals])), try Code(Array(all[literals...])))
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum = (sum >> 8) ^ checksumTable[Int(UInt8(truncatingIfNeeded: sum) ^ byte)]
    }
    return ~sum
  }

  private static let checksumTable: [UInt32] = (0..<256).map { (start: UInt32) in
    (0..<8).reduce(start) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }

  private static let lengthBase = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthExtra = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBase = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
    3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let distanceExtra = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
  ]
  private static let fixedLengths = Code(
    complete: [UInt8](repeating: 8, count: 144) + [UInt8](repeating: 9, count: 112)
      + [UInt8](repeating: 7, count: 24) + [UInt8](repeating: 8, count: 8))
  private static let fixedDistances = Code(complete: [UInt8](repeating: 5, count: 30))
}

/// A canonical prefix code, read by one table of 15 bits.
private struct Code {
  /// By the next 15 bits: symbol shifted by four, and its width; 0 where no code begins so.
  private let table: [UInt16]

  init(_ widths: [UInt8]) throws(Inflate.Failure) {
    var left = 1
    for width in 1...15 {
      left = left * 2 - widths.count { $0 == UInt8(width) }
      if left < 0 { throw Inflate.Failure(reason: "the compressed data has an impossible code") }
    }
    self.init(complete: widths)
  }

  init(complete widths: [UInt8]) {
    var table = [UInt16](repeating: 0, count: 1 << 15)
    var code = 0
    for width in 1...15 {
      for (symbol, own) in widths.enumerated() where Int(own) == width {
        var reversed = 0
        for bit in 0..<width where code >> bit & 1 == 1 { reversed |= 1 << (width - 1 - bit) }
        for place in stride(from: reversed, to: 1 << 15, by: 1 << width) {
          table[place] = UInt16(symbol) << 4 | UInt16(width)
        }
        code += 1
      }
      code <<= 1
    }
    self.table = table
  }

  @inline(__always)
  func symbol(_ reader: inout BitReader) throws(Inflate.Failure) -> Int {
    let entry = table[reader.peek(15)]
    guard entry != 0 else { throw Inflate.Failure(reason: "the compressed data has a bad code") }
    try reader.skip(Int(entry & 15))
    return Int(entry >> 4)
  }
}

/// Bits of a byte array, least significant first.
private struct BitReader {
  private let bytes: [UInt8]
  private var next: Int
  private var held: UInt64 = 0
  private var count = 0

  init(_ bytes: [UInt8], from start: Int) {
    self.bytes = bytes
    next = start
  }

  /// Where the first wholly unread byte is.
  var byteOffset: Int { next - count / 8 }

  @inline(__always)
  mutating func peek(_ width: Int) -> Int {
    while count < width, next < bytes.count {
      held |= UInt64(bytes[next]) << UInt64(count)
      next += 1
      count += 8
    }
    return Int(held & ((1 << UInt64(width)) - 1))
  }

  @inline(__always)
  mutating func skip(_ width: Int) throws(Inflate.Failure) {
    guard width <= count else {
      throw Inflate.Failure(reason: "the compressed data is cut short")
    }
    held >>= UInt64(width)
    count -= width
  }

  @inline(__always)
  mutating func bits(_ width: Int) throws(Inflate.Failure) -> Int {
    let value = peek(width)
    try skip(width)
    return value
  }

  mutating func copyStored(into output: inout [UInt8], limit: Int) throws(Inflate.Failure) {
    try skip(count % 8)
    let length = try bits(16)
    let complement = try bits(16)
    guard length ^ complement == 0xFFFF else {
      throw Inflate.Failure(reason: "the compressed data has a bad length")
    }
    guard output.count + length <= limit else {
      throw Inflate.Failure(reason: "the data is larger than \(limit) bytes when unpacked")
    }
    for _ in 0..<length { output.append(UInt8(try bits(8))) }
  }
}
