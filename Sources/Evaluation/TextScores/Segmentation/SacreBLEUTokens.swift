/// Puts blanks around scalars and pairs of scalars, as the substitutions of mteval's scripts do.
private struct Separation {
  var text: Scalars

  /// Puts a blank on each side of such scalars.
  mutating func separate(_ isSeparated: (Unicode.Scalar) -> Bool) {
    var separated = Scalars()
    separated.reserveCapacity(text.count * 2)
    for scalar in text {
      if isSeparated(scalar) { separated += [" ", scalar, " "] } else { separated.append(scalar) }
    }
    text = separated
  }

  /// Puts blanks into pairs of such scalars. Pairs do not overlap: what is one's second scalar is
  /// not looked at again as a first one, so some punctuation stays where it is.
  mutating func separate(
    _ isFirst: (Unicode.Scalar) -> Bool, _ isSecond: (Unicode.Scalar) -> Bool,
    as spaced: (Unicode.Scalar, Unicode.Scalar) -> Scalars
  ) {
    var separated = Scalars()
    separated.reserveCapacity(text.count * 2)
    var place = 0
    while place < text.count {
      if place + 1 < text.count, isFirst(text[place]), isSecond(text[place + 1]) {
        separated += spaced(text[place], text[place + 1])
        place += 2
      } else {
        separated.append(text[place])
        place += 1
      }
    }
    text = separated
  }
}

/// The tokenizers of sacreBLEU. Each returns the text with blanks between its tokens.
///
/// - Source: sacreBLEU 2.6.0 (Post 2018), which repeats NIST's mteval-v13a.pl and mteval-v14.pl.
enum SacreBLEUTokens {
  /// mteval-v13a's: ASCII punctuation alone, points and commas within numbers kept.
  static func v13a(_ text: Scalars) -> Scalars {
    var line = text.replacing("<skipped>", with: "").replacing("-\n", with: "")
      .replacing("\n", with: " ")
    if line.contains("&") {
      line = line.replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
        .replacing("&lt;", with: "<").replacing("&gt;", with: ">")
    }
    return western([" "] + line + [" "])
  }

  /// mteval-v14's: all that Unicode calls punctuation or symbols, except within numbers.
  static func international(_ text: Scalars) -> Scalars {
    var line = Separation(text: text)
    line.separate({ !$0.isNumber }, \.isPunctuation) { [$0, " ", $1, " "] }
    line.separate(\.isPunctuation, { !$0.isNumber }) { [" ", $0, " ", $1] }
    line.separate(\.isSymbol)
    return line.text
  }

  /// Every scalar by itself.
  static func characters(_ text: Scalars) -> Scalars {
    Array(text.map { [$0] }.joined(separator: [" "]))
  }

  /// Chinese characters by themselves, the rest as in 13a.
  static func chinese(_ text: Scalars) -> Scalars {
    var line = Separation(text: text.withoutOuterBlanks)
    line.separate(isChinese)
    return western(line.text)
  }

  private static func western(_ text: Scalars) -> Scalars {
    func isPointOrComma(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }
    var line = Separation(text: text)
    line.separate { scalar in
      switch scalar {
      case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
      default: false
      }
    }
    line.separate({ !$0.isDigit }, isPointOrComma) { [$0, " ", $1, " "] }
    line.separate(isPointOrComma, { !$0.isDigit }) { [" ", $0, " ", $1] }
    line.separate(\.isDigit, { $0 == "-" }) { [$0, " ", $1, " "] }
    return line.text
  }

  /// Two of sacreBLEU's ranges beyond U+FFFF are written with four digits and a fifth beside them;
  /// they cover U+2001 to U+2A6D and miss the characters that they are meant for.
  private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2001...0x2A6D, 0x2E80...0x2FDF, 0x2FF0...0x303F, 0x3100...0x312F, 0x31A0...0x31BF,
      0x31C0...0x31EF, 0x3200...0x4DB5, 0x4E00...0x9FBB, 0xF900...0xFA2D, 0xFA30...0xFA6A,
      0xFA70...0xFAD9, 0xFE10...0xFE1F, 0xFE30...0xFE4F, 0xFF00...0xFFEF:
      true
    default: false
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isNumber: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  fileprivate var isPunctuation: Bool {
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }

  fileprivate var isSymbol: Bool {
    switch properties.generalCategory {
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
    default: false
    }
  }
}
