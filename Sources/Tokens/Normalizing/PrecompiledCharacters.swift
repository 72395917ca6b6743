import Foundation
import Languages

/// SentencePiece's compiled normalization rules: a double array and the texts it points to.
///
/// The layout is Darts': each unit of 32 bits holds a label, an offset to its children, and whether
/// a value hangs below.
struct PrecompiledCharacters: Sendable {
  private let units: [UInt32]
  private let texts: [UInt8]

  init(_ blob: [UInt8]) throws(TokenizerError) {
    func broken(_ reason: String) -> TokenizerError {
      .malformed(kind: "precompiled character map", reason: reason)
    }
    guard blob.count >= 4 else { throw broken("it is too short") }
    let size = (0..<4).reduce(0) { $0 | Int(blob[$1]) << (8 * $1) }
    guard size % 4 == 0, size <= blob.count - 4, size >= 4 else {
      throw broken("its table is larger than itself")
    }
    units = (0..<size / 4).map { unit in
      (0..<4).reduce(0) { $0 | UInt32(blob[4 + unit * 4 + $1]) << UInt32(8 * $1) }
    }
    texts = Array(blob[(4 + size)...])
    // A text ends at a zero byte, so each part between two of them must be readable alone.
    guard String(validating: texts, as: UTF8.self) != nil else {
      throw broken("its texts are not UTF-8")
    }
  }

  /// What a prefix of `bytes[range]` becomes.
  ///
  /// That is the longest prefix with a rule, or else the shortest. What comes back is where the new
  /// text lies in ``texts``, and the length of the prefix.
  @inline(__always)
  private func rule(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, longest: Bool
  ) -> (text: Range<Int>, length: Int)? {
    var place = Int(Self.offset(units[0]))
    var found: (value: Int, length: Int)?
    for at in range {
      let byte = bytes[at]
      if byte == 0 { break }
      place ^= Int(byte)
      guard place < units.count else { break }
      let unit = units[place]
      guard unit & 0x8000_00FF == UInt32(byte) else { break }
      place ^= Int(Self.offset(unit))
      guard place < units.count else { break }
      if unit >> 8 & 1 == 1 {
        found = (Int(units[place] & 0x7FFF_FFFF), at + 1 - range.lowerBound)
        if !longest { break }
      }
    }
    guard let found, found.value < texts.count else { return nil }
    var end = found.value
    while end < texts.count, texts[end] != 0 { end += 1 }
    // A hostile map may point into the middle of a scalar.
    guard end == found.value || texts[found.value] & 0xC0 != 0x80 else { return nil }
    return (found.value..<end, found.length)
  }

  @inline(__always)
  private static func offset(_ unit: UInt32) -> UInt32 { (unit >> 10) << ((unit & 1 << 9) >> 6) }

  /// The rule for the longest prefix of the rest of a text: SentencePiece's own way.
  func longest(
    _ bytes: UnsafeBufferPointer<UInt8>, from at: Int
  ) -> (text: ArraySlice<UInt8>, length: Int)? {
    rule(bytes, at..<bytes.count, longest: true).map { (texts[$0.text], $0.length) }
  }

  /// Hugging Face's way: by clusters of base and marks of less than six bytes, then by scalars.
  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    scratch.scalars.removeAll(keepingCapacity: true)
    var isChanged = false
    text.bytes.withUnsafeBufferPointer { bytes in
      var at = 0
      while at < bytes.count {
        let end = GraphemeClusters.end(bytes, at)
        if end - at < 6, let rule = rule(bytes, at..<end, longest: false) {
          replace(bytes, at..<end, rule.text, &scratch.scalars)
          isChanged = true
          at = end
          continue
        }
        while at < end {
          let (scalar, length) = UTF8Reading.scalar(bytes, at)
          if let rule = rule(bytes, at..<at + length, longest: false) {
            replace(bytes, at..<at + length, rule.text, &scratch.scalars)
            isChanged = true
          } else {
            scratch.scalars.append(ChangedScalar(value: scalar, change: 0))
          }
          at += length
        }
      }
    }
    if isChanged { text.replaceScalars(by: scratch.scalars, &scratch.text) }
  }

  private func replace(
    _ bytes: UnsafeBufferPointer<UInt8>, _ old: Range<Int>, _ new: Range<Int>,
    _ out: inout [ChangedScalar]
  ) {
    let before = Int32(UTF8Reading.count(bytes[old]))
    var count: Int32 = 0
    texts.withUnsafeBufferPointer { texts in
      var at = new.lowerBound
      while at < new.upperBound {
        let (scalar, length) = UTF8Reading.scalar(texts, at)
        out.append(ChangedScalar(value: scalar, change: count < before ? 0 : 1))
        count += 1
        at += length
      }
    }
    if count < before, !out.isEmpty { out[out.count - 1].change += count - before }
  }
}

/// The few rules of Unicode's grapheme clusters that matter to clusters of less than six bytes.
///
/// - Differs: Whole emoji and Hangul clusters come apart; they are always longer.
enum GraphemeClusters {
  /// The end of the cluster that begins at `start`.
  @inline(__always)
  static func end(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var (last, length) = UTF8Reading.scalar(bytes, start)
    var at = start + length
    while at < bytes.count {
      if bytes[at] < 0x80 {
        if last == 0x0D, bytes[at] == 0x0A { return at + 1 }
        guard isPrepend(last), bytes[at] >= 0x20, bytes[at] != 0x7F else { return at }
        last = UInt32(bytes[at])
        at += 1
        continue
      }
      if last < 0x20 { return at }
      let (next, nextLength) = UTF8Reading.scalar(bytes, at)
      guard extends(next) || isPrepend(last) else { return at }
      last = next
      at += nextLength
      length += nextLength
    }
    return at
  }

  /// Whether the scalar belongs to the cluster of what stands before it.
  @inline(__always)
  static func extends(_ scalar: UInt32) -> Bool {
    if scalar < 0x300 { return false }
    if scalar.unicodeFlags & UnicodeTables.Flag.mark != 0 { return !loneMarks.contains(scalar) }
    switch scalar {
    case 0x200C, 0x200D, 0xFF9E, 0xFF9F, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F, 0xE33, 0xEB3:
      return true
    default: return false
    }
  }

  private static let loneMarks: Set<UInt32> = [
    0x102B, 0x102C, 0x1038, 0x1062, 0x1063, 0x1064, 0x1067, 0x1068, 0x1069, 0x106A, 0x106B, 0x106C,
    0x106D, 0x1083, 0x1087, 0x1088, 0x1089, 0x108A, 0x108B, 0x108C, 0x108F, 0x109A, 0x109B, 0x109C,
    0x1A61, 0x1A63, 0x1A64, 0xAA7B, 0xAA7D, 0x11720, 0x11721,
  ]

  /// Whether the scalar belongs to the cluster of what stands after it.
  @inline(__always)
  static func isPrepend(_ scalar: UInt32) -> Bool {
    if scalar < 0x600 { return false }
    switch scalar {
    case 0x600...0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0xD4E, 0x110BD, 0x110CD, 0x111C2,
      0x111C3, 0x1193F, 0x11941, 0x11A3A, 0x11A84...0x11A89, 0x11D46, 0x11F02:
      return true
    default: return false
    }
  }
}
