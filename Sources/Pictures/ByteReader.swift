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

extension [UInt8] {
  /// The number of `size` bytes at `position`, the most significant byte first; nil past the end.
  func bigEndian(at position: Int, size: Int) -> Int? {
    number(at: position, size: size) { $0 }
  }

  /// The number of `size` bytes at `position`, the least significant byte first; nil past the end.
  func littleEndian(at position: Int, size: Int) -> Int? {
    number(at: position, size: size) { size - 1 - $0 }
  }

  private func number(at position: Int, size: Int, place: (Int) -> Int) -> Int? {
    guard position >= 0, size <= count, position <= count - size else { return nil }
    var value = 0
    for k in 0..<size { value = value << 8 | Int(self[position + place(k)]) }
    return value
  }

  /// Whether these bytes are at `position`.
  func has(_ text: StaticString, at position: Int) -> Bool {
    guard position >= 0, position <= count - text.utf8CodeUnitCount else { return false }
    return withUnsafeBufferPointer { bytes in
      UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        .elementsEqual(bytes[position..<position + text.utf8CodeUnitCount])
    }
  }
}
