import Search

/// A comparison of what several texts find, as it is asked over HTTP.
struct LensQuestion {
  static let names: Set = ["q", "language", "limit"]

  let request: ComparisonRequest

  private struct Body: Decodable {
    var texts: [AskedText]
    var limit: Int?
  }

  /// Reads `GET /api/lens?q=…&language=…&q=…&language=…`: no language, or one for each text, in
  /// their order; an empty one is detected.
  init(address question: Question) throws(RequestError) {
    try self.init(Fields(question.query, known: Self.names))
  }

  /// Reads `POST /api/lens`: a form, or JSON.
  init(form question: Question) throws(RequestError) {
    let content = try RequestBody(question, known: Self.names)
    if let body = try content.decoded(Body.self, "“texts”, a list of texts") {
      var texts: [Query] = []
      for text in body.texts { texts.append(try text.query(language: nil)) }
      self.init(ComparisonRequest(texts: texts, limit: body.limit ?? 10))
    } else {
      try self.init(content.fields)
    }
  }

  private init(_ request: ComparisonRequest) { self.request = request }

  private init(_ fields: Fields) throws(RequestError) {
    let texts = fields.places("q").map { $0 ?? "" }
    let languages = fields.places("language")
    guard languages.isEmpty || languages.count == texts.count else {
      throw .badRequest(
        "There are \(languages.count) languages for \(texts.count) texts; an empty “language” is "
          + "detected.")
    }
    var queries: [Query] = []
    for (place, text) in texts.enumerated() {
      queries.append(
        Query(text, language: languages.isEmpty ? nil : try askedLanguage(languages[place])))
    }
    request = ComparisonRequest(
      texts: queries, limit: try fields.whole("limit", in: SearchRequest.limits) ?? 10)
  }
}
