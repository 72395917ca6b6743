/// Numbers read from bytes in order, where reading past the end gives nil and never a trap.
struct ByteReader {
  let bytes: [UInt8]
  var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// A little-endian number of two bytes.
  mutating func short() -> Int? {
    guard let low = byte(), let high = byte() else { return nil }
    return Int(low) | Int(high) << 8
  }

  /// A little-endian number of four bytes, from -2³¹ to 2³¹ - 1.
  mutating func long() -> Int? {
    guard let low = short(), let high = short() else { return nil }
    return Int(Int32(truncatingIfNeeded: low | high << 16))
  }
}
