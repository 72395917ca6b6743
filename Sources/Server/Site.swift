package import Search

/// The search page and the APIs beside it, over any search engine.
///
/// The page's own addresses are those of ``PageFile``; all others belong to a ``Dialect``.
package struct Site: Sendable {
  /// The largest body of a request that is read, in bytes.
  package static let largestBody = 32 << 20
  /// How many searches are computed at once, unless told otherwise.
  package static let usualSearches = 8

  /// What answers questions on a single picture.
  package typealias Reader = any PictureClassifier & PictureMapper

  /// Called with a line for each failure that is not the asker's.
  let report: @Sendable (String) -> Void
  private let apis: [(dialect: any Dialect, routes: [Route])]
  private let gate: SearchGate
  private let allowedHosts: Set<String>?

  /// Makes a site.
  ///
  /// - Parameters:
  ///   - backend: What answers the questions.
  ///   - dialects: The APIs that are apis.
  ///   - allowedHosts: The names that a browser may know this server by, in lower case and without
  ///     port; nil for any. It keeps other web pages from reading a server on the same machine
  ///     through a name that they control.
  ///   - searches: How many searches are computed at once. Four times as many wait; further ones are
  ///     answered with 503 at once.
  ///   - report: Called with a line for each failure that is not the asker's.
  package init(
    _ backend: Backend, dialects: [any Dialect] = dialects, allowedHosts: Set<String>? = nil,
    searches: Int = Site.usualSearches,
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    apis = dialects.map { ($0, $0.routes(over: backend)) }
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
    let place = place(of: question)
    var reply: Reply
    do {
      try checkHost(question)
      if let place {
        reply = try await answer(question, at: place, body)
      } else {
        reply = try page(question)
      }
    } catch {
      let error = requestError(for: error, question)
      reply = place?.dialect.reply(to: error) ?? error.reply
      reply.headers.merge(error.headers) { own, _ in own }
    }
    if let dialect = place?.dialect {
      reply.headers.merge(dialect.headers) { own, _ in own }
      reply.headers.merge(dialect.crossOrigin?.fields ?? [:]) { own, _ in own }
    }
    reply.headers.merge(Self.securityHeaders) { own, _ in own }
    return reply
  }

  /// An address that a dialect has.
  private struct Place {
    var dialect: any Dialect
    /// One for each method.
    var routes: [Route]
  }

  private func place(of question: Question) -> Place? {
    for (dialect, routes) in apis {
      let here = routes.filter { $0.parameters(in: question.path) != nil }
      if !here.isEmpty { return Place(dialect: dialect, routes: here) }
    }
    return nil
  }

  private func answer(
    _ question: Question, at place: Place, _ body: () async throws -> [UInt8]
  ) async throws -> Reply {
    if question.method == "OPTIONS", let crossOrigin = place.dialect.crossOrigin {
      return crossOrigin.preflight(methods: place.routes.allowed)
    }
    let method = question.method == "HEAD" ? "GET" : question.method
    guard let route = place.routes.first(where: { $0.method.rawValue == method }) else {
      throw RequestError.wrongMethod(allowed: place.routes.allowed)
    }
    try place.dialect.authorize(question)
    var question = question
    question.parameters = route.parameters(in: question.path) ?? [:]
    return try await route.answer(question, body, gate)
  }

  private func page(_ question: Question) throws(RequestError) -> Reply {
    guard question.method == "GET" || question.method == "HEAD" else {
      throw .wrongMethod(allowed: "GET, HEAD")
    }
    guard question.path.hasPrefix("/"), let file = PageFile.named(question.path.dropFirst()) else {
      throw .notFound
    }
    return file.reply(to: question)
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
    // The asker has gone, or the server is ending; most likely nobody reads this.
    case is CancellationError: return RequestError(status: 503, reason: "The search was given up.")
    case let error as SearchError:
      if case .pictureFileMissing = error { report("\(error)") }
      if let told = RequestError(error) { return told }
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
