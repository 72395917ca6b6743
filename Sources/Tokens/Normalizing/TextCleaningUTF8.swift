/// UTF-8 that may have lost bytes on its way.
enum WoundedUTF8 {
  /// The text of bytes that `encoding` had shown as letters, or nil if they are no UTF-8.
  static func decoded(_ bytes: [PlacedScalar], from encoding: OldEncoding) -> [PlacedScalar]? {
    var bytes = bytes
    // In Macintosh's table the pattern would meet dashes before spaces.
    if encoding.name != "macRoman", firstMatch(of: lostSpaces, in: bytes) != nil {
      bytes = withNoBreakSpaces(bytes)
    }
    if encoding.isSloppy { bytes = withReplacements(bytes) }
    let isLenient = bytes.contains { $0.scalar == 0xED || $0.scalar == 0xC0 }
    return characters(bytes, lenient: isLenient)
  }

  // MARK: Bytes that were changed

  /// Puts byte 0xA0, a no-break space, where something made it a plain space within a character.
  private static func withNoBreakSpaces(_ bytes: [PlacedScalar]) -> [PlacedScalar] {
    var out: [PlacedScalar] = []
    var at = 0
    // “Ã la carte”: the letter à before a space of its own, but not in Portuguese words.
    while at < bytes.count {
      out.append(bytes[at])
      if bytes[at].scalar == 0xC3, at + 1 < bytes.count, bytes[at + 1].scalar == 0x20,
        !continuesWord(bytes, at + 2)
      {
        out.append(PlacedScalar(scalar: 0xA0, place: bytes[at].place))
      }
      at += 1
    }
    return replacing(lostSpaces, in: out) { match in
      match.map { $0.scalar == 0x20 ? PlacedScalar(scalar: 0xA0, place: $0.place) : $0 }
    }
  }

  private static func continuesWord(_ bytes: [PlacedScalar], _ at: Int) -> Bool {
    [" ", "quele", "quela", "quilo", "s "].contains { word in
      bytes[min(at, bytes.count)...].prefix(word.utf8.count).map(\.scalar)
        == word.utf8.map { UInt32($0) }
    }
  }

  /// Puts U+FFFD for characters some of whose bytes are known to be lost.
  private static func withReplacements(_ bytes: [PlacedScalar]) -> [PlacedScalar] {
    guard bytes.contains(where: { $0.scalar == 0x1A || $0.scalar == 0x3F }) else { return bytes }
    return replacing(lossy, in: bytes) { match in
      [0xEF, 0xBF, 0xBD].map { PlacedScalar(scalar: $0, place: match.first?.place ?? 0) }
    }
  }

  // MARK: Patterns of bytes

  private typealias BytePattern = [[ClosedRange<UInt32>]]

  /// A pattern from text: bytes and ranges in hexadecimal, joined by commas, one item a byte.
  private static func pattern(_ text: String) -> BytePattern {
    text.split(separator: " ").map { item in
      item.split(separator: ",").map { range in
        let bounds = range.split(separator: "-").compactMap { UInt32($0, radix: 16) }
        return (bounds.first ?? 0)...(bounds.last ?? 0)
      }
    }
  }

  /// Characters of two to four bytes in which a space stands for byte 0xA0, where the outcome is
  /// a character that people write.
  private static let lostSpaces = [
    "C2,C3,C5,CE,D0,D9 20", "E2,E3 20 80-84,86-9F,A1-BF", "E0-E3 80-84,86-9F,A1-BF 20",
    "F0 20 80-BF 80-BF", "F0 80-BF 20 80-BF", "F0 80-BF 80-BF 20",
  ].map(pattern)

  /// Characters with a byte that became 0x1A, or at most once a question mark.
  private static let lossy = [
    "C2-DF 1A", "C2-C3 3F", "ED A0-AF 1A,3F ED B0-BF 1A,3F,80-BF",
    "ED A0-AF 1A,3F,80-BF ED B0-BF 1A,3F", "E0-EF 1A,3F 1A,80-BF", "E0-EF 1A,80-BF 1A,3F",
    "F0-F4 1A,3F 1A,80-BF 1A,80-BF", "F0-F4 1A,80-BF 1A,3F 1A,80-BF",
    "F0-F4 1A,80-BF 1A,80-BF 1A,3F", "1A",
  ].map(pattern)

  private static func length(
    of patterns: [BytePattern], in bytes: [PlacedScalar], _ at: Int
  ) -> Int? {
    patterns.first { pattern in
      at + pattern.count <= bytes.count
        && pattern.indices.allSatisfy { place in
          pattern[place].contains { $0.contains(bytes[at + place].scalar) }
        }
    }?.count
  }

  private static func firstMatch(
    of patterns: [BytePattern], in bytes: [PlacedScalar]
  ) -> Int? {
    bytes.indices.first { length(of: patterns, in: bytes, $0) != nil }
  }

  private static func replacing(
    _ patterns: [BytePattern], in bytes: [PlacedScalar],
    by replacement: (ArraySlice<PlacedScalar>) -> [PlacedScalar]
  ) -> [PlacedScalar] {
    var out: [PlacedScalar] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      if let length = length(of: patterns, in: bytes, at) {
        out += replacement(bytes[at..<(at + length)])
        at += length
      } else {
        out.append(bytes[at])
        at += 1
      }
    }
    return out
  }

  // MARK: Bytes to characters

  /// The characters, or nil at the first byte that cannot be.
  ///
  /// - Parameter lenient: Also reads what some programs write in place of UTF-8: two surrogates of
  ///   three bytes each (CESU-8), and 0xC0 0x80 for a null (Java).
  private static func characters(_ bytes: [PlacedScalar], lenient: Bool) -> [PlacedScalar]? {
    var out: [PlacedScalar] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      guard let (scalar, length) = character(bytes, at, lenient: lenient) else { return nil }
      out.append(PlacedScalar(scalar: scalar, place: bytes[at].place))
      at += length
    }
    return out
  }

  private static func character(
    _ bytes: [PlacedScalar], _ at: Int, lenient: Bool
  ) -> (scalar: UInt32, length: Int)? {
    let first = bytes[at].scalar
    if first < 0x80 { return (first, 1) }
    func tail(_ count: Int, from start: Int) -> UInt32? {
      guard start + count <= bytes.count else { return nil }
      var value: UInt32 = 0
      for item in bytes[start..<(start + count)] {
        guard 0x80...0xBF ~= item.scalar else { return nil }
        value = value << 6 | item.scalar & 0x3F
      }
      return value
    }
    switch first {
    case 0xC0:
      guard lenient, at + 1 < bytes.count, bytes[at + 1].scalar == 0x80 else { return nil }
      return (0, 2)
    case 0xC2...0xDF:
      return tail(1, from: at + 1).map { ((first & 0x1F) << 6 | $0, 2) }
    case 0xE0...0xEF:
      guard let low = tail(2, from: at + 1) else { return nil }
      let scalar = (first & 0x0F) << 12 | low
      if 0xD800...0xDBFF ~= scalar, lenient, at + 3 < bytes.count, bytes[at + 3].scalar == 0xED,
        let low = tail(2, from: at + 4), 0xDC00...0xDFFF ~= 0xD000 | low
      {
        return (0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF, 6)
      }
      return scalar >= 0x800 && !(0xD800...0xDFFF ~= scalar) ? (scalar, 3) : nil
    case 0xF0...0xF4:
      guard let low = tail(3, from: at + 1) else { return nil }
      let scalar = (first & 0x07) << 18 | low
      return 0x10000...0x10FFFF ~= scalar ? (scalar, 4) : nil
    default: return nil
    }
  }
}
