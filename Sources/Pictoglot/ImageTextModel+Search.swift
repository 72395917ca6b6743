import Languages
import Models
import Pictures
package import Search
package import Vectors

extension ImageTextModel: Embedder {
  package nonisolated var modelName: String { name }
  package nonisolated var modelID: String { identity }

  package func embed(texts: [Query]) async throws -> EmbeddedTexts {
    // Models that are told a language by a code have none for others; to the rest it is a word.
    if model.card.text.languageCodes != nil {
      for case let language? in texts.map(\.language) where model.hasLearned(language) != true {
        throw SearchError.unknownLanguage(language.text)
      }
    }
    let read = try texts.map { try self.read($0) }
    return EmbeddedTexts(
      vectors: try model.embed(ids: read.map(\.ids)), readings: read.map(\.reading),
      tokenCount: read.reduce(0) { $0 + $1.ids.count })
  }

  package func embed(pictures: [[UInt8]]) async throws -> VectorRows {
    let preprocessing = card.preprocessing
    return try embed(pictures.count) { place in
      do { return preprocessing(try Picture(decoding: pictures[place])) } catch {
        throw SearchError.unreadablePicture(reason: "\(error)")
      }
    }
  }
}
