package import Tokens

/// How a model's texts become ids; all that its authors did to a text before the tower saw it.
package struct TextTreatment: Codable, Sendable, Equatable {
  /// Codes of languages that a model wants to see as a text's first token.
  package enum LanguageCodes: String, Codable, Sendable {
    /// Flores-200, as NLLB has them: `eng_Latn`.
    case flores
    /// M2M-100's: `__en__`.
    case m2m100
  }

  /// The most tokens of a text, special tokens included.
  package var contextLength: Int
  /// The id that fills up short texts.
  package var padding: Int32
  /// What is done to a text before its tokenizer sees it.
  package var cleaning: TextCleaning
  /// The length that every text is filled up to, for towers that also attend to padding; nil where
  /// padding changes nothing, and then none is computed.
  package var paddedLength: Int?
  /// Ids put before and behind a text in place of what the tokenizer file itself adds.
  package var start: Int32?
  package var end: Int32?
  /// The kind of code that takes the place of ``start``; nil for models that need no language.
  package var languageCodes: LanguageCodes?

  package init(
    contextLength: Int, padding: Int32, cleaning: TextCleaning = .none, paddedLength: Int? = nil,
    start: Int32? = nil, end: Int32? = nil, languageCodes: LanguageCodes? = nil
  ) {
    self.contextLength = contextLength
    self.padding = padding
    self.cleaning = cleaning
    self.paddedLength = paddedLength
    self.start = start
    self.end = end
    self.languageCodes = languageCodes
  }

  package init(from decoder: any Swift.Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    contextLength = try fields.decode(Int.self, forKey: .contextLength)
    padding = try fields.decode(Int32.self, forKey: .padding)
    cleaning = try fields.decodeIfPresent(TextCleaning.self, forKey: .cleaning) ?? .none
    paddedLength = try fields.decodeIfPresent(Int.self, forKey: .paddedLength)
    start = try fields.decodeIfPresent(Int32.self, forKey: .start)
    end = try fields.decodeIfPresent(Int32.self, forKey: .end)
    languageCodes = try fields.decodeIfPresent(LanguageCodes.self, forKey: .languageCodes)
  }

  /// A text's ids as the tower takes them, whether it had to be cut, and which of the ids are the
  /// text's own.
  ///
  /// - Parameters:
  ///   - code: The id of the text's language, for models with ``languageCodes``.
  package func ids(_ text: String, by tokenizer: Tokenizer, code: Int32? = nil)
    -> (ids: [Int32], isTruncated: Bool, own: Range<Int>)
  {
    let text = cleaning(text)
    guard let first = code ?? start ?? end else {
      let (ids, isTruncated) = tokenizer.ids(text, maximumLength: contextLength)
      let (before, after) = tokenizer.addedCounts
      let begin = min(before, ids.count)
      return (ids, isTruncated, begin..<max(begin, ids.count - after))
    }
    let hasStart = code != nil || start != nil
    let room = contextLength - (hasStart ? 1 : 0) - (end == nil ? 0 : 1)
    let (content, isTruncated) = tokenizer.ids(text, addSpecialTokens: false, maximumLength: room)
    let before = hasStart ? [first] : []
    return (
      before + content + (end.map { [$0] } ?? []), isTruncated,
      before.count..<before.count + content.count
    )
  }
}
