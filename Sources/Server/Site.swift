import Foundation
package import Search

/// The search page and the addresses it asks, over any search engine.
///
///     GET  /                   the page
///     GET  /api/search         ?q=…&language=…&limit=…&like=…
///     POST /api/search         a picture, a form or JSON
///     GET  /api/lens           ?q=…&language=…&q=…&language=…: what texts find, side by side
///     POST /api/lens           a form or JSON
///     POST /api/classify       a picture, a form or JSON; ?label=…&label=…&template=…&like=…
///     POST /api/heatmap        a picture, a form or JSON; ?q=…&like=…
///     GET  /api/picture/{id}   a picture of the index
///     GET  /api/info           what is searched
///     GET  /healthz            “ok”
package struct Site: Sendable {
  /// The largest body of a request that is read, in bytes.
  package static let largestBody = 32 << 20
  /// How many searches are computed at once, unless told otherwise.
  package static let usualSearches = 8

  /// What answers questions on a single picture.
  package typealias Reader = any PictureClassifier & PictureMapper

  let engine: any SearchEngine
  let reader: Reader?
  let gate: SearchGate
  private let allowedHosts: Set<String>?
  private let report: @Sendable (String) -> Void

  /// Makes a site.
  ///
  /// - Parameters:
  ///   - engine: What answers the searches.
  ///   - reader: What says which labels fit a picture, and where in it something is; nil if nothing
  ///     does.
  ///   - allowedHosts: The names that a browser may know this server by, in lower case and without
  ///     port; nil for any. It keeps other web pages from reading a server on the same machine
  ///     through a name that they control.
  ///   - searches: How many searches are computed at once. Four times as many wait; further ones are
  ///     answered with 503 at once.
  ///   - report: Called with a line for each failure that is not the asker's.
  package init(
    engine: any SearchEngine, reader: Reader? = nil, allowedHosts: Set<String>? = nil,
    searches: Int = Site.usualSearches,
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.engine = engine
    self.reader = reader
    self.allowedHosts = allowedHosts
    gate = SearchGate(most: searches)
    self.report = report
  }

  /// Answers any question; nothing is thrown, every problem becomes an answer.
  package func answer(_ question: Question) async -> Reply {
    await answer(question) { question.body }
  }

  /// Answers a question whose body is still to come: it is read only if it is wanted and there is
  /// room for it.
  func answer(_ question: Question, body: () async throws -> [UInt8]) async -> Reply {
    var reply: Reply
    do {
      try checkHost(question)
      reply = try await route(question, body)
    } catch {
      reply = requestError(for: error, question).reply
    }
    reply.headers.merge(Self.securityHeaders) { own, _ in own }
    return reply
  }

  private func route(_ question: Question, _ body: () async throws -> [UInt8]) async throws -> Reply
  {
    let isReading = question.method == "GET" || question.method == "HEAD"
    let parts = question.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    switch Array(parts) {
    case ["api", "search"], ["api", "lens"]:
      guard isReading || question.method == "POST" else {
        throw RequestError.wrongMethod(allowed: "GET, HEAD, POST")
      }
      return try await parts.last == "lens" ? lens(question, body) : search(question, body)
    case ["api", "classify"], ["api", "heatmap"]:
      guard question.method == "POST" else { throw RequestError.wrongMethod(allowed: "POST") }
      return try await parts.last == "classify"
        ? classify(question, body) : heatMap(question, body)
    case _ where !isReading:
      throw RequestError.wrongMethod(allowed: "GET, HEAD")
    case ["api", "info"]:
      return .json(SiteInfo(engine.info, readsPictures: reader != nil))
    case let path where path.count == 3 && path.starts(with: ["api", "picture"]):
      return try await picture(path[2], question)
    case ["healthz"]:
      return Reply(
        headers: ["content-type": "text/plain; charset=utf-8", "cache-control": "no-store"],
        body: Array("ok\n".utf8))
    case let path:
      guard let file = PageFile.named(path.joined(separator: "/")) else {
        throw RequestError.notFound
      }
      return file.reply(to: question)
    }
  }

  private func search(_ question: Question, _ body: () async throws -> [UInt8]) async throws
    -> Reply
  {
    try await gate.admit {
      let asked =
        question.method == "POST"
        ? try SearchQuestion(form: question.with(try await body()))
        : try SearchQuestion(address: question)
      let answer = try await gate.whenFree { try await engine.search(asked.request) }
      return .json(SearchReply(answer, of: engine.info))
    }
  }

  private func picture(_ id: Substring, _ question: Question) async throws -> Reply {
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
    var reply = Reply(headers: caching, body: file.bytes)
    reply.headers["content-type"] = file.mediaType
    // A drawing opened by itself could bring scripts along.
    reply.headers["content-security-policy"] =
      "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return reply
  }

  private func checkHost(_ question: Question) throws(RequestError) {
    guard let allowedHosts else { return }
    let named = question.headers["host"] ?? ""
    let host =
      named.hasPrefix("[")
      ? String(named.prefix { $0 != "]" }.dropFirst()) : String(named.prefix { $0 != ":" })
    guard allowedHosts.contains(host.lowercased()) else {
      throw RequestError(status: 403, reason: "This server does not answer to the name “\(host)”.")
    }
  }

  private func requestError(for error: any Error, _ question: Question) -> RequestError {
    switch error {
    case let error as RequestError: return error
    case SearchError.unknownPicture(let id):
      return RequestError(status: 404, reason: "There is no picture \(id) here.")
    case SearchError.pictureFileMissing(let id, _):
      report(String(describing: error))
      return RequestError(status: 404, reason: "The file of picture \(id) is gone.")
    case SearchError.noHeatMap:
      return RequestError(status: 422, reason: String(describing: error))
    case SearchError.wrongWidth, SearchError.badEmbedding: break
    // The asker has gone, or the server is ending; most likely nobody reads this.
    case is CancellationError: return RequestError(status: 503, reason: "The search was given up.")
    case let error as SearchError: return .badRequest(String(describing: error))
    default: break
    }
    report("\(question.method) \(question.path): \(error)")
    return RequestError(
      status: 500, reason: "The server could not answer; its own messages say why.")
  }

  private static let securityHeaders = [
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
      + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
  ]
}
