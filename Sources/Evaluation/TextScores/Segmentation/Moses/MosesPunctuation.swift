/// Makes punctuation of typographers that of keyboards, and blanks around it regular.
///
/// - Source: Moses at 3a0631a, `normalize-punctuation.perl`; the rules in our own words.
enum MosesPunctuation {
  static func normalized(_ text: Scalars, _ language: MosesLanguage) -> Scalars {
    var text = text.filter { $0 != "\r" }
    text = text.replacing("(", with: " (").replacing(")", with: ") ").withSingleSpaces
    for mark in [".", "!", ":", "?", ";", ","] {
      text = text.replacing(") " + mark, with: ")" + mark)
    }
    text = text.replacing("( ", with: "(").replacing(" )", with: ")")
    text = withoutSpace(" ", between: \.isDigit, "%", in: text)
    text = text.replacing(" :", with: ":").replacing(" ;", with: ";")
    text = text.replacing("`", with: "'").replacing("''", with: " \" ")
    for quote in ["„", "“", "”"] { text = text.replacing(quote, with: "\"") }
    text = text.replacing("–", with: "-").replacing("—", with: " - ").withSingleSpaces
    text = text.replacing("´", with: "'")
    text = straightened(text)
    for quote in ["‘", "‚", "’", "''", "´´"] { text = text.replacing(quote, with: "\"") }
    text = text.replacing("…", with: "...")
    for (quote, plain) in [
      ("\u{A0}«\u{A0}", " \""), ("«\u{A0}", "\""), ("«", "\""),
      ("\u{A0}»\u{A0}", "\" "), ("\u{A0}»", "\""), ("»", "\""),
    ] {
      text = text.replacing(quote, with: plain)
    }
    for mark in ["%", ":", "?", "!", ";"] { text = text.replacing("\u{A0}" + mark, with: mark) }
    text =
      text.replacing("nº\u{A0}", with: "nº ").replacing("\u{A0}ºC", with: " ºC")
      .replacing("\u{A0}cm", with: " cm").replacing(",\u{A0}", with: ", ").withSingleSpaces
    text = withPunctuationAtQuotes(text, language)
    return withJoinedNumbers(text, separator: language == .english ? "." : ",")
  }

  /// A typographer's apostrophe between letters of ASCII becomes the keyboard's.
  private static func straightened(_ text: Scalars) -> Scalars {
    var text = text
    var place = 1
    while place + 1 < text.count {
      if text[place] == "‘" || text[place] == "’", text[place - 1].isASCIILetter,
        text[place + 1].isASCIILetter
      {
        text[place] = "'"
        // The letter behind it is used up: it begins no other pair.
        place += 1
      }
      place += 1
    }
    return text
  }

  private static func withoutSpace(
    _ space: Unicode.Scalar, between isFirst: (Unicode.Scalar) -> Bool, _ last: Unicode.Scalar,
    in text: Scalars
  ) -> Scalars {
    var kept = Scalars()
    for (place, scalar) in text.enumerated() {
      let isBetween =
        scalar == space && place > 0 && place + 1 < text.count && isFirst(text[place - 1])
        && text[place + 1] == last
      if !isBetween { kept.append(scalar) }
    }
    return kept
  }

  /// English puts a comma or points before the closing quotation mark, the others behind it.
  private static func withPunctuationAtQuotes(_ text: Scalars, _ language: MosesLanguage) -> Scalars
  {
    var moved = Scalars()
    var place = 0
    func end(_ start: Int, of marks: Scalars) -> Int {
      text[start...].firstIndex { !marks.contains($0) } ?? text.count
    }
    switch language {
    case .czech: return text
    case .english:
      while place < text.count {
        let end = text[place] == "\"" ? end(place + 1, of: [",", "."]) : place
        if end > place + 1 {
          moved += text[(place + 1)..<end] + ["\""]
          place = end
        } else {
          moved.append(text[place])
          place += 1
        }
      }
      return moved
    case .french, .german:
      let text = text.replacing(",\"", with: "\",")
      while place < text.count {
        let dots = text[place...].firstIndex { $0 != "." } ?? text.count
        if dots > place, dots < text.count, text[dots] == "\"",
          dots + 1 == text.count || text[dots + 1] != "<"
        {
          moved += ["\""] + text[place..<dots]
          place = dots + 1
          continue
        }
        moved.append(text[place])
        place += 1
      }
      return moved
    }
  }

  /// A blank that joins between digits becomes the language's separator.
  private static func withJoinedNumbers(_ text: Scalars, separator: Unicode.Scalar) -> Scalars {
    var text = text
    var place = 1
    while place + 1 < text.count {
      if text[place] == "\u{A0}", text[place - 1].isDecimal, text[place + 1].isDecimal {
        text[place] = separator
        place += 1
      }
      place += 1
    }
    return text
  }
}

extension [Unicode.Scalar] {
  /// Every run of spaces becomes one.
  fileprivate var withSingleSpaces: Scalars {
    var single = Scalars()
    for scalar in self where scalar != " " || single.last != " " { single.append(scalar) }
    return single
  }
}
