import Tokens

extension Model {
  /// The id of a text's language for models that want one, and which language that is.
  ///
  /// A text whose language nobody names and that cannot be told from its letters is taken for
  /// English, as the authors' own code does.
  func languageCode(of text: String, in language: LanguageTag?, by tokenizer: Tokenizer)
    throws(ModelError) -> (id: Int32?, language: LanguageTag?)
  {
    switch card.text.languageCodes {
    case nil: return (nil, language)
    case .flores:
      let language = language ?? detectedLanguage(of: text)
      do {
        let code = try FloresCode.code(for: language)
        guard let id = tokenizer.id(of: code.text) else {
          throw ModelError.unknownLanguage(
            model: card.name, reason: "its tokenizer has no “\(code.text)”")
        }
        return (id, language)
      } catch let error as ModelError { throw error } catch {
        throw .unknownLanguage(model: card.name, reason: "\(error)")
      }
    }
  }

  private func detectedLanguage(of text: String) -> LanguageTag {
    // A language that the tokenizer has no code for is more often a wrong guess than a right one.
    LanguageDetector.shared.detect(text).candidates.map(\.tag).first {
      (try? FloresCode.code(for: $0)) != nil
    } ?? .english
  }
}

extension LanguageTag {
  fileprivate static let english: LanguageTag = {
    do { return try LanguageTag("en") } catch { preconditionFailure("\(error)") }
  }()
}
