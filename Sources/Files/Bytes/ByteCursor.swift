/// Why bytes are not what they claim to be. Whoever reads the file adds its path.
package struct Damage: Error {
  /// One line of no more than a few hundred characters, whatever a file calls its parts.
  package let reason: String

  package init(_ reason: String) {
    let line = reason.unicodeScalars.lazy.map { scalar -> Character in
      let category = scalar.properties.generalCategory
      let isSeen = category != .control && category != .format && category != .lineSeparator
      return isSeen ? Character(scalar) : "\u{FFFD}"
    }
    self.reason = String(line.prefix(400)) + (line.count > 400 ? "…" : "")
  }
}

/// Reads forward through bytes and never past their end.
package struct ByteCursor {
  package let bytes: UnsafeRawBufferPointer
  package private(set) var position: Int
  package let end: Int

  package init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
    self.init(bytes, position..<max(position, bytes.count))
  }

  /// - Parameter range: Must lie within `bytes`; outside of it there is nothing to read.
  package init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    let within = range.clamped(to: 0..<bytes.count)
    position = within.lowerBound
    end = within.upperBound
  }

  package var left: Int { end - position }

  /// Steps over `count` bytes and says which they are.
  package mutating func take(_ count: Int) throws(Damage) -> Range<Int> {
    guard count >= 0, count <= left else {
      throw Damage(
        "it is cut short: \(count) bytes are wanted at byte \(position), \(left) are left")
    }
    position += count
    return position - count..<position
  }

  package mutating func byte() throws(Damage) -> UInt8 { bytes[try take(1).lowerBound] }

  package mutating func little<Number: FixedWidthInteger>(_ type: Number.Type = Number.self)
    throws(Damage) -> Number
  { Number(littleEndian: try load()) }

  package mutating func big<Number: FixedWidthInteger>(_ type: Number.Type = Number.self)
    throws(Damage) -> Number
  { Number(bigEndian: try load()) }

  /// A count of bytes or items that must be possible; `type` says how it is stored.
  package mutating func length<Number: FixedWidthInteger>(_ type: Number.Type)
    throws(Damage) -> Int
  {
    let number = try little(type)
    guard let length = Int(exactly: number), length >= 0 else {
      throw Damage("it claims a length of \(number) at byte \(position)")
    }
    return length
  }

  /// The text up to the next line feed, which is stepped over.
  package mutating func line(limit: Int = 100_000) throws(Damage) -> String {
    let start = position
    while position < end, position - start < limit {
      if bytes[position] == 0x0A {
        position += 1
        return text(start..<position - 1)
      }
      position += 1
    }
    throw Damage("it is cut short in the line at byte \(start)")
  }

  /// Bytes as UTF-8; what is not UTF-8 is replaced.
  package func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func load<Number: FixedWidthInteger>() throws(Damage) -> Number {
    let place = try take(MemoryLayout<Number>.size)
    return bytes.loadUnaligned(fromByteOffset: place.lowerBound, as: Number.self)
  }
}
