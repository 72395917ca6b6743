package import Tokens

extension Model {
  /// A language that a text was taken for.
  package struct Language: Sendable, Equatable {
    /// Nil where the text could be of any.
    package let tag: LanguageTag?
    /// How sure its detection is, from 0 to 1; nil where it was named.
    package let sureness: Double?
  }

  /// The language that this model takes a text for.
  ///
  /// A text whose language nobody names and that cannot be told from its letters is taken for
  /// English by models that must be told one, as the authors' own code does.
  package func language(of text: String, named: LanguageTag?) -> Language {
    if let named { return Language(tag: named, sureness: nil) }
    let candidates = LanguageDetector.shared.detect(text).candidates
    switch card.text.languageCodes {
    case nil: return Language(tag: candidates.first?.tag, sureness: candidates.first?.confidence)
    case .flores:
      // A language that the tokenizer has no code for is more often a wrong guess than a right one.
      let known = candidates.first { (try? FloresCode.code(for: $0.tag)) != nil }
      return Language(tag: known?.tag ?? .english, sureness: known?.confidence ?? 0)
    }
  }

  /// The id of a text's language for models that want one, and which language that is.
  func languageCode(of text: String, in language: LanguageTag?, by tokenizer: Tokenizer)
    throws(ModelError) -> (id: Int32?, language: LanguageTag?)
  {
    switch card.text.languageCodes {
    case nil: return (nil, language)
    case .flores:
      let language = self.language(of: text, named: language).tag ?? .english
      let code: FloresCode
      do { code = try FloresCode.code(for: language, mapping: languageMapping) } catch {
        throw .unknownLanguage(model: card.name, reason: "\(error)")
      }
      guard let id = tokenizer.id(of: code.text) else {
        throw .unknownLanguage(model: card.name, reason: "its tokenizer has no “\(code.text)”")
      }
      return (id, language)
    }
  }

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

extension LanguageTag {
  fileprivate static let english: LanguageTag = {
    do { return try LanguageTag("en") } catch { preconditionFailure("\(error)") }
  }()
}
