import Foundation
import Search
import Server
import Testing

@Suite("Answers of the site")
struct SiteTests {
  let site = Site(Backend(engine: FakeEngine()))

  struct Found: Decodable {
    struct Hit: Decodable {
      var id: Int
      var score: Double
      var name: String
      var picture: String
      var caption: String?
      var caption_language: String?
      var license: String?
    }
    var hits: [Hit]
    var pictures: Int
  }

  private func ask(
    _ address: String, method: String = "GET", type: String? = nil, body: [UInt8] = [],
    headers: [String: String] = [:]
  ) async -> Reply {
    let parts = address.split(separator: "?", maxSplits: 1)
    var headers = headers
    headers["content-type"] = type
    return await site.answer(
      Question(
        method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
        headers: headers, body: body))
  }

  private func found(_ reply: Reply) throws -> Found {
    #expect(reply.status == 200)
    return try JSONDecoder().decode(Found.self, from: Data(reply.bytes))
  }

  /// The reason of a refusal, after checking that it is one.
  private func reason(_ reply: Reply, status: Int = 400) throws -> String {
    #expect(reply.status == status)
    #expect(reply.headers["content-type"] == "application/json; charset=utf-8")
    return try #require(
      try JSONDecoder().decode([String: String].self, from: Data(reply.bytes))["error"])
  }

  @Test("A text in any script, percent-encoded or not, finds its picture")
  func findsText() async throws {
    let encoded = "%EB%B9%A8%EA%B0%84+%EC%82%AC%EA%B3%BC"
    for query in ["red+apple", "red%20apple", encoded, "빨간%20사과"] {
      let found = try found(await ask("/api/search?q=\(query)&language=ko&limit=3"))
      #expect(found.hits.count == 3 && found.pictures == FakeEngine.count)
      #expect(found.hits[0].id == 3 && found.hits[0].caption == "빨간 사과")
      #expect(found.hits[0].caption_language == "ko" && found.hits[0].license == "CC0-1.0")
      #expect(found.hits[0].picture == "/api/picture/3?v=v1")
    }
  }

  @Test("Answers never name a path of the machine")
  func keepsPathsSecret() async {
    for address in ["/api/search?q=cat", "/api/picture/39", "/api/info", "/"] {
      let body = String(decoding: await ask(address).bytes, as: UTF8.self)
      #expect(!body.contains("/secret"))
    }
  }

  @Test(
    "What is wrong with a question is said, with a status of its own",
    arguments: [
      ("/api/search", 400, "nothing to look for"), ("/api/search?q=", 400, "nothing to look for"),
      ("/api/search?q=a&limit=0", 400, "“limit” must be a whole number from 1 to 500"),
      ("/api/search?q=a&limit=501", 400, "from 1 to 500"),
      ("/api/search?q=a&limit=ten", 400, "from 1 to 500"),
      ("/api/search?q=a&limit=99999999999999999999", 400, "from 1 to 500"),
      ("/api/search?q=a&language=x", 400, "“x” is not a language tag"),
      ("/api/search?q=a&language=ko__KR", 400, "is not a language tag"),
      ("/api/search?q=a&q=b", 400, "“q” is given 2 times"),
      ("/api/search?q=a&limit=1&limit=2", 400, "“limit” is given 2 times"),
      ("/api/search?q=a&language=xx", 400, "not a language this model knows"),
      ("/api/search?q=a&lang=ko", 400, "“lang” is not known here; known are concept, language"),
      ("/api/search?q=%FF%FE", 400, "not UTF-8"), ("/api/search?q=%E", 400, "not UTF-8"),
      ("/api/search?q=a&weight=2&like=1", 400, "“weight” must be a number from 0 to 1"),
      ("/api/search?like=-1", 400, "“like” must be a whole number"),
      ("/api/search?like=99", 404, "There is no picture 99"),
      ("/api/picture/99", 404, "There is no picture 99"),
      ("/api/picture/39", 404, "file of picture 39 is gone"),
      ("/api/picture/-1", 404, "nothing at this address"),
      ("/api/picture/+1", 404, "nothing at this address"),
      ("/api/picture/01", 404, "nothing at this address"),
      ("/api/picture/1/2", 404, "nothing at this address"),
      ("/api/picture/..%2f..%2fetc%2fpasswd", 404, "nothing at this address"),
      ("/api/picture/1?size=5", 400, "“size” must be a whole number from 16 to 4096"),
      ("/../../etc/passwd", 404, "nothing at this address"), ("/x", 404, "nothing at this"),
      ("/api", 404, "nothing at this address"), ("//", 404, "nothing at this address"),
    ])
  func refuses(address: String, status: Int, words: String) async throws {
    let reason = try reason(await ask(address), status: status)
    #expect(reason.contains(words), "\(address): \(reason)")
  }

  @Test("Failures of the server are reported to it and not told to the asker")
  func keepsFailuresHome() async throws {
    for query in ["boom", "damaged"] {
      try await confirmation { reported in
        let site = Site(Backend(engine: FakeEngine())) { line in
          #expect(line.contains("/api/search"))
          reported()
        }
        let reply = await site.answer(Question(path: "/api/search", query: "q=\(query)"))
        let reason = try reason(reply, status: 500)
        #expect(!reason.contains("Failure") && !reason.contains("secret"))
      }
    }
  }

  @Test("Methods that an address does not know are refused with those it knows")
  func refusesMethods() async throws {
    for (method, address, allowed) in [
      ("DELETE", "/api/search", "GET, HEAD, POST"), ("POST", "/", "GET, HEAD"),
      ("PUT", "/api/picture/1", "GET, HEAD"),
    ] {
      let reply = await ask(address, method: method)
      #expect(try reason(reply, status: 405).contains(allowed))
      #expect(reply.headers["allow"] == allowed)
    }
  }

  @Test("A picture is searched for whichever way it is sent")
  func findsPicture() async throws {
    let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]
    let raw = try found(
      await ask("/api/search?limit=2", method: "POST", type: "image/png", body: png))
    #expect(raw.hits.map(\.id) == [20, 19])
    let form =
      Array("--x\r\nContent-Disposition: form-data; name=\"limit\"\r\n\r\n1\r\n--x\r\n".utf8)
      + Array(
        "content-disposition: form-data; name=\"picture\"; filename=\"사과.png\"\r\n\r\n".utf8)
      + png + Array("\r\n--x--\r\n".utf8)
    let formed = try found(
      await ask("/api/search", method: "POST", type: "multipart/form-data; boundary=x", body: form))
    #expect(formed.hits.map(\.id) == [20])
    let json = #"{"operands": [{"picture": "\#(Data(png).base64EncodedString())"}], "limit": 3}"#
    let decoded = try found(
      await ask("/api/search", method: "POST", type: "application/json", body: Array(json.utf8)))
    #expect(decoded.hits.map(\.id) == [20, 19, 21])
  }

  @Test("Text and picture are mixed by weight, and a part without weight is left out")
  func mixes() async throws {
    let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]
    func operands(_ query: String) async -> [SearchRequest.Operand] {
      await withCheckedContinuation { done in
        Task {
          let engine = FakeEngine(onSearch: { done.resume(returning: $0.operands) })
          _ = await Site(Backend(engine: engine)).answer(
            Question(
              method: "POST", path: "/api/search", query: query,
              headers: ["content-type": "image/png"], body: png))
        }
      }
    }
    let text = SearchRequest.Operand.Content.text(Query("a"))
    #expect(
      await operands("q=a&weight=0.25")
        == [.init(.picture(png), weight: 0.25), .init(text, weight: 0.75)])
    #expect(await operands("q=a&weight=1") == [.init(.picture(png), weight: 1)])
    #expect(await operands("weight=0.25") == [.init(.picture(png), weight: 1)])
  }

  @Test("Bodies that are not what they say are refused")
  func refusesBodies() async throws {
    let cases: [(type: String?, body: String, status: Int, words: String)] = [
      (nil, "x", 415, "Send a picture"), ("text/plain", "x", 415, "Send a picture"),
      ("image/png", "", 400, "empty"), ("image/png", "hello", 400, "cannot be read"),
      ("multipart/form-data", "x", 400, "no boundary"),
      ("multipart/form-data; boundary=x", "--x\r\n", 400, "ends too early"),
      ("multipart/form-data; boundary=x", "", 400, "ends too early"),
      ("application/json", "{", 400, "“operands”"),
      ("application/json", #"{"operands": [{}]}"#, 400, "one of “text”"),
      ("application/json", #"{"operands": [{"text": "a", "like": 1}]}"#, 400, "one of “text”"),
      ("application/json", #"{"operands": [{"text": "a"}], "limit": 0}"#, 400, "must be 1 to 500"),
      ("application/json", #"{"operands": []}"#, 400, "nothing to look for"),
    ]
    for (type, body, status, words) in cases {
      let reply = await ask("/api/search", method: "POST", type: type, body: Array(body.utf8))
      #expect(try reason(reply, status: status).contains(words), "\(type ?? "–"): \(body)")
    }
    let large = [UInt8](repeating: 0, count: Site.largestBody + 1)
    let reply = await ask("/api/search", method: "POST", type: "image/png", body: large)
    #expect(try reason(reply, status: 413).contains("at most 32 MiB"))
  }

  @Test("Every answer forbids scripts from elsewhere, and pictures forbid all")
  func sendsSecurityHeaders() async throws {
    for address in ["/", "/api/info", "/nowhere"] {
      let reply = await ask(address)
      let policy = try #require(reply.headers["content-security-policy"])
      #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
      #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
      #expect(reply.headers["x-content-type-options"] == "nosniff")
    }
    let picture = await ask("/api/picture/1")
    let policy = try #require(picture.headers["content-security-policy"])
    #expect(policy.contains("sandbox") && !policy.contains("script-src"))
    #expect(picture.headers["content-type"] == "image/svg+xml")
  }

  @Test("Files of the page and pictures are sent once and then found unchanged")
  func caches() async throws {
    for address in [
      "/", "/page.js", "/page.css", "/lens.js", "/uses.css", "/api/picture/5",
      "/api/picture/5?size=64",
    ] {
      let first = await ask(address)
      #expect(first.status == 200 && !first.bytes.isEmpty)
      #expect(first.headers["cache-control"] == "no-cache")
      let tag = try #require(first.headers["etag"])
      let second = await ask(address, headers: ["if-none-match": tag])
      #expect(second.status == 304 && second.bytes.isEmpty)
    }
    let lasting = await ask("/api/picture/5?v=v1").headers["cache-control"]
    #expect(lasting?.contains("immutable") == true)
    #expect(await ask("/api/picture/5").headers["cache-control"] == "no-cache")
    // Under its number another picture may be found now.
    #expect(await ask("/api/picture/5?v=old").status == 410)
  }

  @Test("A server of this machine does not answer to foreign names")
  func checksHost() async throws {
    let site = Site(Backend(engine: FakeEngine()), allowedHosts: ["localhost", "127.0.0.1", "::1"])
    for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
      let reply = await site.answer(Question(path: "/healthz", headers: ["host": host]))
      #expect(reply.status == 200, "\(host)")
    }
    for host in ["evil.example", "evil.example:8080", "", "localhost.evil.example"] {
      let reply = await site.answer(Question(path: "/healthz", headers: ["host": host]))
      #expect(reply.status == 403, "\(host)")
    }
  }

  @Test("The page is told what is searched")
  func tellsInfo() async throws {
    let text = String(decoding: await ask("/api/info").bytes, as: UTF8.self)
    #expect(
      text == """
        {"languages":["en","ko","sw","ar","he","hi","ja","zh-Hant"],\
        "limits":{"body_bytes":33554432,"hits":500,"labels":200},"model":"a fake model",\
        "pictures":40,"reads_pictures":false,"version":"v1","width":8}
        """)
    #expect(await ask("/healthz").bytes == Array("ok\n".utf8))
  }
}
