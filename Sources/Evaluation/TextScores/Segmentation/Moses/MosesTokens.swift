/// The languages whose Moses tokenization is known here: those of Multi30k.
package enum MosesLanguage: String, Sendable, CaseIterable {
  case english = "en"
  case german = "de"
  case french = "fr"
  case czech = "cs"
}

/// Moses' tokens as Multi30k's `lc.norm.tok` files have them: lower case, punctuation normalized,
/// tokenized, `'` and `"` and their like escaped. Papers on translation with pictures compute BLEU on
/// these.
///
/// - Source: Moses at 3a0631a (`lowercase.perl`, `normalize-punctuation.perl`, `tokenizer.perl`), as
///   multi30k/dataset calls them; the rules in our own words, held to all of its files.
/// - Differs: Only prefixes in lower case are known, as the text is.
enum MosesTokens {
  static func line(_ text: Scalars, _ language: MosesLanguage) -> Scalars {
    var text = MosesPunctuation.normalized(text.lowercased, language)
    // Controls end no word and are gone.
    text = Array(text.words.joined(separator: [" "])).filter { $0.value > 0x1F }
    text = separated(text)
    text = withCommas(text)
    text = withApostrophes(text, language)
    return escaped(withPoints(text.words, language))
  }

  /// All marks that never belong to a word, apart; of points several in a row, too.
  private static func separated(_ text: Scalars) -> Scalars {
    var separated = Scalars()
    var place = 0
    while place < text.count {
      let scalar = text[place]
      let points = text[place...].firstIndex { $0 != "." } ?? text.count
      if points > place + 1 {
        separated += [" "] + text[place..<points] + [" "]
        place = points
        continue
      }
      if scalar.isAlphanumeric || scalar.isBlank || ".'`,-".unicodeScalars.contains(scalar) {
        separated.append(scalar)
      } else {
        separated += [" ", scalar, " "]
      }
      place += 1
    }
    return separated
  }

  /// Commas apart, except between numbers.
  private static func withCommas(_ text: Scalars) -> Scalars {
    var separated = Scalars()
    for (place, scalar) in text.enumerated() {
      let isInNumber =
        (place == 0 || text[place - 1].isNumeral) && place + 1 < text.count
        && text[place + 1].isNumeral
      separated += scalar == "," && !isInNumber ? [" ", ",", " "] : [scalar]
    }
    return separated
  }

  /// Apostrophes go with what follows in English, with what precedes in French, and else alone.
  private static func withApostrophes(_ text: Scalars, _ language: MosesLanguage) -> Scalars {
    var separated = Scalars()
    for (place, scalar) in text.enumerated() {
      guard scalar == "'" else {
        separated.append(scalar)
        continue
      }
      let isOuter = place == 0 || place + 1 == text.count
      let before = isOuter ? " " : text[place - 1]
      let after = isOuter ? " " : text[place + 1]
      let joinsWords = before.properties.isAlphabetic && after.properties.isAlphabetic
      switch language {
      case .english where joinsWords || before.isNumeral && after == "s": separated += [" ", "'"]
      case .french where joinsWords: separated += ["'", " "]
      case .english where isOuter, .french where isOuter: separated.append("'")
      case .english where before.isNumeral && after.properties.isAlphabetic: separated.append("'")
      default: separated += [" ", "'", " "]
      }
    }
    return separated
  }

  /// A word's point apart from it, unless it abbreviates: the word has other points, is known, or a
  /// word in lower case comes next.
  private static func withPoints(_ words: [ArraySlice<Unicode.Scalar>], _ language: MosesLanguage)
    -> [ArraySlice<Unicode.Scalar>]
  {
    var separated: [ArraySlice<Unicode.Scalar>] = []
    for (place, word) in words.enumerated() {
      guard word.count > 1, word.last == ".", word.contains(where: { $0 != "." }) else {
        separated.append(word)
        continue
      }
      let stem = word.dropLast()
      let next = place + 1 < words.count ? words[place + 1].first : nil
      let keeps =
        stem.contains(".") && stem.contains { $0.properties.isAlphabetic }
        || MosesPrefixes.of(language).contains(String(String.UnicodeScalarView(stem)))
        || next?.properties.isLowercase ?? false
        || language == .english && stem.elementsEqual("pp".unicodeScalars) && next?.isDigit ?? false
      separated += keeps ? [word] : [stem, word.suffix(1)]
    }
    // “.'” at the end is two tokens.
    if let last = separated.last, last.count >= 2, last.suffix(2).elementsEqual(".'".unicodeScalars)
    {
      let parts = [last.dropLast(2), last.suffix(2).prefix(1), last.suffix(1)]
      separated[(separated.count - 1)...] = parts.filter { !$0.isEmpty }[...]
    }
    return separated
  }

  private static func escaped(_ words: [ArraySlice<Unicode.Scalar>]) -> Scalars {
    var escaped = Scalars()
    for scalar in words.joined(separator: [" "]) {
      switch scalar {
      case "&": escaped += "&amp;".unicodeScalars
      case "|": escaped += "&#124;".unicodeScalars
      case "<": escaped += "&lt;".unicodeScalars
      case ">": escaped += "&gt;".unicodeScalars
      case "'": escaped += "&apos;".unicodeScalars
      case "\"": escaped += "&quot;".unicodeScalars
      case "[": escaped += "&#91;".unicodeScalars
      case "]": escaped += "&#93;".unicodeScalars
      default: escaped.append(scalar)
      }
    }
    return escaped
  }
}

extension Unicode.Scalar {
  fileprivate var isAlphanumeric: Bool { properties.isAlphabetic || isDecimal }

  /// Whether this is a number of any kind.
  fileprivate var isNumeral: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }
}
