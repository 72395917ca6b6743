import Foundation
import Search
import Server
import TestSupport
import Testing

/// Calls `body` with the port of a running server, which ends afterwards.
@discardableResult
func withServer<Result: Sendable>(
  _ engine: any SearchEngine = FakeEngine(), dialects: [any Dialect] = dialects,
  allowedHosts: Set<String> = [],
  _ body: @Sendable (Int) async throws -> Result
) async throws -> Result {
  let (ports, ready) = AsyncStream.makeStream(of: Int.self)
  let server = Task {
    defer { ready.finish() }
    try await serve(
      Backend(engine: engine, embedder: FakeEmbedder(), reader: FakeReader()), dialects: dialects,
      port: 0, allowedHosts: allowedHosts, handlesSignals: false,
      onReady: { ready.yield($0) })
  }
  defer { server.cancel() }
  guard let port = await ports.first(where: { _ in true }) else {
    try await server.value
    throw ServerError.badPort(0)
  }
  let result = try await body(port)
  server.cancel()
  _ = await server.result
  return result
}

/// Asks a running server for an address.
func get(_ port: Int, _ address: String, method: String = "GET") async -> String {
  let request = "\(method) \(address) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
  return await exchange(port, Array(request.utf8))
}

/// Posts JSON to a running server.
func post(_ port: Int, _ address: String, json: String) async -> String {
  let request = """
    POST \(address) HTTP/1.1\r
    Host: localhost\r
    Connection: close\r
    Content-Type: application/json\r
    Content-Length: \(json.utf8.count)\r
    \r
    \(json)
    """
  return await exchange(port, Array(request.utf8))
}
