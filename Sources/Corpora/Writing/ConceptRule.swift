internal import Files

/// What a picture with an English caption shows, and in which split that concept is.
///
/// The rule is a function of the caption alone, so collections made apart from one another agree,
/// and no concept is ever in two splits.
package enum ConceptRule {
  /// The caption in lower case without its article and punctuation, its words joined by hyphens.
  ///
  ///     "A red apple." → "red-apple"
  package static func concept(ofEnglish caption: String) -> String {
    var words = words(caption)
    if words.count > 1, ["a", "an", "the", "some"].contains(words[0]) { words.removeFirst() }
    return words.joined(separator: "-")
  }

  /// The split of a concept: about 80 % `train`, 8 % `val`, 12 % `test`.
  ///
  /// The first eight bytes of SHA-256 of the concept, as a number, modulo 100. Concepts that
  /// differ only in gender (`man-cook`, `woman-cook`, `cook`) are in one split, since their pictures
  /// hardly differ.
  package static func split(ofConcept concept: String) -> String {
    let gendered: Set<Substring> = [
      "man", "woman", "men", "women", "person", "people", "boy", "girl",
    ]
    let words = concept.split(separator: "-")
    let neutral = words.filter { !gendered.contains($0) }
    let key = (neutral.isEmpty ? ["person"] : neutral).joined(separator: "-")
    let number = sha256(Array(key.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch number % 100 {
    case 0..<12: return "test"
    case 12..<20: return "val"
    default: return "train"
    }
  }

  private static func words(_ caption: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    for scalar in caption.lowercased().unicodeScalars {
      switch scalar.properties.generalCategory {
      case .lowercaseLetter, .otherLetter, .modifierLetter, .uppercaseLetter, .titlecaseLetter,
        .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
        word.append(scalar)
      default:
        if !word.isEmpty { words.append(String(word)) }
        word = String.UnicodeScalarView()
      }
    }
    if !word.isEmpty { words.append(String(word)) }
    return words
  }
}
