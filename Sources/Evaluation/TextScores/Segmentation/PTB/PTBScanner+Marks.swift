/// Addresses, markup, smileys and punctuation.
extension PTBScanner {
  /// http:// or https:// and all up to a blank, without punctuation at the end.
  func address(_ start: Int) -> Match? {
    guard let host = end(of: ["http://", "https://"], at: start) else { return nil }
    var end = end(from: host) { !$0.isBlank && !"\"<>|(){}".unicodeScalars.contains($0) }
    while end > host, ".!?,-".unicodeScalars.contains(text[end - 1]) { end -= 1 }
    return end > host + 1 ? Match(end) : nil
  }

  /// somebody@example.com
  func email(_ start: Int) -> Match? {
    let first = end(of: ["mailto:"], at: start) ?? start
    let sign = end(from: first) { $0.isInAddress || "._%+-".unicodeScalars.contains($0) }
    guard at(first).isInAddress, at(sign) == "@", isLetter(sign + 1) else { return nil }
    var end = end(from: sign + 1) { isLetterInAddress($0) || "._-".unicodeScalars.contains($0) }
    while ".-".unicodeScalars.contains(text[end - 1]) { end -= 1 }
    return Match(end)
  }

  private func isLetterInAddress(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isInAddress || PTBCharacter(scalar) == .letter
  }

  /// @somebody and #anything.
  func handle(_ start: Int) -> Match? {
    if at(start) == "@", isASCIILetter(start + 1) || at(start + 1) == "_" {
      return Match(end(from: start + 1) { $0.isInAddress || $0 == "_" })
    }
    guard at(start) == "#", isLetter(start + 1), !at(start + 1).isDigit else { return nil }
    var end = start + 1
    while isLetter(end) { end += 1 }
    return Match(end)
  }

  /// <br>, <a href="x">, <!-- … -->. Blanks become ones that join, as in the original.
  func markup(_ start: Int) -> Match? {
    guard at(start) == "<" else { return nil }
    let end =
      at(start + 1) == "!" || at(start + 1) == "?"
      ? declaration(start) : element(start)
    return end.map { end in
      Match(end, text[start..<end].map { $0 == " " ? "\u{A0}" : $0 })
    }
  }

  private func declaration(_ start: Int) -> Int? {
    guard isASCIILetter(start + 2) || at(start + 2) == "-" else { return nil }
    let end = end(from: start + 3) { $0 != ">" && $0 != "\n" }
    return at(end) == ">" ? end + 1 : nil
  }

  private func element(_ start: Int) -> Int? {
    let closes = at(start + 1) == "/"
    let name = closes ? start + 2 : start + 1
    guard var place = nameEnd(name) else { return nil }
    while true {
      let next = end(from: place) { $0 == " " }
      if at(next) == ">" { return next + 1 }
      if !closes, at(next) == "/", at(next + 1) == ">" { return next + 2 }
      guard !closes, next > place, let attribute = nameEnd(next) else { return nil }
      place = attribute
      if at(place) == "=" {
        let quote = at(place + 1)
        guard quote == "\"" || quote == "'" else { return nil }
        let last = end(from: place + 2) { $0 != quote }
        guard at(last) == quote else { return nil }
        place = last + 1
      }
    }
  }

  private func nameEnd(_ start: Int) -> Int? {
    guard isASCIILetter(start) else { return nil }
    return end(from: start) { $0.isInAddress || ":._-".unicodeScalars.contains($0) }
  }

  /// &amp; and its like, as the mark that it stands for; numbered ones as they are.
  func entity(_ start: Int) -> Match? {
    guard at(start) == "&" else { return nil }
    for (name, token) in Self.entities {
      if let end = end(of: [name], at: start) { return Match(end, Scalars(token)) }
    }
    guard at(start + 1) == "#" else { return nil }
    let end = end(from: start + 2, while: \.isDigit)
    return end > start + 2 && at(end) == ";" ? Match(end + 1) : nil
  }

