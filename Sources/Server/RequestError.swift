import Search

/// Why a request cannot be answered: an HTTP status and a sentence for the client. How it is
/// written is up to the ``Dialect``.
package struct RequestError: Error, Equatable {
  package var status: Int
  package var reason: String
  /// Header fields that the answer has besides.
  package var headers: [String: String] = [:]
  /// The part of the request that is wrong, such as `input[3]`, for dialects that name it.
  package var parameter: String?
  /// A word for programs, such as `model_not_found`, for dialects that have one.
  package var code: String?

  package init(
    status: Int, reason: String, headers: [String: String] = [:], parameter: String? = nil,
    code: String? = nil
  ) {
    self.status = status
    self.reason = reason
    self.headers = headers
    self.parameter = parameter
    self.code = code
  }

  package static func badRequest(_ reason: String, in parameter: String? = nil) -> RequestError {
    RequestError(status: 400, reason: reason, parameter: parameter)
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

  /// What a search engine or a model says, where the asker can mend it; nil for other failures, whose
  /// details the asker must not see.
  init?(_ error: SearchError) {
    switch error {
    case .unknownPicture(let id):
      self.init(status: 404, reason: "There is no picture \(id) here.")
    case .pictureFileMissing(let id, _):
      self.init(status: 404, reason: "The file of picture \(id) is gone.")
    case .noHeatMap: self.init(status: 422, reason: "\(error)")
    case .wrongWidth, .badEmbedding: return nil
    default: self.init(status: 400, reason: "\(error)")
    }
  }

  /// The page's own form of an error, `{"error": "…"}`; also for what no dialect was asked for.
  var reply: Reply {
    var reply = Reply.json(["error": reason], status: status)
    reply.headers.merge(headers) { $1 }
    return reply
  }
}
