import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Hub

@Suite("Connections that break and answers that lie")
struct ResumeTests {
  private static let etag = FakeHub.sha256(FakeHub.weights)

  private func part(_ fixture: HubFixture) -> String {
    fixture.cache + "/blobs/\(Self.etag).incomplete"
  }

  private func weights(_ fixture: HubFixture) -> Data? {
    fixture.bytes(fixture.cache + "/blobs/" + Self.etag)
  }

  /// The file that shall have received what was sent before a connection is cut: what the client
  /// has not written by then may be lost.
  private final class Part: Sendable {
    private let path = Mutex("")
    func watch(_ path: String) { self.path.withLock { $0 = path } }
    func holds(_ count: Int) -> Bool {
      (CacheFiles.size(path.withLock { $0 }) ?? 0) >= Int64(count)
    }
  }

  /// Cuts each of the first `times` answers of the storage after so many bytes.
  private func cutting(_ times: Int, after count: Int, _ part: Part) throws -> FakeHub {
    try FakeHub { request, reply in
      guard request.isToStorage, request.before < times else { return reply }
      var reply = reply
      reply.cutAfter = count
      reply.isReleased = { part.holds(count * (request.before + 1)) }
      return reply
    }
  }

  @Test("A cut connection is gone on with where it broke")
  func resumesInTheSameRun() async throws {
    let written = Part()
    let fake = try cutting(2, after: 100_000, written)
    let fixture = try HubFixture(fake)
    written.watch(part(fixture))
    let heard = Heard()
    _ = try await fixture.pull(progress: heard.add)
    #expect(weights(fixture) == FakeHub.weights)
    let ranges = fake.requests.filter(\.isToStorage).map { $0.headers["range"] }
    #expect(ranges == [nil, "bytes=100000-", "bytes=200000-"])
    #expect(fixture.waits.all == [1, 2])
    #expect(heard.notes.count == 2)
    #expect(!FileManager.default.fileExists(atPath: part(fixture)))
  }

  @Test("Another run goes on where one gave up")
  func resumesInAnotherRun() async throws {
    let written = Part()
    let fake = try cutting(5, after: 10_000, written)
    let fixture = try HubFixture(fake)
    written.watch(part(fixture))
    let failure = await hubError { try await fixture.pull() }
    guard case .unreachable(let host, _) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(host == "localhost")
    #expect(fixture.bytes(part(fixture)) == FakeHub.weights.prefix(50_000))
    #expect(!FileManager.default.fileExists(atPath: fixture.cache + "/refs/main"))

    let model = try await fixture.pull()
    #expect(weights(fixture) == FakeHub.weights)
    #expect(fake.requests.last { $0.isToStorage }?.headers["range"] == "bytes=50000-")
    #expect(model.downloaded <= 250_000 + 200)
  }

  @Test("A whole file in answer to a range replaces what was there")
  func wholeAnswerToRange() async throws {
    let fake = try FakeHub { request, reply in
      guard request.isToStorage else { return reply }
      return .init(body: FakeHub.weights, cutAfter: request.before == 0 ? 70_000 : nil)
    }
    let fixture = try HubFixture(fake)
    _ = try await fixture.pull()
    #expect(weights(fixture) == FakeHub.weights)
    #expect(fake.requests.filter(\.isToStorage).count == 2)
  }

  @Test("A part longer than the file, or a whole one, is no reason to fail", arguments: [0, 50])
  func oddPart(extra: Int) async throws {
    let fake = try FakeHub()
    let fixture = try HubFixture(fake)
    try FileManager.default.createDirectory(
      atPath: fixture.cache + "/blobs", withIntermediateDirectories: true)
    let old = FakeHub.weights + Data(repeating: 7, count: extra)
    try old.write(to: URL(fileURLWithPath: part(fixture)))
    _ = try await fixture.pull()
    #expect(weights(fixture) == FakeHub.weights)
    #expect(fake.requests.filter(\.isToStorage).count == (extra == 0 ? 0 : 1))
  }

  @Test("An answer compressed against our wish is understood")
  func compressed() async throws {
    // gzip with one stored block.
    let text = Array(FakeHub.tiny[1].bytes)
    let gzip = Data(
      [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, UInt8(text.count), 0, ~UInt8(text.count), 0xFF]
        + text + crc32(text) + [UInt8(text.count), 0, 0, 0])
    let fake = try FakeHub { request, reply in
      guard request.method == "GET", request.path.contains("resolve-cache"),
        request.path.hasSuffix("config.json")
      else { return reply }
      var reply = reply
      reply.headers["Content-Encoding"] = "gzip"
      reply.body = gzip
      return reply
    }
    let fixture = try HubFixture(fake)
    let model = try await fixture.pull()
    #expect(fixture.bytes(model.folder + "/config.json") == FakeHub.tiny[1].bytes)
  }

