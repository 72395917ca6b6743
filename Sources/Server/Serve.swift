import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Serves the search page until the program is asked to end (SIGTERM, Ctrl-C), then answers what is
/// under way and returns.
///
/// - Parameters:
///   - backend: What answers the questions.
///   - dialects: The APIs that are spoken.
///   - host: The address to listen on; only this machine can reach the default.
///   - port: 0 for any free one.
///   - allowedHosts: Further names that browsers may know this server by (see ``Site``). A server
///     that listens beyond this machine answers to any name unless some are given.
///   - searches: How many searches are computed at once (see ``Site``).
///   - handlesSignals: False leaves signals alone; then cancel the task to end.
///   - report: Called with a line for each failure that is not the asker's.
///   - onReady: Called with the port once requests are answered.
/// - Throws: ``ServerError`` if the address cannot be used.
package func serve(
  _ backend: Backend, dialects: [any Dialect] = dialects, host: String = "127.0.0.1",
  port: Int = 8080,
  allowedHosts: Set<String> = [], searches: Int = Site.usualSearches,
  handlesSignals: Bool = true,
  report: @escaping @Sendable (String) -> Void = { _ in },
  onReady: @escaping @Sendable (Int) async -> Void = { _ in }
) async throws {
  let address = try ListeningAddress(host: host, port: port)
  let names = ListeningAddress.localNames.union(allowedHosts.union([host]).map { $0.lowercased() })
  let site = Site(
    backend, dialects: dialects,
    allowedHosts: address.isLoopback || !allowedHosts.isEmpty ? names : nil,
    searches: searches, report: report)
  // The library tells of starts and stops in its log; our commands say it in their own words.
  var logger = Logger(label: "pictoglot")
  logger.logLevel = .critical
  let application = Application(
    responder: SiteResponder(site: site),
    server: .http1(
      configuration: .init(
        additionalChannelHandlers: [UnreadableRequests()], idleTimeout: .seconds(90),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: UnreadableRequests.longestHead,
          maxHeaderListSize: UnreadableRequests.longestHead,
          maxHeaderFieldCount: UnreadableRequests.mostFields))),
    configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
    onServerRunning: { await onReady($0.localAddress?.port ?? port) },
    logger: logger)
  do {
    if handlesSignals {
      try await application.runService()
    } else {
      try await application.run()
    }
  } catch is CancellationError {
    return
  } catch {
    throw ServerError.cannotServe(
      host: host, port: port, reason: String(describing: error))
  }
}

/// Hands Hummingbird's requests to the site.
struct SiteResponder: HTTPResponder {
  let site: Site

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    let method = request.method.rawValue
    var headers: [String: String] = [:]
    for field in request.headers { headers[field.name.canonicalName] = field.value }
    headers["host"] = request.head.authority
    let announced = headers["content-length"].flatMap { Int($0) } ?? 0
    let question = Question(
      method: method, path: request.uri.path, query: request.uri.query ?? "", headers: headers)
    let reply = await site.answer(question) {
      guard announced <= Site.largestBody else { throw RequestError.tooLarge(Site.largestBody) }
      do {
        return Array(buffer: try await request.body.collect(upTo: Site.largestBody))
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        throw RequestError.tooLarge(Site.largestBody)
      }
    }
    return response(reply, method)
  }

  private func response(_ reply: Reply, _ method: String) -> Response {
    var fields = HTTPFields()
    for (name, value) in reply.headers.sorted(by: { $0.key < $1.key }) {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    let status = HTTPResponse.Status(code: reply.status)
    switch reply.body {
    case .whole(let bytes) where method == "HEAD":
      fields[.contentLength] = String(bytes.count)
      return Response(status: status, headers: fields)
    case .stream where method == "HEAD":
      return Response(status: status, headers: fields)
    case .whole(let bytes):
      return Response(
        status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    case .stream(let chunks):
      let report = site.report
      return Response(
        status: status, headers: fields,
        body: ResponseBody { writer in
          try await send(chunks, to: &writer, report: report)
          try await writer.finish(nil)
        })
    }
  }
}

/// Sends chunks as they are made.
///
/// - Parameter report: Called with a line if a chunk cannot be made; that a client has gone is no
///   failure.
private func send<Chunks: AsyncSequence<[UInt8], any Error>>(
  _ chunks: Chunks, to writer: inout any ResponseBodyWriter, report: (String) -> Void
) async throws {
  var iterator = chunks.makeAsyncIterator()
  while true {
    let chunk: [UInt8]?
    do { chunk = try await iterator.next() } catch {
      if !(error is CancellationError) { report("An answer broke off: \(error)") }
      throw error
    }
    guard let chunk else { return }
    try await writer.write(ByteBuffer(bytes: chunk))
  }
}
