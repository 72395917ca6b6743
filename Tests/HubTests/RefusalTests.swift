import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import Hub

@Suite("Refusals, and life without a network")
struct RefusalTests {
  private func failure(
    of name: String = "tiny/model", token: String? = nil,
    _ tamper: @escaping FakeHub.Tamper = { _, reply in reply }
  ) async throws -> HubError? {
    let fake = try FakeHub(tamper: tamper)
    var fixture = try HubFixture(fake)
    fixture.settings.token = token
    let hub = fixture.hub
    return await hubError { try await hub.pull(try ModelName(name)) }
  }

  @Test("Whatever does not exist is named")
  func missing() async throws {
    #expect(
      try await failure(of: "tiny/modell") == .noRepository("tiny/modell", hasToken: false))
    #expect(try await failure(of: "tiny/model@v9") == .noRevision("v9", of: "tiny/model"))
  }

  @Test("A file that is listed but missing is named, and remembered as other tools do")
  func missingFile() async throws {
    let fake = try FakeHub { request, reply in
      guard request.path.contains("resolve/"), request.path.hasSuffix("config.json") else {
        return reply
      }
      return .init(status: 404, headers: ["X-Error-Code": "EntryNotFound"])
    }
    let fixture = try HubFixture(fake)
    #expect(
      await hubError { try await fixture.pull() } == .noFile("config.json", of: "tiny/model"))
    let place = fixture.cache + "/.no_exist/\(FakeHub.commit)/config.json"
    #expect(fixture.bytes(place) == Data())
  }

  @Test("Conditions that must be accepted are said with the place to do so", arguments: [401, 403])
  func gated(status: Int) async throws {
    let error = try await failure { request, reply in
      guard request.method == "HEAD" else { return reply }
      return .init(status: status, headers: ["X-Error-Code": "GatedRepo"])
    }
    let text = try #require(error?.description)
    #expect(text.contains("/tiny/model,") && text.contains("HF_TOKEN"))
  }

  @Test("A token that is not accepted is said to be the reason")
  func badToken() async throws {
    let error = try await failure(token: "hf_old") { _, _ in
      .init(status: 401, headers: ["X-Error-Message": "Invalid credentials"])
    }
    #expect(error == .badToken(host: "127.0.0.1", reason: "Invalid credentials"))
  }

  @Test(
    "A listed path that leaves its folder stops all",
    arguments: ["../../evil", "/etc/passwd", "a//b", "a/./b", "a/\u{7}b", ""])
  func traversal(path: String) async throws {
    let bytes = Data("x".utf8)
    let fake = try FakeHub([("config.json", bytes, false), (path, bytes, false)])
    let fixture = try HubFixture(fake)
    #expect(
      await hubError { try await fixture.pull() } == .unsafePath(path, of: "tiny/model"))
    #expect(!FileManager.default.fileExists(atPath: fixture.cache))
  }

  @Test(
    "Answers that no hub gives are one clear error",
    arguments: [
      "{}", "[", "{\"sha\": \"../../x\"}", "{\"sha\": \"ABC\"}", "<html></html>", "",
    ])
  func strangeAnswers(body: String) async throws {
    let error = try await failure { _, _ in .init(body: Data(body.utf8)) }
    guard case .badAnswer = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("Redirects in a circle end")
  func circle() async throws {
    let error = try await failure { request, _ in
      .init(status: 302, headers: ["Location": request.path])
    }
    guard case .badAnswer(_, "redirects without end") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("A full disk is noticed before anything is downloaded")
  func fullDisk() async throws {
    let fake = try FakeHub()
    var fixture = try HubFixture(fake)
    fixture.settings.freeBytes = { _ in 1000 }
    let total = FakeHub.tiny.reduce(0) { $0 + Int64($1.bytes.count) }
    let (hub, name) = (fixture.hub, try fixture.name)
    #expect(
      await hubError { try await hub.pull(name) }
        == .diskFull(folder: fixture.settings.cacheFolder, needed: total, free: 1000))
    #expect(!fake.requests.contains { $0.path.contains("/resolve/") })
  }

  @Test("Offline, the cache is used and nothing asked")
  func offline() async throws {
    let fake = try FakeHub()
    var fixture = try HubFixture(fake)
    let pulled = try await fixture.pull { $0.filter { !$0.path.hasPrefix("tokenizer") } }
    let before = fake.requests.count
    fixture.settings.isOffline = true
    let (hub, name) = (fixture.hub, try fixture.name)
    let found = try await hub.pull(
      name,
      files: { [files = pulled.files] in
        $0.filter { files.contains($0.path) }
      })
    #expect(found.folder == pulled.folder && found.files == pulled.files)
    #expect(found.license == "cc-by-nc-4.0" && found.downloaded == 0)
    #expect(
      await hubError { try await hub.pull(name) }
        == .incomplete("tiny/model", missing: ["tokenizer/vocab é.txt"]))
    #expect(
      await hubError { try await hub.pull(try ModelName("other/model")) }
        == .notCached("other/model", offline: true))
    #expect(fake.requests.count == before)
  }

  @Test("When the hub is down, what is cached is used, and the user told")
  func networkDown() async throws {
    let fake = try FakeHub()
    var fixture = try HubFixture(fake)
    let pulled = try await fixture.pull()
    fixture.settings.endpoint = "http://127.0.0.1:1"
    let (hub, name, heard) = (fixture.hub, try fixture.name, Heard())
    let found = try await hub.pull(name, progress: { heard.add($0) })
    #expect(found.folder == pulled.folder)
    #expect(heard.notes.count == 1 && heard.notes[0].hasSuffix("Using what the cache has."))
    #expect(fixture.waits.all == [])
    let error = await hubError { try await hub.pull(try ModelName("other/model")) }
    guard case .unreachable(let host, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(host == "127.0.0.1" && reason == "connection refused")
    #expect(fixture.waits.all == [1, 2, 4, 8])
  }

  @Test(
    "An address that is none is refused", arguments: ["", "huggingface.co", "ftp://x", "https://"])
  func badEndpoint(text: String) async throws {
    var fixture = try HubFixture()
    fixture.settings.endpoint = text
    let (hub, name) = (fixture.hub, try fixture.name)
    #expect(await hubError { try await hub.pull(name) } == .badEndpoint(text))
  }

  @Test("Headers of linked files, of small files and of mirrors are understood")
  func metadata() {
    let hash = FakeHub.sha256(Data())
    let linked: HTTPHeaders = [
      "X-Linked-Etag": "\"\(hash)\"", "X-Linked-Size": "7", "ETag": "\"x\"", "Content-Length": "1",
    ]
    #expect(
      HubClient.metadata(linked, isRedirect: true)
        == FileMetadata(commit: nil, etag: hash, size: 7))
    let weak: HTTPHeaders = ["ETag": "W/\"\(FakeHub.commit)\"", "Content-Length": "3"]
    #expect(
      HubClient.metadata(weak, isRedirect: false)
        == FileMetadata(commit: nil, etag: FakeHub.commit, size: 3))
    let mirror: HTTPHeaders = ["ETag": "../../x", "X-Linked-Size": "-1"]
    #expect(HubClient.metadata(mirror, isRedirect: false) == FileMetadata())
  }
}
