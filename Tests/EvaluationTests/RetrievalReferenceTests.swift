import Evaluation
import Foundation
import Testing
import Vectors

@Suite("Retrieval, beside an independent statement in numpy")
struct RetrievalReferenceTests {
  @Test("Gives the reference's numbers, with ties and several right answers")
  func givesReferenceNumbers() throws {
    for reference in try Reference.load() {
      let options = RetrievalOptions(minimumCaptions: reference.minimumCaptions, resamples: 0)
      let report = evaluateRetrieval(try reference.data(), options: options)
      #expect(report.languages.map(\.language) == reference.languages.map(\.language))
      for (found, expected) in zip(report.languages, reference.languages) {
        let place = "\(reference.name), \(found.language)"
        expect(found.textToImage, equals: expected.textToImage, place + ", text to image")
        expect(found.imageToText, equals: expected.imageToText, place + ", image to text")
      }
      let mean = try #require(report.mean)
      expect(mean.textToImage, equals: reference.mean.textToImage, reference.name + ", mean")
      expect(mean.imageToText, equals: reference.mean.imageToText, reference.name + ", mean")
    }
  }

  @Test("Gives the reference's numbers between languages, where some texts have no translation")
  func givesReferenceNumbersBetweenLanguages() throws {
    for reference in try Reference.load() {
      let data = try reference.data()
      let report = evaluateTextSpace(
        data.languages, concepts: data.imageConcepts)
      #expect(report.pairs.map(\.from) == reference.textSpace.map(\.from))
      #expect(report.pairs.map(\.to) == reference.textSpace.map(\.to))
      for (found, expected) in zip(report.pairs, reference.textSpace) {
        let place = "\(reference.name), \(found.from) to \(found.to)"
        expect(found.result, equals: expected.ranking, place)
      }
    }
  }

  private func expect(
    _ found: RankingResult, equals expected: Reference.Ranking, _ place: String
  ) {
    func compare(_ value: Double, _ other: Double, _ name: String) {
      #expect(value.isClose(to: other), "\(place), \(name): \(value), not \(other)")
    }
    for (recall, (value, chance)) in zip(found.recall, zip(expected.recall, expected.chance)) {
      compare(recall.value.value, value, "recall@\(recall.k)")
      compare(recall.chance, chance, "chance of recall@\(recall.k)")
    }
    compare(found.meanRank.value, expected.meanRank, "mean rank")
    compare(found.medianRank.value, expected.medianRank, "median rank")
    compare(found.chanceMeanRank, expected.chanceMeanRank, "chance of the mean rank")
    if let queries = expected.queries { #expect(found.queries == queries) }
    if let candidates = expected.candidates { #expect(found.candidates == candidates) }
  }
}

/// A case of `Tests/Fixtures/evaluation/retrieval.json`, made by `Tools/references/evaluation.py`.
private struct Reference: Decodable {
  struct Language: Decodable {
    let language: String
    let embeddings: Data
    let imageIndices: [Int]
    let textToImage: Ranking
    let imageToText: Ranking
  }

  struct Ranking: Decodable {
    let queries: Int?
    let candidates: Double?
    let recall: [Double]
    let chance: [Double]
    let meanRank: Double
    let medianRank: Double
    let chanceMeanRank: Double
  }

  struct Pair: Decodable {
    let from: String
    let to: String
    let ranking: Ranking

    enum CodingKeys: CodingKey { case from, to }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      from = try fields.decode(String.self, forKey: .from)
      to = try fields.decode(String.self, forKey: .to)
      ranking = try Ranking(from: decoder)
    }
  }

  struct Mean: Decodable {
    let textToImage: Ranking
    let imageToText: Ranking
  }

  let name: String
  let width: Int
  let images: Data
  let concepts: [Int]
  let minimumCaptions: Int
  let languages: [Language]
  let textSpace: [Pair]
  let mean: Mean

  static func load() throws -> [Reference] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appendingPathComponent("../Fixtures/evaluation/retrieval.json")
    return try JSONDecoder().decode([Reference].self, from: Data(contentsOf: file))
  }

  func data() throws -> RetrievalData {
    RetrievalData(
      images: rows(images), imageIDs: concepts.indices.map { "\($0)" },
      imageConcepts: concepts,
      languages: languages.map {
        LanguageCaptions(
          language: $0.language, texts: $0.imageIndices.map { "of \($0)" },
          embeddings: rows($0.embeddings), imageIndices: $0.imageIndices)
      })
  }

  private func rows(_ bytes: Data) -> VectorRows {
    let bytes = Array(bytes)
    let numbers = stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
    }
    return VectorRows(numbers, width: width)
  }
}
