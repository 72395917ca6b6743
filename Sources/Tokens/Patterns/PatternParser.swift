import Files

/// The parts of a regular expression.
indirect enum PatternNode {
  case empty
  case set(ScalarSet)
  case sequence([PatternNode])
  case choice([PatternNode])
  case repeated(PatternNode, least: Int, most: Int?, mode: RepeatMode)
  case look(PatternNode, isNegated: Bool)
  case lookBehind(ScalarSet, isNegated: Bool)
  case atomic(PatternNode)
  case start
  case end
  case wordBoundary(isNegated: Bool)
}

enum RepeatMode: Sendable { case greedy, lazy, possessive }

/// Reads the dialect of regular expressions that tokenizers are written in: Oniguruma's, without
/// captures and back references.
struct PatternParser {
  private let pattern: [Unicode.Scalar]
  private let source: String
  private var at = 0
  private var depth = 0

  /// - Throws: ``TokenizerError`` naming the pattern, if it holds something unknown.
  static func parse(_ source: String) throws(TokenizerError) -> PatternNode {
    var parser = PatternParser(source)
    let node = try parser.choice(ignoresCase: false)
    if parser.at < parser.pattern.count { throw parser.refused }
    return node
  }

  private init(_ source: String) {
    self.source = source
    pattern = Array(source.unicodeScalars)
  }

