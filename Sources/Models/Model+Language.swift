package import Languages

extension Model {
  /// Whether it has learned a language; nil where its publisher only says how many there are.
  package func hasLearned(_ language: LanguageTag) -> Bool? {
    if card.text.languageCodes == .flores { return (try? FloresCode.code(for: language)) != nil }
    guard !card.languages.isEmpty else { return nil }
    var learned: Set<String> = []
    for text in card.languages {
      guard let tag = try? LanguageTag(text) else { return nil }
      learned.insert(Self.written(tag.language))
    }
    return learned.contains(Self.written(language.language))
  }

  /// One code for the codes of what is one written language.
  private static func written(_ code: String) -> String {
    ["nb": "no", "nn": "no", "tl": "fil", "sh": "sr", "zsm": "ms", "swh": "sw"][code] ?? code
  }
}
