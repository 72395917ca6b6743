/// What hyphens, slashes and other marks join into one token, and numbers.
extension PTBScanner {
  /// Letters and digits with hyphens between them, points and commas allowed before the first:
  /// two-year-old, 3.5-inch, non-U.S.
  func compound(_ start: Int) -> Match? {
    guard isLetter(start) else { return nil }
    var end: Int
    if let name = shortBefore(start) {
      end = name.end
    } else {
      end = start + 1
      while isLetter(end) || at(end) == "." || at(end) == "," { end += 1 }
    }
    var found: Int?
    while Self.isHyphen(at(end)), let next = compoundPart(end + 1) {
      end = next
      found = end
    }
    return found.map { Match($0) }
  }

  private func compoundPart(_ start: Int) -> Int? {
    if let name = shortBefore(start) { return name.end }
    guard isLetter(start) else { return nil }
    if let initials = initials(start), initials.end > start + 2 { return initials.end }
    var end = start
    while isLetter(end) { end += 1 }
    return end
  }

  /// Letters and digits, with single hyphens or low lines between them: foo_bar, 5ft, 1990s.
  func underscored(_ start: Int) -> Match? {
    guard isLetter(start) else { return nil }
    var end = start
    while isLetter(end) { end += 1 }
    while at(end) == "_" || Self.isHyphen(at(end)), isLetter(end + 1) {
      end += 1
      while isLetter(end) { end += 1 }
    }
    return Match(end)
  }

  /// Two or three of letters, digits and hyphens with slashes between them: and/or, 24/7, 1/2/2010.
  func slashed(_ start: Int) -> Match? {
    guard var end = slashedPart(start) else { return nil }
    var slashes = 0
    while slashes < 2, at(end) == "/", let next = slashedPart(end + 1) {
      end = next
      slashes += 1
    }
    return slashes > 0 ? Match(end) : nil
  }

  private func slashedPart(_ start: Int) -> Int? {
    func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isDecimal || scalar.isASCIILetter
    }
    var end = end(from: start, while: isLetterOrDigit)
    guard end > start else { return nil }
    for _ in 0..<2 where at(end) == "-" && isASCIILetter(end + 1) {
      end = self.end(from: end + 1, while: \.isASCIILetter)
    }
    return end
  }

  /// Capitals joined by & or +: AT&T.
  func joinedCapitals(_ start: Int) -> Match? {
    var end = end(from: start, while: \.isCapital)
    var isJoined = false
    var token = Array(text[start..<end])
    while end > start, at(end) == "&" || at(end) == "+" {
      let mark = end
      let next = self.end(of: ["&amp;"], at: mark) ?? mark + 1
      let last = self.end(from: next, while: \.isCapital)
      guard last > next else { break }
      token += [text[mark]] + text[next..<last]
      end = last
      isJoined = true
    }
    return isJoined ? Match(end, token) : nil
  }

  /// C++, C#, F#.
  func programming(_ start: Int) -> Match? {
    end(of: ["c++", "c#", "f#"], at: start).map { Match($0) }
  }

  /// US$, C$.
  func currency(_ start: Int) -> Match? {
    let end = end(from: start, while: \.isCapital)
    return end > start && at(end) == "$" ? Match(end + 1) : nil
  }

  /// Digits with points, commas and colons between or before them, perhaps with a sign.
  func number(_ start: Int) -> Match? {
    var place = at(start) == "+" || at(start) == "-" ? start + 1 : start
    var end: Int?
    let digits = self.end(from: place, while: \.isDecimal)
    if digits > place { end = digits }
    place = digits
    while [".", ",", ":", "٫", "٬"].contains(at(place)), at(place + 1).isDecimal {
      place = self.end(from: place + 1, while: \.isDecimal)
      end = place
    }
    return end.map { Match($0) }
  }

  /// ½ written out, with its whole number before a blank or hyphen: 1 1/2. The blank becomes one
  /// that joins, as in the original.
  func fraction(_ start: Int) -> Match? {
    let whole = end(from: start, while: \.isDigit)
    guard (1...4).contains(whole - start), at(whole) == " " || at(whole) == "-" else { return nil }
    let numerator = end(from: whole + 1, while: \.isDigit)
    guard (1...4).contains(numerator - whole - 1), at(numerator) == "/" else { return nil }
    let denominator = end(from: numerator + 1, while: \.isDigit)
    guard (1...4).contains(denominator - numerator - 1) else { return nil }
    return Match(denominator, text[start..<denominator].map { $0 == " " ? "\u{A0}" : $0 })
  }

  /// (555) 555-1212
  func telephone(_ start: Int) -> Match? {
    guard at(start) == "(", end(from: start + 1, while: \.isDigit) == start + 4,
      at(start + 4) == ")"
    else { return nil }
    let next = at(start + 5) == " " ? start + 6 : start + 5
    guard end(from: next, while: \.isDigit) == next + 3, at(next + 3) == "-",
      end(from: next + 4, while: \.isDigit) == next + 8
    else { return nil }
    let blank: Scalars = next == start + 6 ? ["\u{A0}"] : []
    return Match(
      next + 8,
      Scalars("-lrb-") + text[(start + 1)..<(start + 4)] + Scalars("-rrb-") + blank
        + text[next..<(next + 8)])
  }

  /// '90s and '95.
  func decade(_ start: Int) -> Match? {
    guard Self.isApostrophe(at(start)), at(start + 1).isDigit, at(start + 2).isDigit else {
      return nil
    }
    let hasS = at(start + 2) == "0" && at(start + 3) == "s" && at(start + 1) > "1"
    if hasS { return Match(start + 4) }
    return at(start + 3).isBlank ? Match(start + 3) : nil
  }
}
