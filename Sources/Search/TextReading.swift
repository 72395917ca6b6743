package import Languages
package import Vectors

/// How a model took a text: in which language, and whether it read all of it.
package struct TextReading: Sendable, Equatable, Codable {
  package var text: String
  /// The language it was taken for; nil where it can be of any.
  package var language: LanguageTag?
  /// How sure that is, from 0 to 1; nil where the asker named the language.
  package var sureness: Double?
  /// Whether it has more tokens than the model reads, so that its end did not count.
  package var isTruncated: Bool
  /// Whether the model says which languages it has learned, and this is none of them.
  package var isUnseen: Bool
  /// What a person should know about it, in one line; nil if nothing.
  package var note: String?

  package init(
    text: String, language: LanguageTag? = nil, sureness: Double? = nil, isTruncated: Bool = false,
    isUnseen: Bool = false, note: String? = nil
  ) {
    self.text = text
    self.language = language
    self.sureness = sureness
    self.isTruncated = isTruncated
    self.isUnseen = isUnseen
    self.note = note
  }
}

/// The embeddings of texts and how each text was taken, in the order of the texts.
package struct EmbeddedTexts: Sendable, Equatable {
  /// One a text, of any length but zero.
  package var vectors: VectorRows
  package var readings: [TextReading]
  /// How many tokens the model read in all, marks of beginning and end included.
  package var tokenCount: Int

  package init(vectors: VectorRows, readings: [TextReading], tokenCount: Int) {
    self.vectors = vectors
    self.readings = readings
    self.tokenCount = tokenCount
  }
}
