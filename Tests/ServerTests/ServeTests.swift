import Foundation
import Search
import Server
import TestSupport
import Testing

@Suite("Serving")
struct ServeTests {
  @Test("A running server answers over the network")
  func answers() async throws {
    try await withServer { port in
      #expect(await get(port, "/").contains("<title>Pictoglot</title>"))
      let found = await get(port, "/api/search?q=red%20apple&limit=1")
      #expect(found.hasPrefix("HTTP/1.1 200 OK\r\n") && found.contains("\"id\":3"))
      let head = await get(port, "/api/picture/1", method: "HEAD")
      #expect(head.lowercased().contains("content-type: image/svg+xml") && !head.contains("<svg"))
      #expect(await get(port, "/nowhere").hasPrefix("HTTP/1.1 404"))
    }
  }

  @Test("A large picture arrives whole, and one that is too large is refused before it is sent")
  func readsLargeBodies() async throws {
    try await withServer { port in
      func head(_ count: Int) -> [UInt8] {
        Array(
          """
          POST /api/search?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r
          Content-Type: image/gif\r\nContent-Length: \(count)\r\n\r\n
          """.utf8)
      }
      let picture = Array("GIF89a".utf8) + [UInt8](repeating: 1, count: 5 << 20)
      let answer = await exchange(port, head(picture.count) + picture)
      #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("\"id\":20"))
      let refusal = await exchange(port, head(Site.largestBody + 1) + [1])
      #expect(refusal.hasPrefix("HTTP/1.1 413") && refusal.contains("at most 32 MiB"))
    }
  }

  @Test("Nonsense on the wire is no harm")
  func survivesNonsense() async throws {
    try await withServer { port in
      let nonsense: [[UInt8]] = [
        [0, 1, 2, 3, 255, 13, 10, 13, 10], Array("GET\r\n\r\n".utf8),
        Array("GET / HTTP/9.9\r\n\r\n".utf8), Array("\u{16}\u{3}\u{1}\u{2}".utf8) + [0, 1],
        Array("GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\n\r\n".utf8),
      ]
      for bytes in nonsense {
        let answer = await exchange(port, bytes + Array("\r\n\r\n".utf8))
        #expect(!answer.hasPrefix("HTTP/1.1 200"))
      }
      #expect(await get(port, "/healthz").hasSuffix("ok\n"))
    }
  }

  @Test("What the wire brings and cannot be read is refused with a line")
  func explainsUnreadable() async throws {
    try await withServer { port in
      let long = String(repeating: "a", count: 100_000)
      let fields = (0..<2000).map { "X-\($0): 1\r\n" }.joined()
      let cases: [(request: String, status: String, words: String)] = [
        ("GET /api/search?q=사과 HTTP/1.1\r\nHost: localhost\r\n\r\n", "400", "percent-encoded"),
        ("GET /api/search?q=\(long) HTTP/1.1\r\nHost: localhost\r\n\r\n", "431", "at most 80 KiB"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n", "431", "1000 fields"),
        ("nonsense\r\n\r\n", "400", "not an HTTP request"),
      ]
      for (request, status, words) in cases {
        let answer = await exchange(port, Array(request.utf8))
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(200))")
        #expect(answer.contains("{\"error\":\"") && answer.contains(words))
      }
      #expect(await get(port, "/healthz").hasSuffix("ok\n"))
    }
  }

  @Test("A server of this machine does not answer to foreign names")
  func checksHost() async throws {
    try await withServer { port in
      let request = "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
      #expect(await exchange(port, Array(request.utf8)).hasPrefix("HTTP/1.1 403"))
    }
  }

  @Test("A server of this machine answers to a name that it was given, in any case")
  func allowsHost() async throws {
    try await withServer(allowedHosts: ["Pictures.example.org"]) { port in
      for (host, status) in [
        ("pictures.Example.org", 200), ("localhost", 200), ("evil.example", 403),
      ] {
        let request = "GET / HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n\r\n"
        let answer = await exchange(port, Array(request.utf8))
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(host)")
      }
    }
  }

  @Test("A port in use, a bad one and a strange host are said in one line")
  func refusesAddresses() async throws {
    try await withServer { port in
      await #expect(throws: ServerError.portInUse(host: "127.0.0.1", port: port)) {
        try await serve(Backend(engine: FakeEngine()), port: port, handlesSignals: false)
      }
    }
    await #expect(throws: ServerError.badPort(70_000)) {
      try await serve(Backend(engine: FakeEngine()), port: 70_000, handlesSignals: false)
    }
    await #expect(throws: ServerError.badHost("192.0.2.1")) {
      try await serve(
        Backend(engine: FakeEngine()), host: "192.0.2.1", port: 0, handlesSignals: false)
    }
    let message = String(describing: ServerError.portInUse(host: "127.0.0.1", port: 8080))
    #expect(message.contains("8080") && message.contains("--port") && !message.contains("\n"))
  }

  @Test("Asked to end, the server answers what is under way and returns")
  func endsGracefully() async throws {
    await #expect(processExitsWith: .success) {
      let (ports, ready) = AsyncStream.makeStream(of: Int.self)
      let (answers, answered) = AsyncStream.makeStream(of: String.self)
      let engine = FakeEngine(onSearch: { _ in
        // The signal comes in the middle of a search.
        kill(getpid(), SIGTERM)
        try? await Task.sleep(for: .milliseconds(200))
      })
      Task {
        guard let port = await ports.first(where: { _ in true }) else { return }
        answered.yield(await get(port, "/api/search?q=cat&limit=1"))
      }
      try await serve(Backend(engine: engine), port: 0, onReady: { ready.yield($0) })
      let answer = await answers.first { _ in true }
      #expect(answer?.contains("\"id\":7") == true)
      if answer?.contains("\"id\":7") != true { exit(1) }
    }
  }
}
