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
  /// The parts of the path that its ``Route`` leaves open, by their names; still percent-encoded.
  package var parameters: [String: String] = [:]

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

  /// The type of the body, such as `application/json`, in lower case and without its parameters.
  package var mediaType: String {
    (headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
      .trimmingCharacters(in: .whitespaces)
  }

  /// The question with its body, which may come after the rest.
  func with(_ body: [UInt8]) -> Question {
    var whole = self
    whole.body = body
    return whole
  }
}

/// What the server answers, free of any HTTP library.
package struct Reply: Sendable {
  package enum Body: Sendable {
    case whole([UInt8])
    /// Chunks that are sent as they are made. If it throws, the connection breaks off, so that the
    /// client sees that the answer is not complete; the server reports why.
    case stream(any AsyncSequence<[UInt8], any Error> & Sendable)
  }

  package var status: Int
  /// Header fields by lower-case name.
  package var headers: [String: String]
  package var body: Body

  package init(status: Int = 200, headers: [String: String] = [:], body: Body = .whole([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package init(status: Int = 200, headers: [String: String] = [:], bytes: [UInt8]) {
    self.init(status: status, headers: headers, body: .whole(bytes))
  }

  /// A value as JSON, its names in snake case.
  package static func json(_ value: some Encodable, status: Int = 200) -> Reply {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // What is encoded here are our own records of strings and finite numbers.
    let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return Reply(
      status: status,
      headers: ["content-type": "application/json; charset=utf-8", "cache-control": "no-store"],
      bytes: Array(data))
  }
}
