import Foundation
import Languages
import Search
import Server
import TestSupport
import Vectors

/// Forty drawn pictures and a few words that are near to some of them.
struct FakeEngine: SearchEngine {
  static let languages = ["en", "ko", "sw", "ar", "he", "hi", "ja", "zh-Hant"]
  static let count = 40

  /// Words and the picture each is nearest to.
  static let words: [String: Int] = [
    "red apple": 3, "빨간 사과": 3, "tufaha jekundu": 3, "تفاحة حمراء": 3, "cat": 7, "قطة": 7,
  ]
  static let captions: [Int: [String: String]] = [
    3: ["en": "red apple", "ko": "빨간 사과", "ar": "تفاحة حمراء", "sw": "tufaha jekundu"],
    7: ["en": "cat", "ar": "قطة"],
  ]

  struct Failure: Error {}

  /// Called with each request, before it is answered.
  var onSearch: @Sendable (SearchRequest) async -> Void = { _ in }

  var info: SearchInfo {
    SearchInfo(
      modelName: "a fake model", count: Self.count, width: 8, languages: Self.languages,
      version: "v1")
  }

  func search(_ request: SearchRequest) async throws -> SearchAnswer {
    await onSearch(request)
    guard !request.operands.isEmpty else { throw SearchError.emptyQuery }
    guard SearchRequest.limits.contains(request.limit) else {
      throw SearchError.limitOutOfRange(request.limit, allowed: SearchRequest.limits)
    }
    var nearest = 0
    var own: [LeftOut] = []
    var readings: [TextReading] = []
    for operand in request.operands {
      switch operand.content {
      case .text(let query):
        readings.append(reading(query))
        if query.text == "boom" { throw Failure() }
        if query.text == "nothing" { return SearchAnswer(hits: []) }
        if query.text == "damaged" { throw SearchError.badEmbedding(reason: "secret path") }
        nearest = Self.words[query.text] ?? query.text.unicodeScalars.count
      case .picture(let bytes):
        guard looksLikePicture(bytes) else {
          throw SearchError.unreadablePicture(reason: "it is not a picture")
        }
        nearest = 20
      case .indexed(let id):
        guard id < Self.count else { throw SearchError.unknownPicture(id: id) }
        nearest = id
        own.append(LeftOut(id: id, name: "drawing-\(id)", reason: .asked))
      }
    }
    if !request.leavesOutItsPictures { own = [] }
    let ids = (0..<Self.count).filter { id in !own.contains { $0.id == id } }.sorted {
      abs($0 - nearest) < abs($1 - nearest)
    }
    let hits = ids.prefix(request.limit).enumerated().map { place, id in
      hit(id, score: 0.9 - 0.03 * Float(place), language: request.language)
    }
    return SearchAnswer(
      hits: Array(hits), readings: readings, leftOut: own, embeddingTime: 0.01, scanningTime: 0.001)
  }

  /// Texts are ranked as ``search(_:)`` ranks them.
  func lens(_ request: ComparisonRequest) async throws -> LanguageComparison {
    guard ComparisonRequest.texts.contains(request.texts.count) else {
      throw SearchError.textsOutOfRange(request.texts.count, allowed: ComparisonRequest.texts)
    }
    let rankings = try request.texts.map { query in
      if query.text.isEmpty { throw SearchError.emptyQuery }
      let nearest = Self.words[query.text] ?? query.text.unicodeScalars.count
      return Ranking((0..<Self.count).map { 0.9 - 0.03 * abs(Float($0 - nearest)) })
    }
    let columns = rankings.enumerated().map { number, ranking in
      LanguageComparison.Column(
        reading: reading(request.texts[number]),
        hits: ranking.order.prefix(request.limit).map { id in
          let ranks = rankings.map { $0.places[id] + 1 }
          return LanguageComparison.PlacedHit(
            hit: hit(id, score: ranking.scores[id], language: request.texts[number].language),
            ranks: ranks,
            isAlone: ranks.enumerated().allSatisfy {
              $0.offset == number || $0.element > request.limit
            })
        })
    }
    let pairs = rankings.indices.flatMap { first in
      rankings.indices.dropFirst(first + 1).map { second in
        LanguageComparison.Pair(
          first: first, second: second, textSimilarity: 0.75,
          agreement: RankAgreement(rankings[first], rankings[second], at: [1, 5, request.limit]))
      }
    }
    return LanguageComparison(
      columns: columns, pairs: pairs, top: request.limit, pictures: Self.count)
  }