  private static let entities = [
    ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "''"), ("&apos;", "'"),
    ("&nbsp;", ""), ("&mdash;", "--"), ("&ndash;", "--"),
  ]

  /// :-) and ^_^.
  func emoticon(_ start: Int) -> Match? {
    let sides = "-^x=~<>'".unicodeScalars
    if at(start + 1) == "_", sides.contains(at(start)), sides.contains(at(start + 2)) {
      return Match(start + 3)
    }
    var place = at(start) == "<" || at(start) == ">" ? start + 1 : start
    guard ":;=".unicodeScalars.contains(at(place)) else { return nil }
    place += 1
    if "-o*'".unicodeScalars.contains(at(place)) { place += 1 }
    guard ")([]{}DPpdO|\\@".unicodeScalars.contains(at(place)), !isLetter(place + 1)
    else { return nil }
    let mouth = text[place] == "(" || text[place] == ")" ? Self.tokens[text[place]] : nil
    return Match(place + 1, text[start..<place] + (mouth.map { Scalars($0) } ?? [text[place]]))
  }

  /// Marks that stay together: !?, ***, ___, ##, five dashes or more.
  func run(_ start: Int) -> Match? {
    let first = at(start)
    switch first {
    case "!", "?": return Match(end(from: start) { $0 == "!" || $0 == "?" })
    case "*", "_", "#", "@": return Match(end(from: start) { $0 == first })
    case "'", "`": return at(start + 1) == first ? Match(start + 2, []) : nil
    case "<", ">": return Match(at(start + 1) == first ? start + 2 : start + 1)
    case "-":
      if let end = end(of: ["-lrb-", "-rrb-", "-lsb-", "-rsb-", "-lcb-", "-rcb-"], at: start) {
        return Match(end)
      }
      let end = end(from: start) { $0 == "-" }
      return Match(end, end - start < 5 ? ["-"] : nil)
    default: return nil
    }
  }

  /// Two quotation marks that no keyboard has: they become one token, which is left out only where
  /// it is a quotation mark of Penn Treebank again.
  func quotes(_ start: Int) -> Match? {
    guard let first = Self.quotationMarks[at(start)],
      let second = Self.quotationMarks[at(start + 1)]
    else { return nil }
    return Match(start + 2, Scalars(first + second))
  }

  private static let quotationMarks: [Unicode.Scalar: String] = [
    "«": "``", "“": "``", "\u{93}": "``", "»": "''", "”": "''", "\u{94}": "''",
    "‘": "`", "‛": "`", "‹": "`", "\u{91}": "`", "’": "'", "›": "'", "\u{92}": "'",
    "‚": "‚", "„": "„", "‟": "‟",
  ]

  /// Any other single scalar that leaves something.
  func other(_ start: Int) -> Match? {
    let scalar = text[start]
    if let mark = Self.quotationMarks[scalar] { return Match(start + 1, Scalars(mark)) }
    if let token = Self.tokens[scalar] { return Match(start + 1, Scalars(token)) }
    if scalar.isNumberAboveOrBelow { return Match(end(from: start, while: \.isNumberAboveOrBelow)) }
    return kinds[start] == .unknown ? nil : Match(start + 1)
  }

  /// What is written as something else; empty where nothing is left.
  private static let tokens: [Unicode.Scalar: String] = [
    "(": "-lrb-", ")": "-rrb-", "[": "-lsb-", "]": "-rsb-", "{": "-lcb-", "}": "-rcb-",
    "\u{80}": "$", "¤": "$", "₠": "$", "€": "$", "¢": "cents", "£": "#",
    "¼": "1/4", "½": "1/2", "¾": "3/4", "⅓": "1/3", "⅔": "2/3",
    "\"": "", "'": "", "`": "", ".": "", ",": "", ":": "", ";": "", "…": "",
    "–": "", "—": "", "―": "",
  ]
}

extension Unicode.Scalar {
  fileprivate var isInAddress: Bool { isDigit || isASCIILetter }

  /// Whether this is a superscript or subscript digit.
  fileprivate var isNumberAboveOrBelow: Bool {
    switch value {
    case 0xB2, 0xB3, 0xB9, 0x2070, 0x2074...0x2079, 0x2080...0x2089: true
    default: false
    }
  }
}
