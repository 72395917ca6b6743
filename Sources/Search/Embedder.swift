package import Languages
package import Vectors

/// A text to look for, and its language where the asker named one.
package struct Query: Sendable, Equatable {
  package var text: String
  /// Models that need no language ignore it.
  package let language: LanguageTag?

  /// - Parameter language: A tag that names no language, such as `und`, is as none.
  package init(_ text: String, language: LanguageTag? = nil) {
    self.text = text
    self.language = language?.isUndetermined == true ? nil : language
  }

  /// Whether there is nothing to look for: nothing but blanks, controls and invisible marks.
  package var isBlank: Bool { text.isBlank }
}

extension LanguageTag {
  /// The language that somebody who asks names: `zh_cn` is `zh-CN`, `iw` is `he`.
  ///
  /// - Throws: ``SearchError/unknownLanguage(_:)`` for what names none.
  package init(asked text: String) throws(SearchError) {
    do throws(LanguageTagError) { self = try LanguageTag(text) } catch {
      throw .unknownLanguage(text)
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

  /// Embeds texts.
  ///
  /// - Returns: One vector a text, in the same order, and how each text was taken.
  /// - Throws: ``SearchError/unknownLanguage(_:)`` for a language that the model cannot read.
  func embed(texts: [Query]) async throws -> EmbeddedTexts

  /// Embeds pictures.
  ///
  /// - Parameter pictures: The bytes of picture files.
  /// - Returns: One vector a picture, in the same order, of any length but zero.
  /// - Throws: ``SearchError/unreadablePicture(reason:)`` where bytes are not a picture.
  func embed(pictures: [[UInt8]]) async throws -> VectorRows
}

extension Embedder {
  /// The name, for models that have nothing better.
  package var modelID: String { modelName }
}
