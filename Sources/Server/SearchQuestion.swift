import Foundation
import Search

/// A search as it is asked over HTTP.
struct SearchQuestion {
  static let names: Set = [
    "q", "language", "limit", "like", "weight", "source", "license", "concept",
  ]

  let request: SearchRequest

  /// Reads `GET /api/search?…`.
  init(address question: Question) throws(Refusal) {
    try self.init(Fields(question.query, known: Self.names), picture: nil)
  }

  /// Reads `POST /api/search`: a picture file, a form (`picture` is the file), or JSON.
  init(form question: Question) throws(Refusal) {
    guard question.body.count <= Site.largestBody else {
      throw .tooLarge(Site.largestBody)
    }
    let type = question.headers["content-type"] ?? ""
    let kind = type.prefix { $0 != ";" }.lowercased()
      .trimmingCharacters(in: .whitespaces)
    var fields = try Fields(question.query, known: Self.names)
    if kind.hasPrefix("image/") || kind == "application/octet-stream" {
      guard !question.body.isEmpty else { throw .badRequest("The picture is empty.") }
      try self.init(fields, picture: question.body)
    } else if kind == "multipart/form-data" {
      var picture: [UInt8]?
      for part in try Multipart.parts(of: question.body, contentType: type) {
        if part.name == "picture" {
          if !part.bytes.isEmpty { picture = Array(part.bytes) }
        } else if let text = String(validating: part.bytes, as: UTF8.self) {
          try fields.append(part.name, text, known: Self.names.union(["picture"]))
        } else {
          throw .badRequest("“\(part.name.prefix(40))” is not UTF-8.")
        }
      }
      try self.init(fields, picture: picture)
    } else if kind == "application/json" {
      try self.init(json: question.body)
    } else {
      throw Refusal(
        status: 415,
        reason: "Send a picture (image/…), a form (multipart/form-data) or application/json.")
    }
  }

  private init(_ fields: Fields, picture: [UInt8]?) throws(Refusal) {
    let language = try Self.checked(language: fields["language"])
    let share = try fields.share("weight") ?? 0.5
    let texts = fields["q"].map {
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

  /// What is posted as JSON: parts with a text, a picture (base64) or the number of a hit each.
  private struct Body: Decodable {
    var operands: [Operand]
    var limit: Int?
    var language: String?
    var sources: [String]?
    var licenses: [String]?
    var concepts: [String]?

    struct Operand: Decodable {
      var text: String?
      var language: String?
      var picture: Data?
      var like: Int?
      var weight: Float?
    }
  }

  private init(json: [UInt8]) throws(Refusal) {
    guard let body = try? JSONDecoder().decode(Body.self, from: Data(json)) else {
      throw .badRequest("The JSON must hold “operands”, a list of texts, pictures or likes.")
    }
    guard body.operands.count <= 16 else { throw .badRequest("At most 16 operands are read.") }
    let language = try Self.checked(language: body.language)
    var operands: [SearchRequest.Operand] = []
    for part in body.operands {
      let own = try Self.checked(language: part.language) ?? language
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
      language: language)
  }

  /// A tag that is at least shaped like one; whether the model knows it, the model says.
  private static func checked(language: String?) throws(Refusal) -> String? {
    guard let language else { return nil }
    let parts = language.split(separator: "-", omittingEmptySubsequences: false)
    let isShaped = parts.allSatisfy { part in
      (1...8).contains(part.utf8.count)
        && part.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isAlphabetic || $0.isDigit }
    }
    guard isShaped, (2...8).contains(parts[0].utf8.count) else {
      throw .badRequest(
        "“\(language.prefix(40))” is not a language tag; use one such as “ko” or “zh-Hant”.")
    }
    return language
  }
}

extension UnicodeScalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
