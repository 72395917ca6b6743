package import Languages
package import Tokens

/// What makes a model's texts into ids: its tokenizer, and all that its authors did around it.
package struct TextReader: Sendable {
  package let tokenizer: Tokenizer
  package let treatment: TextTreatment
  /// Which code a language becomes where there is a choice, for models that want codes.
  package var mapping: FloresCode.Mapping

  package init(
    tokenizer: Tokenizer, treatment: TextTreatment, mapping: FloresCode.Mapping = .standard
  ) {
    self.tokenizer = tokenizer
    self.treatment = treatment
    self.mapping = mapping
  }

  /// A language that a text was taken for.
  package struct Language: Sendable, Equatable {
    /// Nil where the text could be of any.
    package let tag: LanguageTag?
    /// How sure its detection is, from 0 to 1; nil where it was named.
    package let sureness: Double?
  }

  /// The language that a text is taken for.
  ///
  /// If the caller names no language and detection fails, models that need a language take the text
  /// for English, as the authors' own code does.
  package func language(of text: String, named: LanguageTag?) -> Language {
    if let named { return Language(tag: named, sureness: nil) }
    let candidates = LanguageDetector.shared.detect(text).candidates
    switch treatment.languageCodes {
    case nil: return Language(tag: candidates.first?.tag, sureness: candidates.first?.confidence)
    case .some(let codes):
      // A language that the tokenizer has no code for is more often a wrong guess than a right one.
      let known = candidates.first { codes.has($0.tag) }
      return Language(tag: known?.tag ?? .english, sureness: known?.confidence ?? 0)
    }
  }

  /// A text as a text tower takes it.
  package struct Tokenized: Sendable {
    package let ids: [Int32]
    package let isTruncated: Bool
    /// Whether the vocabulary has none of its characters.
    package let isUnknown: Bool
  }

  /// A text's ids.
  ///
  /// - Parameters:
  ///   - language: The language it is in. A model that needs one detects it if nil.
  /// - Throws: ``UnknownLanguage`` for models that want a code and have none for it.
  package func tokens(of text: String, in language: LanguageTag? = nil) throws(UnknownLanguage)
    -> Tokenized
  {
    guard treatment.languageCodes != nil else {
      return tokenized(treatment.ids(text, by: tokenizer))
    }
    let language = self.language(of: text, named: language).tag ?? .english
    return tokenized(treatment.ids(text, by: tokenizer, code: try code(for: language)))
  }

  private func tokenized(_ treated: (ids: [Int32], isTruncated: Bool, own: Range<Int>)) -> Tokenized
  {
    Tokenized(
      ids: treated.ids, isTruncated: treated.isTruncated,
      isUnknown: tokenizer.areUnknown(treated.ids[treated.own]))
  }

  /// The ids of a text whose language is known to be readable; without its code if it is not.
  package func ids(of text: String, in language: String) -> [Int32] {
    let tag = treatment.languageCodes == nil ? nil : try? LanguageTag(language)
    if let tokens = try? tokens(of: text, in: tag) { return tokens.ids }
    return treatment.ids(text, by: tokenizer).ids
  }

  /// The id of a language's code.
  ///
  /// - Throws: ``UnknownLanguage``
  package func code(for language: LanguageTag) throws(UnknownLanguage) -> Int32 {
    guard let codes = treatment.languageCodes else {
      throw UnknownLanguage(reason: "no language is given")
    }
    let code = try codes.code(for: language, mapping: mapping)
    guard let id = tokenizer.id(of: code) else {
      throw UnknownLanguage(reason: "its tokenizer has no “\(code)”")
    }
    return id
  }

  /// Why a model cannot take a text's language.
  package struct UnknownLanguage: Error, Equatable {
    package let reason: String
  }
}

extension TextTreatment.LanguageCodes {
  /// Whether there is a code for a language.
  func has(_ language: LanguageTag) -> Bool { (try? code(for: language)) != nil }

  /// The token that names a language.
  ///
  /// - Parameter mapping: Which of NLLB's codes, where there is a choice.
  /// - Throws: ``TextReader/UnknownLanguage``
  func code(
    for language: LanguageTag, mapping: FloresCode.Mapping = .standard
  ) throws(TextReader.UnknownLanguage) -> String {
    switch self {
    case .flores:
      do { return try FloresCode.code(for: language, mapping: mapping).text } catch {
        throw TextReader.UnknownLanguage(reason: "\(error)")
      }
    case .m2m100:
      guard let code = M2M100Code.token(for: language) else {
        throw TextReader.UnknownLanguage(
          reason: "M2M-100 has no code for \(language) (\(language.englishName)). "
            + "Give the tag of another language, such as en.")
      }
      return code
    }
  }
}

extension LanguageTag {
  fileprivate static let english: LanguageTag = {
    do { return try LanguageTag("en") } catch { preconditionFailure("\(error)") }
  }()
}
