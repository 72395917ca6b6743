import Foundation
import Languages
import Search

/// The picture that something is asked about.
enum AskedPicture: Equatable {
  case file([UInt8])
  /// A picture of the index, by its hit's number.
  case indexed(Int)

  /// - Throws: ``RequestError`` unless one of the two is given.
  init(file: [UInt8]?, like: Int?) throws(RequestError) {
    switch (file, like) {
    case (let file?, nil): self = .file(file)
    case (nil, let like?): self = .indexed(like)
    case (nil, nil):
      throw .badRequest("Send a picture, or name one of the index by “like”.")
    case (_?, _?):
      throw .badRequest("Send a picture or name one of the index by “like”, not both.")
    }
  }

  /// The bytes of the picture's file.
  func bytes(from engine: any SearchEngine) async throws -> [UInt8] {
    switch self {
    case .file(let bytes): bytes
    case .indexed(let id): try await engine.picture(of: id, longestSide: nil).bytes
    }
  }
}

/// A text of a question in JSON: `"apple"` or `{"text": "사과", "language": "ko"}`.
struct AskedText: Decodable {
  var text: String
  var language: String?

  private enum CodingKeys: CodingKey { case text, language }

  init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      self.text = text
      return
    }
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    text = try fields.decode(String.self, forKey: .text)
    language = try fields.decodeIfPresent(String.self, forKey: .language)
  }

  func query(language: LanguageTag?) throws(RequestError) -> Query {
    Query(text, language: try askedLanguage(self.language) ?? language)
  }
}

/// Which of some labels fit a picture, as it is asked over HTTP.
struct LabelQuestion {
  /// The most labels of a question.
  static let mostLabels = 200
  static let names: Set = ["label", "language", "template", "like"]

  let picture: AskedPicture
  let labels: [Query]
  let template: String?

  private struct Body: Decodable {
    var labels: [AskedText]
    var language: String?
    var template: String?
    var picture: Data?
    var like: Int?
  }

  /// Reads `POST /api/classify`.
  init(_ question: Question) throws(RequestError) {
    let content = try RequestBody(question, known: Self.names)
    if let body = try content.decoded(
      Body.self, "“labels”, a list of texts, and “picture” (base64) or “like”")
    {
      let language = try askedLanguage(body.language)
      var labels: [Query] = []
      for label in body.labels { labels.append(try label.query(language: language)) }
      self.labels = labels
      template = body.template
      picture = try AskedPicture(file: body.picture.map { Array($0) }, like: body.like)
    } else {
      let fields = content.fields
      let language = try askedLanguage(fields.one("language"))
      labels = fields.all("label").map { Query($0, language: language) }
      template = try fields.one("template")
      picture = try AskedPicture(
        file: content.picture, like: try fields.whole("like", in: 0...Int.max))
    }
    try check()
  }

  private func check() throws(RequestError) {
    guard !labels.isEmpty else { throw .badRequest("Give at least one “label”.") }
    guard labels.count <= Self.mostLabels else {
      throw .badRequest("At most \(Self.mostLabels) labels are read, not \(labels.count).")
    }
    for (place, label) in labels.enumerated() {
      try checkText(label)
      guard !labels[..<place].contains(label) else {
        throw .badRequest("“\(label.text.prefix(40))” is given twice; give each label once.")
      }
    }
    guard template?.contains("{}") != false else {
      throw .badRequest("The template must have {} where the label goes.")
    }
  }
}

/// Where in a picture something is, as it is asked over HTTP.
struct PlaceQuestion {
  static let names: Set = ["q", "language", "like"]

  let picture: AskedPicture
  let text: Query

  private struct Body: Decodable {
    var text: AskedText
    var language: String?
    var picture: Data?
    var like: Int?
  }

  /// Reads `POST /api/heatmap`.
  init(_ question: Question) throws(RequestError) {
    let content = try RequestBody(question, known: Self.names)
    if let body = try content.decoded(Body.self, "“text”, and “picture” (base64) or “like”") {
      text = try body.text.query(language: try askedLanguage(body.language))
      picture = try AskedPicture(file: body.picture.map { Array($0) }, like: body.like)
    } else {
      text = Query(
        try content.fields.one("q") ?? "",
        language: try askedLanguage(content.fields.one("language")))
      picture = try AskedPicture(
        file: content.picture, like: try content.fields.whole("like", in: 0...Int.max))
    }
    try checkText(text)
  }
}

/// Refuses texts with nothing in them and texts of unreasonable length.
private func checkText(_ text: Query) throws(RequestError) {
  guard !text.isBlank else {
    throw .badRequest("There is nothing to look for in the picture: a text is empty.")
  }
  let most = IndexSearchEngine.longestText
  guard text.text.unicodeScalars.count <= most else {
    throw .badRequest("A text has more than \(most) characters.")
  }
}
