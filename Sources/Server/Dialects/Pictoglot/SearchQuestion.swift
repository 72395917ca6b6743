import Foundation
import Search

/// A search as it is asked over HTTP.
struct SearchQuestion {
  static let names: Set = [
    "q", "language", "limit", "like", "weight", "source", "license", "concept",
  ]

  let request: SearchRequest

  /// Reads `GET /api/search?…`.
  init(address question: Question) throws(RequestError) {
    try self.init(Fields(question.query, known: Self.names), picture: nil)
  }

  /// Reads `POST /api/search`: a picture file, a form (`picture` is the file), or JSON.
  init(form question: Question) throws(RequestError) {
    let content = try RequestBody(question, known: Self.names)
    if let body = try content.decoded(
      Body.self, "“operands”, a list of texts, pictures or likes")
    {
      try self.init(body)
    } else {
      try self.init(content.fields, picture: content.picture)
    }
  }

  private init(_ fields: Fields, picture: [UInt8]?) throws(RequestError) {
    let language = try askedLanguage(fields.one("language"))
    let share = try fields.share("weight") ?? 0.5
    let texts = try fields.one("q").map {
      SearchRequest.Operand.Content.text(Query($0, language: language))
    }
    let likes = try fields.whole("like", in: 0...Int.max).map {
      SearchRequest.Operand.Content.indexed($0)
    }
    let pictures = [picture.map { .picture($0) }, likes].compactMap { $0 }
    let isMixture = texts != nil && !pictures.isEmpty
    var operands = pictures.map { SearchRequest.Operand($0, weight: isMixture ? share : 1) }
    if let texts { operands.append(.init(texts, weight: isMixture ? 1 - share : 1)) }
    request = SearchRequest(
      operands: operands.filter { $0.weight > 0 },
      limit: try fields.whole("limit", in: SearchRequest.limits) ?? 20,
      filter: SearchFilter(
        sources: fields.all("source"), licenses: fields.all("license"),
        concepts: fields.all("concept")),
      language: language)
  }

  /// The request as JSON: parts with a text, a picture (base64) or the number of a hit each.
  private struct Body: Decodable {
    var operands: [Operand]
    var limit: Int?
    var language: String?
    var sources: [String]?
    var licenses: [String]?
    var concepts: [String]?
    /// Whether the pictures among the operands are left out of the hits.
    var leaveOutPictures: Bool?

    enum CodingKeys: String, CodingKey {
      case operands, limit, language, sources, licenses, concepts
      case leaveOutPictures = "leave_out_pictures"
    }

    struct Operand: Decodable {
      var text: String?
      var language: String?
      var picture: Data?
      var like: Int?
      var weight: Float?
    }
  }

  private init(_ body: Body) throws(RequestError) {
    guard body.operands.count <= 16 else { throw .badRequest("At most 16 operands are read.") }
    let language = try askedLanguage(body.language)
    var operands: [SearchRequest.Operand] = []
    for part in body.operands {
      let own = try askedLanguage(part.language) ?? language
      let contents: [SearchRequest.Operand.Content] = [
        part.text.map { .text(Query($0, language: own)) },
        part.picture.map { .picture(Array($0)) }, part.like.map { .indexed($0) },
      ].compactMap { $0 }
      guard contents.count == 1 else {
        throw .badRequest("Each operand must have one of “text”, “picture” and “like”.")
      }
      operands.append(.init(contents[0], weight: part.weight ?? 1))
    }
    request = SearchRequest(
      operands: operands, limit: body.limit ?? 20,
      filter: SearchFilter(
        sources: body.sources ?? [], licenses: body.licenses ?? [],
        concepts: body.concepts ?? []),
      language: language, leavesOutItsPictures: body.leaveOutPictures ?? false)
  }
}
