/// Words, and what is cut off them.
extension PTBScanner {
  /// Words that are two: can not, gon na, 't is.
  func split(_ start: Int) -> Match? {
    for (word, first) in Self.splits {
      guard let end = end(of: [word], at: start), !isLetter(end) else { continue }
      return Match(start + first, reach: end)
    }
    return nil
  }

  /// The words, and how long the first of the two is.
  private static let splits = [
    ("cannot", 3), ("gonna", 3), ("gotta", 3), ("wanna", 3), ("lemme", 3), ("gimme", 3),
    ("more'n", 4), ("'tis", 2), ("'twas", 2),
  ]

  /// A word before n't: do n't, ca n't; or n't itself.
  func negated(_ start: Int) -> Match? {
    let end = end(from: start, while: \.isASCIILetter)
    guard end > start, text[end - 1].asciiLowercased == "n",
      let reach = self.end(of: ["n't", "n`t"], at: end - 1)
    else { return nil }
    if end - 1 == start { return isLetter(reach) ? nil : Match(reach, straightened(start..<reach)) }
    guard text[end - 2].asciiLowercased != "n" else { return nil }
    return Match(end - 1, reach: reach)
  }

  /// A word before 's, 'll and their like.
  func cliticWord(_ start: Int) -> Match? {
    guard let word = word(start), let clitic = clitic(word.end) else { return nil }
    return Match(word.end, reach: clitic.end)
  }

  /// 's, 'm, 'd, 're, 've or 'll.
  func clitic(_ start: Int) -> Match? {
    guard Self.isApostrophe(at(start)),
      let end = end(of: ["'s", "'m", "'d", "'re", "'ve", "'ll"], at: start),
      at(start) != "'" || !isASCIILetter(end)
    else { return nil }
    return Match(end, straightened(start..<end))
  }

  /// The text with typewriter's apostrophes, which clitics get.
  private func straightened(_ range: Range<Int>) -> Scalars {
    text[range].map { Self.isApostrophe($0) ? "'" : $0 }
  }

  /// Letters, marks and digits, the first no digit; several such joined by points, exclamation or
  /// question marks without a blank, as in “home.She”.
  func word(_ start: Int) -> Match? {
    guard var end = plainWord(start) else { return nil }
    // “etc.” stays itself before anything.
    if self.end(of: ["etc"], at: start) == end { return Match(end) }
    while [".", "!", "?"].contains(at(end)), let next = plainWord(end + 1) { end = next }
    return Match(end)
  }

  private func plainWord(_ start: Int) -> Int? {
    guard isWordScalar(start), !text[start].isDecimal else { return nil }
    var end = start + 1
    while isWordScalar(end) || at(end).value == 0xAD { end += 1 }
    return end
  }

  private func isWordScalar(_ place: Int) -> Bool {
    place < text.count && (kinds[place] == .letter || kinds[place] == .mark)
  }

  /// Words with an apostrophe in them: o'clock, ma'am, O'Neil, 'em.
  func apostropheWord(_ start: Int) -> Match? {
    var matches = [shortBefore(start), vowels(start)]
    matches.append(end(of: Self.apostropheWords, at: start).map { Match($0) })
    if let end = end(of: ["'n"], at: start), at(start) != "'" || at(end).isBlank {
      matches.append(Match(end))
    }
    // d', j' and l' of French, with whatever follows; y' of “y'all”.
    if Self.isApostrophe(at(start + 1)) {
      switch at(start).asciiLowercased {
      case "d", "j", "l": matches.append(Match(start + 2))
      case "y" where isASCIILetter(start + 2):
        matches.append(Match(start + 2, reach: start + 3))
      default: break
      }
    }
    return matches.compactMap { $0 }.max { $0.reach < $1.reach }
  }

  private static let apostropheWords = [
    "dunkin'", "somethin'", "ol'", "'em", "c'mon", "'till", "'til", "'cause", "nor'easter",
    "s'mores", "ev'ry", "li'l", "nat'l", "o'o", "e'er", "'n'", "c'est",
  ]

  /// A capital or d, l, n, o, an apostrophe, and two letters or more: O'Neil, C'est, l'eau.
  func shortBefore(_ start: Int) -> Match? {
    guard at(start).isCapital || ["d", "l", "n", "o"].contains(at(start)),
      Self.isInnerApostrophe(at(start + 1))
    else { return nil }
    let end = lettersEnd(start + 2)
    return end >= start + 4 ? Match(end) : nil
  }

  /// Two letters or more, the last a vowel, and after the apostrophe a vowel or a capital.
  private func vowels(_ start: Int) -> Match? {
    let apostrophe = lettersEnd(start)
    guard apostrophe >= start + 2, Self.isInnerApostrophe(at(apostrophe)),
      "aeiouyAEIOUY".unicodeScalars.contains(text[apostrophe - 1]),
      "aeiou".unicodeScalars.contains(at(apostrophe + 1))
        || at(apostrophe + 1).isCapital
    else { return nil }
    return Match(lettersEnd(apostrophe + 1))
  }

  private func lettersEnd(_ start: Int) -> Int {
    var end = start
    while isLetter(end), !text[end].isDecimal { end += 1 }
    return end
  }

  /// Letters with a point after each: u.s., p.m.; or a single one that begins no sentence.
  func initials(_ start: Int) -> Match? {
    guard isASCIILetter(start), at(start + 1) == "." else { return nil }
    var end = start + 2
    while isASCIILetter(end), at(end + 1) == "." { end += 2 }
    if end > start + 2 { return Match(end) }
    let next = self.end(from: end, while: \.isBlank)
    if next > end {
      let word = text[next..<self.end(from: next) { !$0.isBlank }]
      if PTBAbbreviations.beginsSentence(word) { return nil }
    }
    return Match(end)
  }

  /// Abbreviations with their points: mr., etc., no. before a digit.
  func abbreviation(_ start: Int) -> Match? {
    if let end = end(of: ["ph.d."], at: start) { return Match(end) }
    let end = end(from: start, while: \.isASCIILetter)
    guard end > start + 1, at(end) == "." else { return nil }
    let next = at(end + 1) == " " ? at(end + 2) : at(end + 1)
    return PTBAbbreviations.keepsPoint(text[start..<end], precedesDigit: next.isDigit)
      ? Match(end + 1) : nil
  }
}
