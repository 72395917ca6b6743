/// The Unicode scalars of a text.
///
/// The metrics compare texts by scalars: Swift's strings call texts equal that differ in form, such
/// as é in one scalar and in two, and the metrics' originals do not.
package typealias Scalars = [Unicode.Scalar]

extension Unicode.Scalar {
  /// Whether Python's `str.split` splits at this scalar.
  var isBlank: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// Whether this is one of 0 to 9.
  var isDigit: Bool { value &- 0x30 < 10 }

  /// Whether this is a digit of any script.
  var isDecimal: Bool { isDigit || value > 0x7F && properties.generalCategory == .decimalNumber }

  /// Whether this is one of A to Z.
  var isCapital: Bool { value &- 0x41 < 26 }

  /// Whether this is one of A to Z and a to z.
  var isASCIILetter: Bool { (value | 0x20) &- 0x61 < 26 }

  /// A to Z in lower case, all others as they are.
  var asciiLowercased: Unicode.Scalar {
    isCapital ? Unicode.Scalar(UInt8(value + 32)) : self
  }
}

extension [Unicode.Scalar] {
  /// The scalars of a text.
  package init(_ text: String) { self = Array(text.unicodeScalars) }

  /// The words between runs of blanks, as Python's `split()` makes them.
  package var words: [ArraySlice<Unicode.Scalar>] { split(whereSeparator: \.isBlank) }

  /// The words between single blanks, as Python's `split(" ")` makes them: two blanks enclose an
  /// empty word, and an empty text is one empty word.
  var wordsBetweenSingleBlanks: [ArraySlice<Unicode.Scalar>] {
    split(omittingEmptySubsequences: false) { $0 == " " }
  }

  /// The text without blanks at its end.
  var withoutBlanksAtEnd: Scalars {
    Array(self[..<((lastIndex { !$0.isBlank } ?? -1) + 1)])
  }

  /// The text without blanks at its ends.
  var withoutOuterBlanks: Scalars {
    let text = withoutBlanksAtEnd
    return Array(text[(text.firstIndex { !$0.isBlank } ?? text.count)...])
  }

  /// The text in lower case, as Python and Java write it: a sigma that ends a word is ς.
  var lowercased: Scalars {
    var lower = Scalars()
    lower.reserveCapacity(count)
    for (place, scalar) in enumerated() {
      if scalar.value < 0x80 {
        lower.append(scalar.asciiLowercased)
      } else if scalar == "Σ" {
        lower.append(isFinal(at: place) ? "ς" : "σ")
      } else {
        lower += scalar.properties.lowercaseMapping.unicodeScalars
      }
    }
    return lower
  }

  /// Whether a letter comes before this place and none after it, marks apart (Unicode's
  /// `Final_Sigma`).
  private func isFinal(at place: Int) -> Bool {
    func isCased(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
      scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
    }
    return isCased(self[..<place].reversed()) && !isCased(self[(place + 1)...])
  }

  /// The text with every occurrence of `old` replaced, from left to right.
  func replacing(_ old: String, with new: String) -> Scalars {
    let old = Scalars(old)
    guard contains(old[0]) else { return self }
    var replaced = Scalars()
    var place = 0
    while place < count {
      if self[place...].starts(with: old) {
        replaced += new.unicodeScalars
        place += old.count
      } else {
        replaced.append(self[place])
        place += 1
      }
    }
    return replaced
  }
}
