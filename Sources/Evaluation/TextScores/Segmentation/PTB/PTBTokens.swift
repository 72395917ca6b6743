/// The tokens of Penn Treebank, as COCO's evaluation makes them of captions: in lower case, clitics
/// apart from their words (do n't, it 's), punctuation left out.
///
/// The rules are our own. They were found by asking Stanford's tokenizer, and are held to it by its
/// answers for 154,573 captions of Flickr30k and for hard cases in many scripts. They keep its habits:
/// brackets stay, as `-lrb-` and `-lsb-`, because the list of what is left out has them in capitals;
/// so do `!!`, symbols and Chinese punctuation; emoji and the brackets of Chinese vanish.
///
/// - Differs: A caption is one line whatever it holds, and the next one does not matter. The original
///   reads U+2028 and a bare carriage return as the end of a line, and from there on gives every
///   picture its neighbour's caption; and whether “the letter P.” keeps its point depends on how the
///   next caption begins, which here has none. Telephone numbers that are written with blanks, markup with unquoted values and Latin-1 entities
///   in words are not read as the original reads them.
/// - Source: Stanford CoreNLP 3.4.1, `PTBTokenizer -preserveLines -lowerCase`; pycocoevalcap 1.2,
///   `tokenizer/ptbtokenizer.py`, for what is left out.
enum PTBTokens {
  /// The tokens of a caption with blanks between them.
  static func line(_ text: Scalars) -> Scalars {
    var tokens: [Scalars] = []
    var scanner = PTBScanner(text)
    while let token = scanner.next() {
      if !token.isEmpty, !punctuation.contains(token) { tokens.append(token.lowercased) }
    }
    return Array(tokens.joined(separator: [" "]))
  }

  private static let punctuation = Set(
    ["''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"].map { Scalars($0) })
}

/// Reads tokens from left to right: of all rules that fit, the one that reaches farthest wins, and
/// the first of several that reach equally far.
struct PTBScanner {
  /// What a rule has found.
  struct Match {
    /// Where the token ends.
    var end: Int

    /// Where what the rule looked at ends; at or after `end`.
    var reach: Int

    /// The token, where it is not the text itself.
    var token: Scalars?

    init(_ end: Int, reach: Int? = nil, _ token: Scalars? = nil) {
      self.end = end
      self.reach = reach ?? end
      self.token = token
    }
  }

  let text: Scalars
  let kinds: [PTBCharacter]
  private var place = 0

  init(_ text: Scalars) {
    self.text = text
    kinds = text.map { PTBCharacter($0) }
  }

  /// The next token, empty where nothing is left of it, or `nil` at the end.
  mutating func next() -> Scalars? {
    guard place < text.count else { return nil }
    let start = place
    if let end = plainWordEnd(start) {
      place = end
      return Array(text[start..<end])
    }
    var best: Match?
    for rule in Self.rules(from: text[start]) {
      if let match = rule(self)(start), match.reach > best?.reach ?? start { best = match }
    }
    guard let best else {
      place += 1
      return []
    }
    place = best.end
    return best.token ?? text[start..<best.end].filter { $0.value != 0xAD }
  }

  /// The end of a word of small letters before a blank, which is most of them: no rule but that of
  /// words that are two could want it otherwise.
  private func plainWordEnd(_ start: Int) -> Int? {
    let end = end(from: start) { $0.value &- 0x61 < 26 }
    guard end > start, end == text.count || text[end] == " " else { return nil }
    return end - start <= 6 && split(start) != nil ? nil : end
  }

  private typealias Rule = @Sendable (PTBScanner) -> (Int) -> Match?

  /// The rules that can fit a token that begins with this scalar.
  private static func rules(from scalar: Unicode.Scalar) -> [Rule] {
    switch scalar {
    case " ": []
    case "a"..."z", "A"..."Z": wordRules
    case "\0"..."~": wordRules + otherRules
    case "’": [apostropheWord, clitic, decade, quotes, other]
    default: foreignRules
    }
  }

  private static let wordRules: [Rule] = [
    split, negated, cliticWord, word, apostropheWord, compound, underscored, slashed,
    joinedCapitals,
    initials, abbreviation, address, email, programming, currency, emoticon,
  ]

  private static let foreignRules: [Rule] = [
    cliticWord, word, apostropheWord, compound, underscored, slashed, number, email, quotes, other,
  ]

  private static let otherRules: [Rule] = [
    clitic, decade, number, fraction, telephone, markup, entity, handle, run, other,
  ]
}

extension PTBScanner {
  /// The scalar at a place, or a line break after the end.
  func at(_ place: Int) -> Unicode.Scalar { place < text.count ? text[place] : "\n" }

  /// Where a run of such scalars ends.
  func end(from start: Int, while belongs: (Unicode.Scalar) -> Bool) -> Int {
    var place = start
    while place < text.count, belongs(text[place]) { place += 1 }
    return place
  }

  /// Where one of these texts that stands here ends; capitals count as small letters.
  func end(of words: [String], at start: Int) -> Int? {
    search: for word in words {
      var place = start
      for wanted in word.unicodeScalars {
        guard place < text.count else { continue search }
        let own = text[place]
        guard
          own == wanted || own.asciiLowercased == wanted
            || (wanted == "'" && PTBScanner.isApostrophe(own))
        else { continue search }
        place += 1
      }
      return place
    }
    return nil
  }

  /// Whether a letter or digit stands here.
  func isLetter(_ place: Int) -> Bool { place < text.count && kinds[place] == .letter }

  func isASCIILetter(_ place: Int) -> Bool { at(place).isASCIILetter }

  static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "'" || scalar == "’" || scalar == "\u{92}"
  }

  /// Whether this is written for an apostrophe within a word.
  static func isInnerApostrophe(_ scalar: Unicode.Scalar) -> Bool {
    isApostrophe(scalar) || scalar == "‘" || scalar == "`"
  }

  static func isHyphen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2D, 0x58A, 0x2010, 0x2011: true
    default: false
    }
  }
}
