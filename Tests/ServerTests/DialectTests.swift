import Foundation
import Search
import TestSupport
import Testing

@testable import Server

/// Counts for those who know the key, chunk by chunk.
private struct CountingDialect: Dialect {
  struct Failure: Error {}

  func routes(over backend: Backend) -> [Route] {
    [
      Route(.get, "/count/{word}/to/{limit}") { question in
        let word = question.parameters["word"] ?? ""
        let limit = question.parameters["limit"].flatMap { Int($0) } ?? 0
        let chunks = AsyncThrowingStream<[UInt8], any Error> { chunks in
          for number in 0..<limit { chunks.yield(Array("\(word) \(number)\n".utf8)) }
          chunks.finish(throwing: word == "broken" ? Failure() : nil)
        }
        return Reply(headers: ["content-type": "text/plain"], body: .stream(chunks))
      },
      Route(
        .post, "/count", decode: { $0.body.count }, answer: { backend.engine.info.count + $0 },
        encode: { .json(["sum": $0, "sent": $1]) }),
    ]
  }

  func reply(to error: RequestError) -> Reply {
    Reply(status: error.status, bytes: Array("no: \(error.reason)".utf8))
  }

  var headers: [String: String] { ["x-counting": "yes"] }

  func authorize(_ question: Question) throws(RequestError) {
    guard question.headers["authorization"] == "Bearer key" else {
      throw RequestError(
        status: 401, reason: "who is it?", headers: ["www-authenticate": "Bearer"])
    }
  }

  var crossOrigin: CrossOrigin? {
    CrossOrigin(origin: "https://example.org", headers: ["authorization"])
  }
}

@Suite("Dialects")
struct DialectTests {
  private let site = Site(
    Backend(engine: FakeEngine()), dialects: [PageOnly(), CountingDialect()])
  private let key = ["authorization": "Bearer key"]

  /// A dialect without addresses hides nothing of the others.
  private struct PageOnly: Dialect {
    func routes(over backend: Backend) -> [Route] { [] }
    func reply(to error: RequestError) -> Reply { Reply(status: 500) }
  }

  @Test("Every dialect's file is in the list")
  func listIsComplete() throws {
    let folder = root().appendingPathComponent("Sources/Server/Dialects").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".swift")
    }
    let conforming = try files.filter {
      try String(contentsOfFile: folder + "/" + $0, encoding: .utf8).contains(": Dialect {")
    }
    #expect(conforming.count == dialects.count)
  }

  @Test("An answer is decoded, asked for and encoded, with the dialect's header fields")
  func answers() async {
    let reply = await site.answer(
      Question(method: "POST", path: "/count", headers: key, body: [1, 2]))
    #expect(reply.status == 200 && reply.headers["x-counting"] == "yes")
    #expect(String(decoding: reply.bytes, as: UTF8.self) == #"{"sent":2,"sum":42}"#)
    #expect(reply.headers["x-content-type-options"] == "nosniff")
  }

  @Test("Who is not let in is told so in the dialect's own form, before the body is read")
  func authorizes() async {
    let reply = await site.answer(Question(method: "POST", path: "/count")) {
      Issue.record("a body was read")
      return []
    }
    #expect(reply.status == 401 && reply.headers["www-authenticate"] == "Bearer")
    #expect(String(decoding: reply.bytes, as: UTF8.self) == "no: who is it?")
    #expect(reply.headers["x-counting"] == "yes")
    let page = await site.answer(Question(path: "/"))
    #expect(page.status == 200 && page.headers["x-counting"] == nil)
  }

  @Test("Pages of the origin that a dialect names may ask, and no others")
  func crossesOrigins() async {
    let asked = await site.answer(Question(method: "OPTIONS", path: "/count"))
    #expect(asked.status == 204 && asked.bytes.isEmpty)
    #expect(asked.headers["access-control-allow-origin"] == "https://example.org")
    #expect(asked.headers["access-control-allow-methods"] == "POST")
    #expect(asked.headers["access-control-allow-headers"] == "authorization")
    let refused = await site.answer(Question(method: "POST", path: "/count"))
    #expect(refused.headers["access-control-allow-origin"] == "https://example.org")
    let page = await site.answer(Question(path: "/"))
    #expect(page.headers["access-control-allow-origin"] == nil)
    let own = Site(Backend(engine: FakeEngine()))
    let search = await own.answer(Question(method: "OPTIONS", path: "/api/search"))
    #expect(search.status == 405 && search.headers["access-control-allow-origin"] == nil)
  }

  @Test("An address fits with as many parts as its route, and a method that the route has")
  func routes() async {
    for path in ["/count/a/to", "/count/a/to/1/2", "/count/a/up/1", "/Count"] {
      #expect(await site.answer(Question(path: path, headers: key)).status == 404, "\(path)")
    }
    let reply = await site.answer(Question(path: "/count", headers: key))
    #expect(reply.status == 405 && reply.headers["allow"] == "POST")
  }

  @Test("A streamed answer arrives chunk by chunk and ends; HEAD brings none of it")
  func streams() async throws {
    try await withServer(dialects: [CountingDialect()]) { port in
      func ask(_ method: String, _ word: String) async -> String {
        let request =
          "\(method) /count/\(word)/to/3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
          + "Authorization: Bearer key\r\n\r\n"
        return await exchange(port, Array(request.utf8))
      }
      let answer = await ask("GET", "sheep")
      #expect(answer.lowercased().contains("transfer-encoding: chunked"))
      #expect(answer.hasSuffix("8\r\nsheep 0\n\r\n8\r\nsheep 1\n\r\n8\r\nsheep 2\n\r\n0\r\n\r\n"))
      #expect(!(await ask("HEAD", "sheep")).contains("sheep"))
      // Without the last chunk the client knows that something is missing.
      let broken = await ask("GET", "broken")
      #expect(broken.contains("broken 2") && !broken.hasSuffix("0\r\n\r\n"))
    }
  }
}
