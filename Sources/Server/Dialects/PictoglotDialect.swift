import Search

/// The server's own API, which the page uses.
///
///     GET  /api/search         ?q=…&language=…&limit=…&like=…
///     POST /api/search         a picture, a form or JSON
///     GET  /api/lens           ?q=…&language=…&q=…&language=…: what texts find, side by side
///     POST /api/lens           a form or JSON
///     POST /api/classify       a picture, a form or JSON; ?label=…&label=…&template=…&like=…
///     POST /api/heatmap        a picture, a form or JSON; ?q=…&like=…
///     GET  /api/picture/{id}   a picture of the index
///     GET  /api/info           what is searched
///     GET  /healthz            “ok”
struct PictoglotDialect: Dialect {
  func routes(over backend: Backend) -> [Route] {
    let engine = backend.engine
    return [
      search(.get, by: engine, decode: SearchQuestion.init(address:)),
      search(.post, by: engine, decode: SearchQuestion.init(form:)),
      lens(.get, by: engine, decode: LensQuestion.init(address:)),
      lens(.post, by: engine, decode: LensQuestion.init(form:)),
      classify(backend), heatMap(backend),
      Route(.get, "/api/picture/{id}") { try await picture($0, of: engine) },
      Route(.get, "/api/info") { _ in
        .json(SiteInfo(engine.info, readsPictures: backend.reader != nil))
      },
      Route(.get, "/healthz") { _ in
        Reply(
          headers: ["content-type": "text/plain; charset=utf-8", "cache-control": "no-store"],
          bytes: Array("ok\n".utf8))
      },
    ]
  }

  func reply(to error: RequestError) -> Reply { error.reply }

  private func search(
    _ method: Route.Method, by engine: any SearchEngine,
    decode: @escaping @Sendable (Question) throws -> SearchQuestion
  ) -> Route {
    Route(
      method, "/api/search", decode: decode,
      answer: { try await engine.search($0.request) },
      encode: { answer, _ in .json(EncodedSearch(answer: answer, info: engine.info)) })
  }

  private func lens(
    _ method: Route.Method, by engine: any SearchEngine,
    decode: @escaping @Sendable (Question) throws -> LensQuestion
  ) -> Route {
    Route(
      method, "/api/lens", decode: decode,
      answer: { try await engine.lens($0.request) },
      encode: { answer, _ in .json(EncodedComparison(comparison: answer, info: engine.info)) })
  }

  private func classify(_ backend: Backend) -> Route {
    guard let reader = backend.reader else { return withoutReader("/api/classify") }
    return Route(
      .post, "/api/classify", decode: { try LabelQuestion($0) },
      answer: { asked in
        try await reader.classify(
          picture: try await asked.picture.bytes(from: backend.engine), labels: asked.labels,
          template: asked.template)
      },
      encode: { reply, _ in .json(EncodedLabels(reply: reply)) })
  }

  private func heatMap(_ backend: Backend) -> Route {
    guard let reader = backend.reader else { return withoutReader("/api/heatmap") }
    return Route(
      .post, "/api/heatmap", decode: { try PlaceQuestion($0) },
      answer: { asked in
        try await reader.heatMap(
          picture: try await asked.picture.bytes(from: backend.engine), of: asked.text)
      },
      encode: { reply, _ in .json(EncodedHeatMap(reply: reply)) })
  }

  private func withoutReader(_ path: String) -> Route {
    Route(.post, path) { _ in
      throw RequestError(status: 422, reason: "This server has no model that answers on a picture.")
    }
  }

  private func picture(_ question: Question, of engine: any SearchEngine) async throws -> Reply {
    let id = question.parameters["id"] ?? ""
    guard let number = Int(id), number >= 0, String(number) == id else {
      throw RequestError.notFound
    }
    let fields = try Fields(question.query, known: ["v", "size"])
    let side = try fields.whole("size", in: 16...4096)
    let version = engine.info.version
    let tag = "\"\(version)-\(number)-\(side ?? 0)\""
    // A picture's number means the same picture as long as the index stays the same.
    let asked = try fields.one("v")
    guard asked == nil || asked == version else {
      throw RequestError(status: 410, reason: "The index was built again since then; search again.")
    }
    let isLasting = asked != nil
    let caching = [
      "etag": tag,
      "cache-control": isLasting ? "private, max-age=31536000, immutable" : "no-cache",
    ]
    if question.headers["if-none-match"] == tag { return Reply(status: 304, headers: caching) }
    let file = try await engine.picture(of: number, longestSide: side)
    var reply = Reply(headers: caching, bytes: file.bytes)
    reply.headers["content-type"] = file.mediaType
    // A drawing opened by itself could bring scripts along.
    reply.headers["content-security-policy"] =
      "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return reply
  }
}
