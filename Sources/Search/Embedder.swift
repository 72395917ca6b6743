/// A text to look for, and its language where the asker named one.
package struct Query: Sendable, Equatable {
  package var text: String
  /// A BCP 47 tag such as `ko` or `zh-Hant`; models that need no language ignore it.
  package var language: String?

  package init(_ text: String, language: String? = nil) {
    self.text = text
    self.language = language
  }
}

extension Query {
  /// Whether there is nothing to look for: nothing but blanks, controls and invisible marks.
  ///
  /// `Tokens` says the same of captions and labels.
  package var isBlank: Bool {
    text.unicodeScalars.allSatisfy { scalar in
      let properties = scalar.properties
      if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return true }
      return switch properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .surrogate: true
      default: properties.isNoncharacterCodePoint
      }
    }
  }
}

/// What turns texts and pictures into embeddings of one space.
package protocol Embedder: Sendable {
  /// How many numbers an embedding has.
  var width: Int { get }
  /// The model's name, for people.
  var modelName: String { get }
  /// What two models share only if their embeddings can be compared, such as a checksum.
  var modelID: String { get }

  /// The canonical form of a language tag: `zh-CN` of `zh_cn`, `he` of `iw`; nil for one that names
  /// no language, such as `und`.
  ///
  /// - Throws: ``SearchError/unknownLanguage(_:)`` for what is no tag.
  func canonicalTag(_ tag: String) throws(SearchError) -> String?

  /// Embeds texts.
  ///
  /// - Returns: One vector a text, in the same order, and how each text was taken.
  /// - Throws: ``SearchError/unknownLanguage(_:)`` for a language that the model cannot read.
  func embed(texts: [Query]) async throws -> [EmbeddedText]

  /// Embeds pictures.
  ///
  /// - Parameter pictures: The bytes of picture files.
  /// - Returns: One vector a picture, in the same order, of any length but zero.
  /// - Throws: ``SearchError/unreadablePicture(reason:)`` where bytes are not a picture.
  func embed(pictures: [[UInt8]]) async throws -> [[Float]]
}

extension Embedder {
  /// The name, for models that have nothing better.
  package var modelID: String { modelName }

  /// The tag as it is, for models that take a language as it is named.
  package func canonicalTag(_ tag: String) throws(SearchError) -> String? { tag }
}
