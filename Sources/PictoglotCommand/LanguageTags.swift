import Languages

/// What the tags' languages are called in English, as far as they are known.
func languageNames(of tags: [String]) -> [String: String] {
  tags.reduce(into: [:]) { names, tag in
    names[tag] = (try? LanguageTag(tag)).flatMap(\.englishName)
  }
}

/// The languages in a list separated by commas.
func languageTags(_ list: String?) throws -> [LanguageTag] {
  try (list ?? "").split(separator: ",").map {
    try LanguageTag(String($0.trimmingPrefix(while: \.isWhitespace)))
  }
}
