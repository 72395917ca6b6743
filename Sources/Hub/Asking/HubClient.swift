internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression

/// Requests to a hub: who may see the token, which redirects are followed, what an answer means.
struct HubClient: Sendable {
  let http: HTTPClient
  let settings: HubSettings
  let endpoint: URL
  /// Told of each wait before another try.
  let onWait: @Sendable (String) async -> Void

  private static let mostRedirects = 10

  /// Lends a client for as long as `body` runs.
  static func lend<Value: Sendable>(
    _ settings: HubSettings, onWait: @escaping @Sendable (String) async -> Void,
    _ body: (HubClient) async throws -> Value
  ) async throws -> Value {
    guard let endpoint = URL(string: settings.endpoint), endpoint.host?.isEmpty == false,
      ["http", "https"].contains(endpoint.scheme?.lowercased())
    else { throw HubError.badEndpoint(settings.endpoint) }
    let http = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: try configuration(settings))
    let outcome: Result<Value, any Error>
    do {
      outcome = .success(
        try await body(
          HubClient(http: http, settings: settings, endpoint: endpoint, onWait: onWait)))
    } catch {
      outcome = .failure(error)
    }
    // A client must be shut down whatever happened; what remains open then is of no interest.
    try? await http.shutdown()
    return try outcome.get()
  }

  private static func configuration(_ settings: HubSettings) throws -> HTTPClient.Configuration {
    func amount(_ seconds: Double) -> TimeAmount { .milliseconds(Int64(seconds * 1000)) }
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(
        connect: amount(settings.metadataTimeout), read: amount(settings.downloadTimeout)),
      // We ask for bytes as they are; a server that compresses nevertheless is understood. Sizes
      // are checked where bytes are used, so that no answer can grow without end.
      decompression: .enabled(limit: .none))
    configuration.httpVersion = .http1Only
    // Our own retries say what they wait for.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let proxy = settings.proxy {
      let url = URL(string: proxy.contains("://") ? proxy : "http://" + proxy)
      guard let host = url?.host, !host.isEmpty else { throw HubError.badEndpoint(proxy) }
      let authorization = url?.user.map {
        HTTPClient.Authorization.basic(username: $0, password: url?.password ?? "")
      }
      configuration.proxy = .server(
        host: host, port: url?.port ?? 8080, authorization: authorization)
    }
    return configuration
  }

  /// Which redirects are followed.
  enum Redirects {
    /// Only within the endpoint: elsewhere the headers that describe a file would be lost.
    case relative
    case all
  }

  /// Asks once, and follows redirects.
  ///
  /// - Throws: ``TemporaryFailure`` if another try may help, else ``HubError``.
  func ask(
    _ method: HTTPMethod, _ url: URL, follow: Redirects, extra: [(String, String)] = [],
    about subject: Subject
  ) async throws -> (response: HTTPClientResponse, url: URL) {
    var url = url
    for _ in 0...Self.mostRedirects {
      let response = try await send(method, url, extra)
      let status = Int(response.status.code)
      if (300..<400).contains(status), status != 304,
        let location = response.headers.first(name: "location")
      {
        guard let next = URL(string: location, relativeTo: url)?.absoluteURL,
          ["http", "https"].contains(next.scheme), next.host?.isEmpty == false
        else {
          throw HubError.badAnswer(
            url: url.withoutQuery, reason: "it leads to “\(location.escaped)”")
        }
        let isRelative = URLComponents(string: location).map { $0.host == nil } ?? false
        if follow == .relative && !isRelative { return (response, url) }
        guard url.scheme != "https" || next.scheme == "https" else {
          throw HubError.badAnswer(
            url: url.withoutQuery, reason: "it leads from https to an open connection")
        }
        url = next
        continue
      }
      if (200..<300).contains(status) || status == 416 { return (response, url) }
      throw failure(response, url, subject)
    }
    throw HubError.badAnswer(url: url.withoutQuery, reason: "redirects without end")
  }

  private func send(_ method: HTTPMethod, _ url: URL, _ extra: [(String, String)]) async throws
    -> HTTPClientResponse
  {
    var request = HTTPClientRequest(url: url.absoluteString)
    request.method = method
    request.headers.add(name: "user-agent", value: "pictoglot")
    request.headers.add(name: "accept-encoding", value: "identity")
    for (name, value) in extra { request.headers.add(name: name, value: value) }
    if let token = settings.token, url.hasOrigin(of: endpoint) {
      request.headers.add(name: "authorization", value: "Bearer " + token)
    }
    do {
      // This bounds the time to the answer's head; the body is bounded by its longest silence.
      return try await http.execute(
        request, timeout: .milliseconds(Int64(settings.metadataTimeout * 1000)))
    } catch {
      throw TemporaryFailure.of(error, host: url.host ?? "")
    }
  }

  /// Runs `body` until it succeeds, fails for good, or was tried often enough.
  func retrying<Value: Sendable>(tries: Int? = nil, _ body: () async throws -> Value) async throws
    -> Value
  {
    var failures = 0
    while true {
      do {
        return try await body()
      } catch let failure as TemporaryFailure {
        failures += 1
        try await wait(after: failure, failures: failures, tries: tries)
      }
    }
  }

  /// Waits for the next try, or throws the error for the user if there is none.
  ///
  /// - Parameter failures: How often it failed in a row.
  func wait(after failure: TemporaryFailure, failures: Int, tries: Int? = nil) async throws {
    try Task.checkCancellation()
    let tries = tries ?? settings.retries.tries
    let asked = failure.retryAfter ?? 0
    guard failures < tries, asked <= settings.retries.longestWait else {
      if failure.status == 429 {
        throw HubError.rateLimited(
          host: failure.host, seconds: Int(min(max(asked, 1), 1e6).rounded(.up)),
          hasToken: settings.token != nil)
      }
      throw HubError.unreachable(host: failure.host, reason: failure.reason)
    }
    let delay = max(asked, settings.retries.delay(after: failures))
    await onWait(
      "\(failure.host): \(failure.reason); trying again in \(Int(delay.rounded(.up))) s "
        + "(\(failures + 1) of \(tries))")
    try await settings.retries.sleep(delay)
  }
}

/// What a request is about, for the words of an error.
struct Subject: Sendable {
  var repository: ModelName.Repository
  var file: String?
}

/// A failure that another try may mend.
struct TemporaryFailure: Error {
  let host: String
  let reason: String
  var status: Int?
  /// Seconds that the server asks to wait.
  var retryAfter: Double?

  /// What an error of the network means; cancellation and our own errors stay what they are.
  static func of(_ error: any Error, host: String) -> any Error {
    if error is CancellationError || Task.isCancelled { return CancellationError() }
    if error is HubError || error is TemporaryFailure { return error }
    let reason =
      (error as? HTTPClientError)?.shortDescription.lowercased() ?? networkReason(error)
    return TemporaryFailure(host: host, reason: reason)
  }
}

extension URL {
  /// Whether scheme, host and port are another's.
  func hasOrigin(of other: URL) -> Bool {
    func port(_ url: URL) -> Int { url.port ?? (url.scheme?.lowercased() == "https" ? 443 : 80) }
    return scheme?.lowercased() == other.scheme?.lowercased()
      && host?.lowercased() == other.host?.lowercased() && port(self) == port(other)
  }

  /// The URL without its query, which may hold a signature that nobody should see in a message.
  var withoutQuery: String {
    absoluteString.split(separator: "?", maxSplits: 1).first.map { String($0).escaped } ?? ""
  }
}
