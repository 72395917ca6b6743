extension String {
  /// How many columns of a terminal the text takes.
  ///
  /// Han, kana, Hangul and pictures take two; marks over a letter, joiners and controls take none.
  ///
  /// - Source: Unicode Standard Annex 11, East Asian Width (W and F), as terminals apply it.
  package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

  /// The beginning of the text that fits into so many columns, with “…” if something is cut off.
  package func truncated(toDisplayWidth limit: Int) -> String {
    guard displayWidth > limit else { return self }
    var kept = ""
    var width = 0
    for character in self {
      guard width + character.displayWidth < limit else { break }
      kept.append(character)
      width += character.displayWidth
    }
    return kept + "…"
  }
}

extension Character {
  /// How many columns of a terminal the character takes: 0, 1 or 2.
  var displayWidth: Int {
    let scalars = unicodeScalars
    // A picture made of several, a flag, or a sign asked for as a picture.
    if scalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) {
      return 2
    }
    // Vowel signs that stand beside their letter take a column of their own, as terminals that
    // go by glibc have it.
    return scalars.reduce(0) { $0 + $1.displayWidth }
  }
}

extension Unicode.Scalar {
  fileprivate var displayWidth: Int {
    if value < 0x7F { return value < 0x20 ? 0 : 1 }
    switch properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator:
      return 0
    default: break
    }
    // Vowels and finals of decomposed Hangul join the two columns of their initial.
    if 0x1160...0x11FF ~= value || 0xD7B0...0xD7FF ~= value { return 0 }
    return Self.wide.contains { $0 ~= value } ? 2 : 1
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
    0x4E00...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
    0x1F200...0x1F265, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
