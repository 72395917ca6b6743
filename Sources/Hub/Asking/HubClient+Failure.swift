internal import AsyncHTTPClient
internal import Files
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

extension HubClient {
  /// What an answer that is no success means.
  ///
  /// The hub's `X-Error-Code` decides where there is one: a repository that does not exist is
  /// answered with 401 to those who have not said who they are.
  func failure(_ response: HTTPClientResponse, _ url: URL, _ subject: Subject) -> any Error {
    let status = Int(response.status.code)
    let host = url.host ?? settings.endpoint
    let said = (response.headers.first(name: "x-error-message") ?? "").escaped
    let reason = String(said.prefix(300))
    if RetryPolicy.isWorthRetrying(status: status) {
      return TemporaryFailure(
        host: host, reason: reason.isEmpty ? "answered with \(status)" : reason, status: status,
        retryAfter: RetryPolicy.seconds(retryAfter: response.headers.first(name: "retry-after")))
    }
    let refusal = HubError.refused(url: url.withoutQuery, status: status, reason: reason)
    // Only the hub itself knows of repositories; a storage host's refusal is just that.
    guard url.hasOrigin(of: endpoint) else { return refusal }
    let (id, hasToken) = (subject.repository.id, settings.token != nil)
    let missing: HubError = .noRepository(id, hasToken: hasToken)
    switch (status, response.headers.first(name: "x-error-code")) {
    case (_, "GatedRepo"?):
      return HubError.gated(id, endpoint: settings.endpoint, hasToken: hasToken)
    case (_, "RepoNotFound"?): return missing
    case (_, "RevisionNotFound"?):
      return HubError.noRevision(subject.repository.revision, of: id)
    case (_, "EntryNotFound"?): return HubError.noFile(subject.file ?? url.withoutQuery, of: id)
    case (401, _):
      return hasToken
        ? HubError.badToken(host: host, reason: reason.isEmpty ? "401" : reason) : missing
    case (403, _) where !hasToken || reason.isEmpty:
      return HubError.gated(id, endpoint: settings.endpoint, hasToken: hasToken)
    case (404, _):
      return subject.file.map { HubError.noFile($0, of: id) } ?? missing
    default: return refusal
    }
  }
}

/// The words for an error below HTTP.
func networkReason(_ error: any Error) -> String {
  switch error {
  case let error as IOError: systemReason(error.errnoCode).lowercased()
  case let error as NIOConnectionError:
    error.connectionErrors.first.map { networkReason($0.error) }
      ?? "the name cannot be resolved"
  default: String(describing: error)
  }
}
