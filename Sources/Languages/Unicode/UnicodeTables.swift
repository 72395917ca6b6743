import CLanguageData

/// What Unicode says about each scalar, as far as tokenizers and the detection of languages ask.
///
/// Of one fixed version, so that ids do not change with the system's libraries. The flags lie in a
/// flat array over all of Unicode: one load a question. `Tools/references/tokens_unicode.py` writes
/// the file that they are read from.
@usableFromInline
package final class UnicodeTables: Sendable {
  /// The one copy; the file is read when it is first asked for.
  @usableFromInline package static let shared = UnicodeTables()

  /// By scalar: the general category in the low five bits, ``Flag``s above.
  @usableFromInline package let flags: [UInt16]
  private let combiningRuns: [(start: UInt32, value: UInt8)]
  private let canonical: Mappings
  private let compatible: Mappings
  private let lower: Mappings
  private let compositions: [UInt64: UInt32]
  private let scriptRuns: [(start: UInt32, value: UInt8)]
  /// The scripts in the order of their numbers.
  package let scriptNames: [String]

  /// What a scalar is, above its general category.
  @usableFromInline
  package enum Flag {
    @inlinable package static var whitespace: UInt16 { 1 << 5 }
    @inlinable package static var canonical: UInt16 { 1 << 6 }
    @inlinable package static var compatible: UInt16 { 1 << 7 }
    @inlinable package static var combining: UInt16 { 1 << 8 }
    /// May join with what stands before it when composed.
    @inlinable package static var composesBackward: UInt16 { 1 << 9 }
    @inlinable package static var hasLower: UInt16 { 1 << 10 }
    @inlinable package static var ideograph: UInt16 { 1 << 11 }
    @inlinable package static var letter: UInt16 { 1 << 12 }
    @inlinable package static var number: UInt16 { 1 << 13 }
    @inlinable package static var punctuation: UInt16 { 1 << 14 }
    @inlinable package static var mark: UInt16 { 1 << 15 }
  }

  /// The general categories, in the order of their numbers.
  package static let categories = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]
  private static let count = 0x110000

  private init() {
    let data = clanguagedata_unicode()
    let text = [UInt8](UnsafeBufferPointer(start: data.start, count: data.count))
    // The first line is Unicode's version.
    let lines = Array(text.split(separator: 0x0A).dropFirst())
    precondition(lines.count == 8, "The Unicode tables of this program are broken.")
    var flags = [UInt16](repeating: 0, count: Self.count)
    var at = 0
    for (length, category) in Self.pairs(lines[0]) {
      var value = UInt16(category)
      switch category {
      case 0...4: value |= Flag.letter
      case 5...7: value |= Flag.mark
      case 8...10: value |= Flag.number
      case 11...17: value |= Flag.punctuation
      case 22...24: value |= Flag.whitespace
      default: break
      }
      for place in at..<at + length { flags[place] = value }
      at += length
    }
    for space in [9, 10, 11, 12, 13, 0x85] { flags[space] |= Flag.whitespace }
    let combining = Self.starts(lines[1])
    for (index, run) in combining.enumerated() where run.value != 0 {
      let end = index + 1 < combining.count ? Int(combining[index + 1].start) : Self.count
      for place in Int(run.start)..<end { flags[place] |= Flag.combining }
    }
    combiningRuns = combining
    canonical = Mappings(lines[2])
    compatible = Mappings(lines[3])
    lower = Mappings(lines[5])
    for scalar in canonical.keys { flags[Int(scalar)] |= Flag.canonical | Flag.compatible }
    for scalar in compatible.keys { flags[Int(scalar)] |= Flag.compatible }
    for scalar in lower.keys { flags[Int(scalar)] |= Flag.hasLower }
    for place in 0xAC00...0xD7A3 { flags[place] |= Flag.canonical | Flag.compatible }
    let joined = Mappings(lines[4])
    var compositions: [UInt64: UInt32] = [:]
    for (index, scalar) in joined.keys.enumerated() {
      let pair = joined.values(at: index)
      compositions[UInt64(pair[0]) << 32 | UInt64(pair[1])] = scalar
      flags[Int(pair[1])] |= Flag.composesBackward
    }
    for place in 0x1161...0x1175 { flags[place] |= Flag.composesBackward }
    for place in 0x11A8...0x11C2 { flags[place] |= Flag.composesBackward }
    for range in Self.ideographs { for place in range { flags[place] |= Flag.ideograph } }
    self.compositions = compositions
    scriptNames = lines[6].split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    scriptRuns = Self.starts(lines[7])
    self.flags = flags
  }

  /// What BERT calls Chinese characters.
  private static let ideographs = [
    0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
    0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F,
  ]

  /// The canonical combining class; 0 of most scalars.
  func combiningClass(_ scalar: UInt32) -> UInt8 {
    guard flags[Int(scalar)] & Flag.combining != 0 else { return 0 }
    return Self.value(of: scalar, in: combiningRuns)
  }

  /// The script's place in ``scriptNames``.
  package func script(_ scalar: UInt32) -> UInt8 { Self.value(of: scalar, in: scriptRuns) }

  /// The full decomposition of a scalar that the flags say has one, other than a Hangul syllable.
  package func decomposition(
    _ scalar: UInt32, compatible isCompatible: Bool
  ) -> ArraySlice<UInt32>? {
    if isCompatible, let found = compatible[scalar] { return found }
    return canonical[scalar]
  }

  /// The lower case of a scalar that the flags say has one.
  package func lowercase(_ scalar: UInt32) -> ArraySlice<UInt32>? { lower[scalar] }

  /// The scalar that two canonically compose to.
  func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if first &- 0x1100 < 19, second &- 0x1161 < 21 {
      return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
    }
    if first &- 0xAC00 < 11172, (first - 0xAC00) % 28 == 0, second &- 0x11A8 < 27 {
      return first + second - 0x11A7
    }
    guard flags[Int(second)] & Flag.composesBackward != 0 else { return nil }
    return compositions[UInt64(first) << 32 | UInt64(second)]
  }

  private static func value(of scalar: UInt32, in runs: [(start: UInt32, value: UInt8)]) -> UInt8 {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].start <= scalar { low = middle } else { high = middle }
    }
    return runs[low].value
  }

  private static func pairs(_ line: ArraySlice<UInt8>) -> [(Int, Int)] {
    line.split(separator: 0x20).map { item in
      let numbers = hexadecimal(item)
      return (Int(numbers[0]), Int(numbers[1]))
    }
  }

  private static func starts(_ line: ArraySlice<UInt8>) -> [(start: UInt32, value: UInt8)] {
    var at = 0
    return pairs(line).map { length, value in
      defer { at += length }
      return (UInt32(at), UInt8(value))
    }
  }

  /// The numbers of “1f.2a.3”.
  fileprivate static func hexadecimal(_ item: ArraySlice<UInt8>) -> [UInt32] {
    var numbers: [UInt32] = [0]
    for byte in item {
      switch byte {
      case 0x2E: numbers.append(0)
      case 0x30...0x39:
        numbers[numbers.count - 1] = numbers[numbers.count - 1] << 4 | UInt32(byte - 0x30)
      default: numbers[numbers.count - 1] = numbers[numbers.count - 1] << 4 | UInt32(byte - 0x57)
      }
    }
    return numbers
  }

  /// A sorted table from one scalar to several.
  private struct Mappings: Sendable {
    var keys: [UInt32] = []
    private var ends: [Int32] = []
    private var pool: [UInt32] = []

    init(_ line: ArraySlice<UInt8>) {
      var last: UInt32 = 0
      for item in line.split(separator: 0x20) {
        let numbers = UnicodeTables.hexadecimal(item)
        last += numbers[0]
        keys.append(last)
        pool += numbers[1...]
        ends.append(Int32(pool.count))
      }
    }

    func values(at index: Int) -> [UInt32] { Array(slice(index)) }

    private func slice(_ index: Int) -> ArraySlice<UInt32> {
      pool[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
    }

    subscript(scalar: UInt32) -> ArraySlice<UInt32>? {
      var low = 0
      var high = keys.count
      while low < high {
        let middle = (low + high) / 2
        if keys[middle] < scalar { low = middle + 1 } else { high = middle }
      }
      return low < keys.count && keys[low] == scalar ? slice(low) : nil
    }
  }
}

extension UInt32 {
  /// Unicode's flags of this scalar.
  @inlinable @inline(__always)
  package var unicodeFlags: UInt16 { UnicodeTables.shared.flags[Int(self)] }

  /// Whether Unicode calls it white space, or it is a control character that stands for some.
  @inlinable @inline(__always)
  package var isWhitespace: Bool {
    self < 0x80 ? self == 0x20 || self &- 9 < 5 : unicodeFlags & UnicodeTables.Flag.whitespace != 0
  }

  /// Whether BERT's tokenizer splits a word at it.
  @inlinable @inline(__always)
  package var isPunctuationForBERT: Bool {
    if self < 0x80 {
      return self &- 33 < 15 || self &- 58 < 7 || self &- 91 < 6 || self &- 123 < 4
    }
    return unicodeFlags & UnicodeTables.Flag.punctuation != 0
  }

  /// The number of bytes of this scalar in UTF-8.
  @inlinable @inline(__always)
  package var utf8Length: Int { self < 0x80 ? 1 : self < 0x800 ? 2 : self < 0x10000 ? 3 : 4 }
}
