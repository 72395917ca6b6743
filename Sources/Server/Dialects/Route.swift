/// An address of a ``Dialect`` and what it answers.
package struct Route: Sendable {
  package enum Method: String, Sendable {
    /// Answers HEAD too.
    case get = "GET"
    case post = "POST"
  }

  /// Answers a question, whose body comes when it is asked for.
  typealias Answering =
    @Sendable (Question, _ body: () async throws -> [UInt8], SearchGate) async throws -> Reply

  let method: Method
  private let parts: [Substring]
  let answer: Answering

  private init(_ method: Method, _ path: String, answer: @escaping Answering) {
    self.method = method
    parts = Self.parts(of: path)
    self.answer = answer
  }

  /// An address that is answered at once, without reading a body.
  ///
  /// - Parameter path: Such as `/api/picture/{id}`, where `{id}` stands for any one part, which
  ///   ``Question/parameters`` then has by that name.
  package init(
    _ method: Method, _ path: String,
    answer: @escaping @Sendable (Question) async throws -> Reply
  ) {
    self.init(method, path) { question, _, _ in try await answer(question) }
  }

  /// An address whose answers are computed: its questions wait for their turn, and are sent away
  /// when too many wait.
  ///
  /// - Parameters:
  ///   - path: As above.
  ///   - decode: Reads what is asked, after the body has come.
  ///   - answer: Asks the backend. Only this takes up one of the server's places.
  ///   - encode: Writes the answer.
  package init<Asked: Sendable, Answer: Sendable>(
    _ method: Method, _ path: String,
    decode: @escaping @Sendable (Question) throws -> Asked,
    answer: @escaping @Sendable (Asked) async throws -> Answer,
    encode: @escaping @Sendable (Answer, Asked) throws -> Reply
  ) {
    self.init(method, path) { question, body, gate in
      try await gate.admit {
        var question = question
        if method == .post {
          question.body = try await body()
          guard question.body.count <= Site.largestBody else {
            throw RequestError.tooLarge(Site.largestBody)
          }
        }
        let asked = try decode(question)
        return try encode(try await gate.whenFree { try await answer(asked) }, asked)
      }
    }
  }

  /// What the path's open parts are in an address, or nil if it is another address.
  func parameters(in path: String) -> [String: String]? {
    let asked = Self.parts(of: path)
    guard asked.count == parts.count else { return nil }
    var parameters: [String: String] = [:]
    for (part, text) in zip(parts, asked) {
      if part.hasPrefix("{") {
        parameters[String(part.dropFirst().dropLast())] = String(text)
      } else if part != text {
        return nil
      }
    }
    return parameters
  }

  private static func parts(of path: String) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: false)
  }
}

extension [Route] {
  /// The methods for an `Allow` field: `GET, HEAD, POST`.
  var allowed: String {
    [Route.Method.get, .post].filter { method in contains { $0.method == method } }
      .map { $0 == .get ? "GET, HEAD" : $0.rawValue }.joined(separator: ", ")
  }
}
