import Languages

/// Which of a picture's captions is shown to somebody who asks in a language.
struct CaptionChoice {
  /// The tags to try, in order: the one asked for, then each shorter form of it, then English.
  let languages: [String]

  init(asked: LanguageTag?) {
    var tags: [String] = []
    var parts = asked?.text.split(separator: "-") ?? []
    while !parts.isEmpty {
      tags.append(parts.joined(separator: "-"))
      parts.removeLast()
    }
    languages = tags.contains("en") ? tags : tags + ["en"]
  }

  func caption(of entry: IndexEntry) -> Hit.Caption? {
    for tag in languages {
      if let text = entry.captions[tag]?.first { return Hit.Caption(text, language: tag) }
    }
    return entry.title.map { Hit.Caption($0, language: nil) }
  }
}
