import Foundation

/// What a client asks, free of any HTTP library.
package struct Question: Sendable {
  package var method: String
  /// The path, still percent-encoded.
  package var path: String
  /// What follows the question mark, still percent-encoded.
  package var query: String
  /// Header fields by lower-case name.
  package var headers: [String: String]
  package var body: [UInt8]

  package init(
    method: String = "GET", path: String, query: String = "", headers: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The question with its body, which may come after the rest.
  func with(_ body: [UInt8]) -> Question {
    var whole = self
    whole.body = body
    return whole
  }
}

/// What the server answers, free of any HTTP library.
package struct Reply: Sendable, Equatable {
  package var status: Int
  /// Header fields by lower-case name.
  package var headers: [String: String]
  package var body: [UInt8]

  package init(status: Int = 200, headers: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  static func json(_ value: some Encodable, status: Int = 200) -> Reply {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // What is encoded here are our own records of strings and finite numbers.
    let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return Reply(
      status: status,
      headers: ["content-type": "application/json; charset=utf-8", "cache-control": "no-store"],
      body: Array(data))
  }
}

/// Why a request cannot be answered: an HTTP status and a sentence for the client.
struct RequestError: Error, Equatable {
  var status: Int
  var reason: String
  var headers: [String: String] = [:]

  static func badRequest(_ reason: String) -> RequestError {
    RequestError(status: 400, reason: reason)
  }

  static let notFound = RequestError(status: 404, reason: "There is nothing at this address.")

  static func tooLarge(_ limit: Int) -> RequestError {
    RequestError(
      status: 413, reason: "The request is too large; at most \(limit >> 20) MiB are read.")
  }

  static func busy(_ most: Int) -> RequestError {
    RequestError(
      status: 503,
      reason: "The server is busy: it answers \(most) searches at once, and enough others wait. "
        + "Try again in a few seconds.",
      headers: ["retry-after": "2"])
  }

  static func wrongMethod(allowed: String) -> RequestError {
    RequestError(
      status: 405, reason: "This address answers \(allowed) only.", headers: ["allow": allowed])
  }

  var reply: Reply {
    var reply = Reply.json(["error": reason], status: status)
    reply.headers.merge(headers) { $1 }
    return reply
  }
}
