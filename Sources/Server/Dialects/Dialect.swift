package import Search

/// The HTTP APIs that the server speaks. Where two have the same address, the first one answers.
package let dialects: [any Dialect] = [PictoglotDialect(), OpenAIDialect()]

/// One HTTP API: its addresses, how it reads questions and writes answers, and everything that its
/// clients expect of the protocol around them.
package protocol Dialect: Sendable {
  /// The addresses, with what decodes and encodes for each; none that the backend cannot answer.
  func routes(over backend: Backend) -> [Route]

  /// How clients of this API are told what went wrong. The error's own header fields are added to it.
  func reply(to error: RequestError) -> Reply

  /// Header fields of all replies, unless a reply has its own.
  var headers: [String: String] { get }

  /// Lets a client in, or not; called before the body is read.
  ///
  /// - Throws: ``RequestError``, such as one with status 401.
  func authorize(_ question: Question) throws(RequestError)

  /// Which other web pages may ask; nil for none.
  var crossOrigin: CrossOrigin? { get }
}

extension Dialect {
  package var headers: [String: String] { [:] }
  package var crossOrigin: CrossOrigin? { nil }

  /// Lets everybody in.
  package func authorize(_ question: Question) throws(RequestError) {}
}

/// What answers the questions of all dialects.
package struct Backend: Sendable {
  package let engine: any SearchEngine
  /// What turns texts and pictures into vectors; nil if nothing does.
  package let embedder: (any Embedder)?
  /// What says which labels fit a picture, and where in it something is; nil if nothing does.
  package let reader: Site.Reader?

  package init(
    engine: any SearchEngine, embedder: (any Embedder)? = nil, reader: Site.Reader? = nil
  ) {
    self.engine = engine
    self.embedder = embedder
    self.reader = reader
  }
}

/// What browsers are told when a page of another server asks.
///
/// - Source: WHATWG Fetch, section 3.2, “CORS protocol”.
package struct CrossOrigin: Sendable {
  /// The page's origin, such as `https://example.org`, or `*` for any.
  package var origin: String
  /// The header fields that it may send.
  package var headers: [String]

  package init(origin: String, headers: [String] = ["content-type"]) {
    self.origin = origin
    self.headers = headers
  }

  /// What every reply says.
  var fields: [String: String] {
    origin == "*"
      ? ["access-control-allow-origin": "*"]
      : ["access-control-allow-origin": origin, "vary": "origin"]
  }

  /// The reply to a browser that asks before the page does.
  func preflight(methods: String) -> Reply {
    Reply(
      status: 204,
      headers: [
        "access-control-allow-methods": methods,
        "access-control-allow-headers": headers.joined(separator: ", "),
        "access-control-max-age": "86400",
      ])
  }
}
