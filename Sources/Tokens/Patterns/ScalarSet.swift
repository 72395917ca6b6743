import Languages

/// A set of Unicode scalars, as a pattern's brackets name one.
struct ScalarSet: Sendable {
  enum Item: Sendable {
    case range(ClosedRange<UInt32>)
    /// General categories, one bit each.
    case categories(UInt32)
    case whitespace
    /// Letters, marks, digits and connectors.
    case word
    case script(UInt8)
    case set(ScalarSet)
  }

  private var items: [Item]
  private var isNegated: Bool
  /// Another set that a scalar must be in as well.
  private var intersection: [ScalarSet] = []
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  /// What is left of the items beyond ASCII if they are only categories and white space.
  private var categories: UInt32 = 0
  private var hasWhitespace = false
  private var isSimple = true

  init(_ items: [Item], negated: Bool = false, and intersection: [ScalarSet] = []) {
    self.items = items
    isNegated = negated
    self.intersection = intersection
    isSimple = intersection.isEmpty
    for item in items { simplify(item) }
    for scalar in 0..<64 where evaluates(UInt32(scalar)) { low |= 1 << UInt64(scalar) }
    for scalar in 0..<64 where evaluates(UInt32(scalar + 64)) { high |= 1 << UInt64(scalar) }
  }

  @inline(__always)
  func contains(_ scalar: UInt32) -> Bool {
    if scalar < 64 { return low >> UInt64(scalar) & 1 == 1 }
    if scalar < 128 { return high >> UInt64(scalar - 64) & 1 == 1 }
    guard isSimple else { return evaluates(scalar) }
    let flags = scalar.unicodeFlags
    let isIn =
      categories >> UInt32(flags & 31) & 1 == 1
      || hasWhitespace && flags & UnicodeTables.Flag.whitespace != 0
    return isIn != isNegated
  }

  private mutating func simplify(_ item: Item) {
    switch item {
    case .categories(let mask): categories |= mask
    case .whitespace: hasWhitespace = true
    case .range(let range) where range.upperBound < 128: break
    case .set(let set) where set.isSimple && !set.isNegated:
      categories |= set.categories
      hasWhitespace = hasWhitespace || set.hasWhitespace
    default: isSimple = false
    }
  }

  private func evaluates(_ scalar: UInt32) -> Bool {
    (items.contains { Self.item($0, has: scalar) }
      && intersection.allSatisfy { $0.evaluates(scalar) }) != isNegated
  }

  @inline(__always)
  private static func item(_ item: Item, has scalar: UInt32) -> Bool {
    switch item {
    case .range(let range): range.contains(scalar)
    case .categories(let mask): mask >> UInt32(scalar.unicodeFlags & 31) & 1 == 1
    case .whitespace: scalar.isWhitespace
    case .word: scalar.isWord
    case .script(let script): UnicodeTables.shared.script(scalar) == script
    case .set(let set): set.contains(scalar)
    }
  }

  static let digit = ScalarSet([.categories(1 << 8)])
  static let whitespace = ScalarSet([.whitespace])
  static let word = ScalarSet([.word])
  /// All scalars but the line feed.
  static let any = ScalarSet([.range(10...10)], negated: true)
  static let anyAtAll = ScalarSet([.range(0...0x10FFFF)])

  var negated: ScalarSet { ScalarSet([.set(self)], negated: true) }

  /// The set of `\p{name}`, or `nil` if the name is unknown.
  ///
  /// - Source: Unicode Standard Annex 44, rule UAX44-LM3: `Canadian_Aboriginal`,
  ///   `canadian aboriginal` and `CanadianAboriginal` are one name.
  static func property(_ name: String) -> ScalarSet? {
    let plain = loose(name.split(separator: "=").last ?? "")
    let long = [
      "letter": "l", "mark": "m", "number": "n", "punctuation": "p", "symbol": "s",
      "separator": "z", "other": "c", "punct": "p", "alphabetic": "l",
    ]
    let short = long[plain] ?? plain
    var mask: UInt32 = 0
    for (index, category) in categories.enumerated()
    where category == short || short.count == 1 && category.hasPrefix(short) { mask |= 1 << index }
    if mask != 0 { return ScalarSet([.categories(mask)]) }
    if plain == "whitespace" || plain == "space" { return whitespace }
    return scripts[plain].map { ScalarSet([.script($0)]) }
  }

  private static let categories = UnicodeTables.categories.map(loose)
  private static let scripts = Dictionary(
    UnicodeTables.shared.scriptNames.enumerated().map { (loose($1), UInt8($0)) }
  ) { first, _ in first }

  /// A name of Unicode's without what does not tell it from others: case, spaces, hyphens.
  private static func loose(_ name: some StringProtocol) -> String {
    name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
  }
}

extension UInt32 {
  /// Whether Oniguruma's regular expressions count this scalar to words.
  @inline(__always)
  var isWord: Bool {
    if self < 0x80 { return self &- 48 < 10 || (self | 32) &- 97 < 26 || self == 95 }
    let flags = unicodeFlags
    if flags & (UnicodeTables.Flag.letter | UnicodeTables.Flag.mark) != 0 { return true }
    switch flags & 31 {
    case 8, 9, 11: return true
    default: break
    }
    switch self {
    case 0x24B6...0x24E9, 0x1F130...0x1F149, 0x1F150...0x1F169, 0x1F170...0x1F189:
      return true
    default: return false
    }
  }

  /// Whether Rust's regular expressions do, to which joiners belong too.
  var isWordOrJoiner: Bool { isWord || self == 0x200C || self == 0x200D }
}
