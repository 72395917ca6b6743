import Tokens

extension Model {
  /// The id of a text's language for models that want one, and which language that is.
  func languageCode(of text: String, in language: LanguageTag?, by tokenizer: Tokenizer)
    throws(ModelError) -> (id: Int32?, language: LanguageTag?)
  {
    switch card.text.languageCodes {
    case nil: return (nil, language)
    case .flores: return (nil, language)
    }
  }
}