  @Test("A damaged part is thrown away and the file downloaded whole")
  func damagedPart() async throws {
    let fake = try FakeHub()
    let fixture = try HubFixture(fake)
    try FileManager.default.createDirectory(
      atPath: fixture.cache + "/blobs", withIntermediateDirectories: true)
    try Data(repeating: 7, count: 1000).write(to: URL(fileURLWithPath: part(fixture)))
    let heard = Heard()
    let model = try await fixture.pull(progress: heard.add)
    #expect(weights(fixture) == FakeHub.weights)
    let ranges = fake.requests.filter(\.isToStorage).map { $0.headers["range"] }
    #expect(ranges == ["bytes=1000-", nil])
    #expect(heard.all.last?.bytesDone == model.bytes)
  }

  @Test("A file that arrives damaged twice is refused and nothing of it kept")
  func wrongChecksum() async throws {
    let fake = try FakeHub { request, reply in
      var reply = reply
      if request.isToStorage { reply.body[5] ^= 1 }
      return reply
    }
    let fixture = try HubFixture(fake)
    let error = await hubError { try await fixture.pull() }
    guard case .wrongChecksum(let file, let expected, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(file == "model.safetensors" && expected == Self.etag)
    #expect(fake.requests.filter(\.isToStorage).count == 2)
    #expect(try fixture.listing(fixture.cache).filter { $0.contains(Self.etag) } == [])
  }

  @Test("More bytes than promised are not written")
  func tooLong() async throws {
    let fake = try FakeHub { request, reply in
      var reply = reply
      if request.isToStorage { reply.body.append(1) }
      return reply
    }
    let fixture = try HubFixture(fake)
    let error = await hubError { try await fixture.pull() }
    guard case .wrongSize(_, 300_000, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("A server that is busy is asked again when it says so")
  func retryAfter() async throws {
    let fake = try FakeHub { request, reply in
      guard request.path.contains("/tree/"), request.before < 2 else { return reply }
      return request.before == 0
        ? .init(status: 429, headers: ["Retry-After": "7"]) : .init(status: 503)
    }
    let fixture = try HubFixture(fake)
    _ = try await fixture.pull()
    #expect(fixture.waits.all == [7, 2, 7, 2, 7, 2])
  }

  @Test("A wait of an hour is left to the user")
  func longWait() async throws {
    let fake = try FakeHub { _, _ in .init(status: 429, headers: ["Retry-After": "3600"]) }
    let fixture = try HubFixture(fake)
    let error = await hubError { try await fixture.pull() }
    #expect(error == .rateLimited(host: "127.0.0.1", seconds: 3600, hasToken: false))
    #expect(fixture.waits.all == [])
  }

  @Test("A pull that is cancelled leaves a part that is gone on with")
  func cancelled() async throws {
    let isOver = Mutex(false)
    let fake = try FakeHub { request, reply in
      guard request.isToStorage, request.before == 0 else { return reply }
      var reply = reply
      reply.cutAfter = 120_000
      reply.isReleased = { isOver.withLock { $0 } }
      return reply
    }
    let fixture = try HubFixture(fake)
    let hasEnded = Mutex(false)
    let pulling = Task {
      defer { hasEnded.withLock { $0 = true } }
      return try await fixture.pull()
    }
    while (CacheFiles.size(part(fixture)) ?? 0) < 120_000, !hasEnded.withLock({ $0 }) {
      try await Task.sleep(for: .milliseconds(5))
    }
    pulling.cancel()
    await #expect(throws: CancellationError.self) { try await pulling.value }
    isOver.withLock { $0 = true }
    // What came before the cancelling was heard is kept, too.
    let kept = try #require(fixture.bytes(part(fixture)))
    #expect(kept.count >= 120_000 && kept == FakeHub.weights.prefix(kept.count))
    _ = try await fixture.pull()
    #expect(fake.requests.last { $0.isToStorage }?.headers["range"] == "bytes=\(kept.count)-")
    #expect(weights(fixture) == FakeHub.weights)
  }

  private func crc32(_ bytes: [UInt8]) -> [UInt8] {
    var sum: UInt32 = ~0
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return (0..<4).map { UInt8(truncatingIfNeeded: ~sum >> (8 * $0)) }
  }
}