  private func reading(_ query: Query) -> TextReading {
    let isKorean = query.text.unicodeScalars.contains { ("가"..."힣").contains($0) }
    return TextReading(
      text: query.text, language: query.language ?? languageTag(isKorean ? "ko" : "en"),
      sureness: query.language == nil ? 0.98 : nil, isUnseen: query.text == "qapla",
      note: query.text == "qapla" ? "a fake model has not learned Klingon." : nil)
  }

  private func hit(_ id: Int, score: Float, language: LanguageTag?) -> Hit {
    let texts = Self.captions[id] ?? ["en": "drawing \(id)"]
    let tag = language.flatMap { texts[$0.text] == nil ? nil : $0.text } ?? "en"
    let entry = IndexEntry(
      name: "drawing-\(id)", location: .file(path: "/secret/\(id).svg"),
      concept: "concept \(id)", source: "drawn", license: "CC0-1.0",
      width: id == 4 ? 4000 : 100, height: 100)
    return Hit(
      id: id, score: score, entry: entry,
      caption: texts[tag].map { Hit.Caption($0, language: tag) })
  }

  func picture(of id: Int, longestSide: Int?) async throws -> PictureFile {
    guard (0..<Self.count).contains(id) else { throw SearchError.unknownPicture(id: id) }
    if id == 39 { throw SearchError.pictureFileMissing(id: id, path: "/secret/39.svg") }
    let side = longestSide ?? 100
    let drawing = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(side)" height="\(side)" \
      viewBox="0 0 100 100"><circle cx="50" cy="50" r="\(30 + id % 15)" \
      fill="hsl(\(id * 37 % 360) 70% 50%)"/></svg>
      """
    return PictureFile(bytes: Array(drawing.utf8), mediaType: "image/svg+xml")
  }
}

/// Labels fit the less the later they stand; every text is at the top right.
struct FakeReader: PictureClassifier, PictureMapper {
  func classify(picture: [UInt8], labels: [Query], template: String?) async throws -> LabelReply {
    try check(picture)
    if labels.contains(where: { $0.text == "boom" }) { throw FakeEngine.Failure() }
    let shares = labels.indices.map { Float(1) / Float(1 << ($0 + 1)) }
    let sum = shares.reduce(0, +)
    return LabelReply(
      scores: zip(labels, shares).map { label, share in
        LabelScore(
          label: label.text, language: label.language ?? languageTag("en"), similarity: share / 2,
          probability: share / sum)
      },
      readings: labels.map {
        TextReading(
          text: $0.text, language: $0.language ?? languageTag("en"),
          note: template.map { "by \($0)" })
      }, isExclusive: true)
  }

  func heatMap(picture: [UInt8], of text: Query) async throws -> HeatMapReply {
    try check(picture)
    if text.text == "nowhere" {
      throw SearchError.noHeatMap(model: "a fake model", reason: "it sees a picture as a whole")
    }
    return HeatMapReply(
      rows: 2, columns: 3, values: [0.1, 0.15, 0.3, 0.05, 0.12, 0.2],
      region: HeatMapReply.Region(left: 0.25, top: 0, width: 0.5, height: 1),
      reading: TextReading(text: text.text, language: text.language ?? languageTag("en")))
  }

  private func check(_ picture: [UInt8]) throws {
    guard looksLikePicture(picture) else {
      throw SearchError.unreadablePicture(reason: "it is not a picture")
    }
  }
}

/// A text's numbers are its letters a, b, c and d, counted; each character is a token.
struct FakeEmbedder: Embedder {
  let width = 4
  let modelName = "test/letters"

  func embed(texts: [Query]) async throws -> EmbeddedTexts {
    let vectors = texts.map { query in
      ["a", "b", "c", "d"].map { letter in
        Float(query.text.filter { String($0) == letter }.count)
      }
    }
    return EmbeddedTexts(
      vectors: VectorRows(vectors), readings: texts.map { TextReading(text: $0.text) },
      tokenCount: texts.reduce(0) { $0 + $1.text.count })
  }

  func embed(pictures: [[UInt8]]) async throws -> VectorRows {
    VectorRows(pictures.map { _ in [0, 0, 0, 1] })
  }
}

extension Reply {
  /// The body of a reply that is whole; nothing while it streams.
  var bytes: [UInt8] {
    guard case .whole(let bytes) = body else { return [] }
    return bytes
  }
}

/// Whether bytes begin as a PNG, a JPEG, a GIF or a drawing does.
private func looksLikePicture(_ bytes: [UInt8]) -> Bool {
  [[0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8], Array("GIF".utf8), Array("<svg".utf8)].contains {
    bytes.starts(with: $0)
  }
}
