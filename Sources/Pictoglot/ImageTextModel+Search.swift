import Languages
import Models
import Pictures
package import Search

extension ImageTextModel: Embedder {
  package nonisolated var modelName: String { name }
  package nonisolated var modelID: String { identity }

  package func embed(texts: [Query]) async throws -> [EmbeddedText] {
    let languages = texts.map(\.language)
    // Models that are told a language by a code have none for others; to the rest it is a word.
    if model.card.text.languageCodes != nil {
      for case let language? in languages where model.hasLearned(language) != true {
        throw SearchError.unknownLanguage(language.text)
      }
    }
    let vectors = rows(try model.embed(texts: texts.map(\.text), languages: languages))
    return try texts.indices.map {
      let tokens = try model.tokens(of: texts[$0].text, in: languages[$0])
      return EmbeddedText(
        vector: vectors[$0],
        reading: reading(of: texts[$0].text, named: languages[$0], tokens: tokens),
        tokenCount: tokens.ids.count)
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