  private var refused: TokenizerError { .unsupported(part: "regular expression", name: source) }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    at + ahead < pattern.count ? pattern[at + ahead] : nil
  }

  private mutating func take(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard pattern[at...].starts(with: scalars) else { return false }
    at += scalars.count
    return true
  }

  private mutating func choice(ignoresCase: Bool) throws(TokenizerError) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < 50 else { throw refused }
    var branches = [try sequence(ignoresCase: ignoresCase)]
    while take("|") { branches.append(try sequence(ignoresCase: ignoresCase)) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence(ignoresCase start: Bool) throws(TokenizerError) -> PatternNode {
    var ignoresCase = start
    var parts: [PatternNode] = []
    while let next = peek(), next != "|", next != ")" {
      if take("(?i)") {
        ignoresCase = true
        continue
      }
      parts.append(try quantified(try atom(ignoresCase: ignoresCase)))
    }
    return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func quantified(_ first: PatternNode) throws(TokenizerError) -> PatternNode {
    var node = first
    while let next = peek() {
      let bounds: (Int, Int?)
      switch next {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        guard let counted = counts() else { return node }
        bounds = counted
        at -= 1
      default: return node
      }
      at += 1
      guard bounds.0 <= 1000, (bounds.1 ?? 0) <= 1000 else { throw refused }
      let mode: RepeatMode = take("+") ? .possessive : take("?") ? .lazy : .greedy
      node = .repeated(node, least: bounds.0, most: bounds.1, mode: mode)
    }
    return node
  }

  /// `{2}`, `{2,}`, `{2,5}`, `{,5}`; anything else is plain text.
  private mutating func counts() -> (Int, Int?)? {
    guard let close = pattern[at...].firstIndex(of: "}") else { return nil }
    let text = String(String.UnicodeScalarView(pattern[at + 1..<close]))
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 2, text != ",", !text.isEmpty else { return nil }
    let least = parts[0].isEmpty ? 0 : Int(parts[0])
    guard let least, least >= 0 else { return nil }
    var most: Int? = parts.count == 1 ? least : nil
    if parts.count == 2, !parts[1].isEmpty {
      guard let number = Int(parts[1]), number >= least else { return nil }
      most = number
    }
    at = close + 1
    return (least, most)
  }

  private mutating func atom(ignoresCase: Bool) throws(TokenizerError) -> PatternNode {
    guard let next = peek() else { throw refused }
    switch next {
    case "(": return try group(ignoresCase: ignoresCase)
    case "[":
      at += 1
      return .set(try bracket(ignoresCase: ignoresCase))
    case ".":
      at += 1
      return .set(.any)
    case "^":
      at += 1
      return .start
    case "$":
      at += 1
      return .end
    case "\\":
      if take("\\b") { return .wordBoundary(isNegated: false) }
      if take("\\B") { return .wordBoundary(isNegated: true) }
      if take("\\A") { return .start }
      if take("\\z") || take("\\Z") { return .end }
      return .set(try escape(ignoresCase: ignoresCase))
    case "*", "+", "?": throw refused
    default:
      at += 1
      return .set(Self.literal(next.value, ignoresCase))
    }
  }

  private mutating func group(ignoresCase: Bool) throws(TokenizerError) -> PatternNode {
    at += 1
    var inner = ignoresCase
    enum Kind { case plain, look(Bool), behind(Bool), atomic }
    var kind = Kind.plain
    if take("?i:") {
      inner = true
    } else if take("?:") {
    } else if take("?=") {
      kind = .look(false)
    } else if take("?!") {
      kind = .look(true)
    } else if take("?<=") {
      kind = .behind(false)
    } else if take("?<!") {
      kind = .behind(true)
    } else if take("?>") {
      kind = .atomic
    } else if peek() == "?" {
      throw refused
    }
    let node = try choice(ignoresCase: inner)
    guard take(")") else { throw refused }
    switch kind {
    case .plain: return node
    case .look(let isNegated): return .look(node, isNegated: isNegated)
    case .behind(let isNegated):
      guard case .set(let set) = node else { throw refused }
      return .lookBehind(set, isNegated: isNegated)
    case .atomic: return .atomic(node)
    }
  }

  private mutating func bracket(ignoresCase: Bool) throws(TokenizerError) -> ScalarSet {
    depth += 1
    defer { depth -= 1 }
    guard depth < 50 else { throw refused }
    let isNegated = take("^")
    var items: [ScalarSet.Item] = []
    var intersection: [ScalarSet] = []
    var isFirst = true
    while let next = peek(), next != "]" || isFirst {
      isFirst = false
      if take("&&") {
        // The rest of the brackets is one more set.
        var rest: [ScalarSet.Item] = []
        while let next = peek(), next != "]" { rest.append(try bracketItem(ignoresCase)) }
        intersection.append(ScalarSet(rest))
        break
      }
      items.append(try bracketItem(ignoresCase))
    }
    guard take("]") else { throw refused }
    return ScalarSet(items, negated: isNegated, and: intersection)
  }

  private mutating func bracketItem(_ ignoresCase: Bool) throws(TokenizerError) -> ScalarSet.Item {
    if take("[") { return .set(try bracket(ignoresCase: ignoresCase)) }
    let first: UInt32
    if peek() == "\\" {
      guard let scalar = try scalarEscape() else {
        return .set(try escape(ignoresCase: ignoresCase))
      }
      first = scalar
    } else {
      guard let next = peek() else { throw refused }
      first = next.value
      at += 1
    }
    guard peek() == "-", let after = peek(1), after != "]" else {
      return .set(Self.literal(first, ignoresCase))
    }
    at += 1
    let last: UInt32
    if peek() == "\\" {
      guard let scalar = try scalarEscape() else { throw refused }
      last = scalar
    } else {
      guard let next = peek() else { throw refused }
      last = next.value
      at += 1
    }
    guard first <= last else { throw refused }
    guard ignoresCase else { return .range(first...last) }
    guard last - first < 1000 else { throw refused }
    return .set(ScalarSet((first...last).map { .set(Self.literal($0, true)) }))
  }

  /// An escape that stands for one scalar; nothing is taken if it is another.
  private mutating func scalarEscape() throws(TokenizerError) -> UInt32? {
    guard let kind = peek(1) else { throw refused }
    let simple: [Unicode.Scalar: UInt32] = [
      "n": 10, "r": 13, "t": 9, "f": 12, "v": 11, "a": 7, "e": 27, "0": 0,
    ]
    if let scalar = simple[kind] {
      at += 2
      return scalar
    }
    if kind == "x" || kind == "u" {
      at += 2
      var digits: [Unicode.Scalar] = []
      if peek() == "{" {
        guard let close = pattern[at...].firstIndex(of: "}") else { throw refused }
        digits = Array(pattern[at + 1..<close])
        at = close + 1
      } else {
        let count = kind == "u" ? 4 : 2
        digits = Array(pattern[at...].prefix(count))
        at += digits.count
      }
      var scalar: UInt32 = 0
      guard !digits.isEmpty, digits.count <= 8 else { throw refused }
      for digit in digits {
        guard digit.isASCII, let value = UInt8(digit.value).hexadecimal else { throw refused }
        scalar = scalar << 4 | UInt32(value)
      }
      guard Unicode.Scalar(scalar) != nil else { throw refused }
      return scalar
    }
    let isWordLike = kind.isASCII && kind.value.isWord
    guard !isWordLike else { return nil }
    at += 2
    return kind.value
  }

  private mutating func escape(ignoresCase: Bool) throws(TokenizerError) -> ScalarSet {
    if let scalar = try scalarEscape() { return Self.literal(scalar, ignoresCase) }
    guard let kind = peek(1) else { throw refused }
    at += 2
    switch kind {
    case "d": return .digit
    case "D": return ScalarSet.digit.negated
    case "s": return .whitespace
    case "S": return ScalarSet.whitespace.negated
    case "w": return .word
    case "W": return ScalarSet.word.negated
    case "h": return ScalarSet([.range(48...57), .range(65...70), .range(97...102)])
    case "p", "P":
      var name: [Unicode.Scalar] = []
      if peek() == "{" {
        guard let close = pattern[at...].firstIndex(of: "}") else { throw refused }
        name = Array(pattern[at + 1..<close])
        at = close + 1
      } else if let letter = peek() {
        name = [letter]
        at += 1
      }
      var isNegated = kind == "P"
      if name.first == "^" {
        isNegated.toggle()
        name.removeFirst()
      }
      let text = String(String.UnicodeScalarView(name))
      guard let set = ScalarSet.property(text) else { throw refused }
      return isNegated ? set.negated : set
    default: throw refused
    }
  }

  private static func literal(_ scalar: UInt32, _ ignoresCase: Bool) -> ScalarSet {
    guard ignoresCase, let own = Unicode.Scalar(scalar) else {
      return ScalarSet([.range(scalar...scalar)])
    }
    let cases = own.properties.lowercaseMapping + own.properties.uppercaseMapping
    var items = ([own] + cases.unicodeScalars).map { ScalarSet.Item.range($0.value...$0.value) }
    if scalar | 32 == 115 { items.append(.range(0x17F...0x17F)) }
    if scalar | 32 == 107 { items.append(.range(0x212A...0x212A)) }
    return ScalarSet(items)
  }
}
