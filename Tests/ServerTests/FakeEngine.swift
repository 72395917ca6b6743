import Foundation
import Search

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
    if request.language == "xx" { throw SearchError.unknownLanguage("xx") }
    var nearest = 0
    for operand in request.operands {
      switch operand.content {
      case .text(let query):
        if query.text == "boom" { throw Failure() }
        if query.text == "nothing" { return SearchAnswer(hits: []) }
        if query.text == "damaged" { throw SearchError.badEmbedding(reason: "secret path") }
        nearest = Self.words[query.text] ?? query.text.unicodeScalars.count
      case .picture(let bytes):
        guard PictureFormat(of: bytes) != nil else {
          throw SearchError.unreadablePicture(reason: "it is not a picture")
        }
        nearest = 20
      case .indexed(let id):
        guard id < Self.count else { throw SearchError.unknownPicture(id: id) }
        nearest = id
      }
    }
    let ids = (0..<Self.count).sorted { abs($0 - nearest) < abs($1 - nearest) }
    let hits = ids.prefix(request.limit).enumerated().map { place, id in
      hit(id, score: 0.9 - 0.03 * Float(place), language: request.language)
    }
    return SearchAnswer(hits: Array(hits), embeddingTime: 0.01, scanningTime: 0.001)
  }

  private func hit(_ id: Int, score: Float, language: String?) -> Hit {
    let texts = Self.captions[id] ?? ["en": "drawing \(id)"]
    let tag = language.flatMap { texts[$0] == nil ? nil : $0 } ?? "en"
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
