import Languages
import Models
import Pictures
package import Search

extension ImageTextModel: Embedder {
  package nonisolated var modelName: String { name }
  package nonisolated var modelID: String { identity }

  package nonisolated func canonicalTag(_ tag: String) throws(SearchError) -> String? {
    try Self.namedLanguage(tag)?.text
  }

  /// The language that a tag names, if it names one.
  private static func namedLanguage(_ text: String) throws(SearchError) -> LanguageTag? {
    guard let tag = try? LanguageTag(text) else { throw .unknownLanguage(text) }
    return tag.isUndetermined ? nil : tag
  }

  package func embed(texts: [Query]) async throws -> [EmbeddedText] {
    let languages = try texts.map { text in
      try text.language.flatMap { language -> LanguageTag? in
        guard let tag = try Self.namedLanguage(language) else { return nil }
        // Models that are told a language by a code have none for others; to the rest it is a word.
        guard model.card.text.languageCodes == nil || model.hasLearned(tag) == true else {
          throw SearchError.unknownLanguage(language)
        }
        return tag
      }
    }
    let vectors = rows(try model.embed(texts: texts.map(\.text), languages: languages))
    return try texts.indices.map {
      EmbeddedText(
        vector: vectors[$0], reading: try reading(of: texts[$0].text, named: languages[$0]))
    }
  }

  package func embed(pictures: [[UInt8]]) async throws -> [[Float]] {
    var pixels: [Float] = []
    for bytes in pictures {
      do { pixels += model.card.preprocessing(try Picture(decoding: bytes)) } catch {
        throw SearchError.unreadablePicture(reason: "\(error)")
      }
    }
    return rows(try model.embed(pixels: pixels, count: pictures.count))
  }

  private func rows(_ numbers: [Float]) -> [[Float]] {
    stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }
}
