import Foundation
import TestSupport
import Testing

@testable import Hub

@Suite("Pulling a model")
struct PullTests {
  /// What huggingface_hub 2.4.0 makes of the same files: `Tools/references/hub.py layout`.
  private static let layout: [String] = {
    let folder = "models--tiny--model"
    let blobs = [
      "4caf197b999836d2f52f4111b1be82bef5388d04",
      "94cd1d1bb9f2d4fd420b7b43fd050392c70bb269a268f806cce386d26c95717b",
      "f0f001196cde8fd375f7c199dcf30ebb0bd1463c",
      "f857d8af610c53393ab772c0e294012aaf19fcf5",
    ]
    let snapshot = folder + "/snapshots/0123456789abcdef0123456789abcdef01234567"
    return [
      blobs.map { ".locks/\(folder)/\($0).lock" }, ["CACHEDIR.TAG"],
      blobs.map { "\(folder)/blobs/\($0)" }, [folder + "/refs/main"],
      [
        "\(snapshot)/README.md -> ../../blobs/\(blobs[3])",
        "\(snapshot)/config.json -> ../../blobs/\(blobs[2])",
        "\(snapshot)/model.safetensors -> ../../blobs/\(blobs[1])",
        "\(snapshot)/tokenizer/vocab é.txt -> ../../../blobs/\(blobs[0])",
        "\(folder)/trees/0123456789abcdef0123456789abcdef01234567.json",
      ],
    ].flatMap { $0 }
  }()

  @Test("The cache is laid out as huggingface_hub lays it out")
  func layout() async throws {
    let fake = try FakeHub()
    let fixture = try HubFixture(fake)
    let model = try await fixture.pull()
    let commit = FakeHub.commit
    #expect(try fixture.listing(fixture.settings.cacheFolder) == Self.layout)
    #expect(fixture.bytes(fixture.cache + "/refs/main") == Data(commit.utf8))
    #expect(model.folder == fixture.cache + "/snapshots/" + commit)
    #expect(model.license == "cc-by-nc-4.0")
    #expect(model.downloaded == model.bytes)
    #expect(fixture.bytes(model.folder + "/model.safetensors") == FakeHub.weights)
    let tag = try #require(fixture.bytes(fixture.settings.cacheFolder + "/CACHEDIR.TAG"))
    #expect(tag.starts(with: Data("Signature: 8a477f597d28d172789f06886806bc55\n".utf8)))
  }

  @Test("What is there is not asked for again")
  func secondPullDownloadsNothing() async throws {
    let fake = try FakeHub()
    let fixture = try HubFixture(fake)
    _ = try await fixture.pull()
    let before = fake.requests.count
    let again = try await fixture.pull()
    #expect(fake.requests.count == before + 1)
    #expect(again.downloaded == 0)
    #expect(again.files.count == 4)
  }

  @Test("Only the wanted files are downloaded")
  func onlyWanted() async throws {
    let fake = try FakeHub()
    let fixture = try HubFixture(fake)
    let model = try await fixture.pull { $0.filter { $0.path.hasSuffix(".json") } }
    #expect(model.files == ["config.json"])
    #expect(!fake.requests.contains { $0.isToStorage })
    #expect(
      await hubError { try await fixture.pull { _ in [] } } == .nothingWanted("tiny/model"))
  }

  @Test("The token goes to the endpoint alone")
  func tokenStaysHome() async throws {
    let fake = try FakeHub()
    var fixture = try HubFixture(fake)
    fixture.settings.token = "hf_secret"
    _ = try await fixture.pull()
    let (storage, hub) = (
      fake.requests.filter(\.isToStorage), fake.requests.filter { !$0.isToStorage }
    )
    #expect(storage.count == 1)
    #expect(storage.allSatisfy { $0.headers["authorization"] == nil })
    #expect(hub.allSatisfy { $0.headers["authorization"] == "Bearer hf_secret" })
    #expect(fake.requests.allSatisfy { $0.headers["accept-encoding"] == "identity" })
  }

  @Test("Without symbolic links the files themselves lie in the snapshot")
  func withoutLinks() async throws {
    let fake = try FakeHub()
    var fixture = try HubFixture(fake)
    fixture.settings.usesSymbolicLinks = false
    let model = try await fixture.pull()
    #expect(
      try fixture.listing(model.folder)
        == ["README.md", "config.json", "model.safetensors", "tokenizer/vocab é.txt"])
    #expect(try await fixture.pull().downloaded == 0)
  }

  @Test("A revision with slashes has its ref in folders")
  func revisionWithSlashes() async throws {
    let fake = try FakeHub()
    let fixture = try HubFixture(fake)
    let name = try ModelName("tiny/model@refs/pr/1")
    let model = try await fixture.hub.pull(name)
    #expect(fixture.bytes(fixture.cache + "/refs/refs/pr/1") == Data(FakeHub.commit.utf8))
    #expect(fixture.hub.cached(name) == model.folder)
  }

  @Test("The progress of all files adds up")
  func progressAddsUp() async throws {
    let fake = try FakeHub()
    let fixture = try HubFixture(fake)
    let heard = Heard()
    let model = try await fixture.pull(progress: heard.add)
    let last = try #require(heard.all.last)
    #expect(last.files == 4 && last.filesDone == 4)
    #expect(last.bytes == model.bytes && last.bytesDone == model.bytes)
  }

  @Test("Two pulls at the same time download once, and the second says that it waits")
  func twoAtOnce() async throws {
    let (first, second) = (Heard(), Heard())
    let isWaiting: @Sendable () -> Bool = { first.isWaiting || second.isWaiting }
    let fake = try FakeHub { request, reply in
      // The one who downloads is kept from finishing until the other waits; then it is cut off,
      // and goes on.
      guard request.isToStorage, request.before == 0 else { return reply }
      var reply = reply
      reply.cutAfter = 1000
      reply.isReleased = isWaiting
      return reply
    }
    let fixture = try HubFixture(fake)
    async let one = fixture.pull(progress: first.add)
    async let two = fixture.pull(progress: second.add)
    #expect(try await one.files == two.files)
    #expect(isWaiting())
    #expect(fake.requests.filter(\.isToStorage).count == 2)
  }

  @Test("A folder of the user's is taken as it is")
  func localFolder() async throws {
    let fixture = try HubFixture()
    try Data("{}".utf8).write(to: URL(fileURLWithPath: fixture.folder.path + "/config.json"))
    let model = try await fixture.hub.pull(try ModelName("local-dir:" + fixture.folder.path))
    #expect(model.files == ["config.json"] && model.commit == nil)
    let missing = ModelName.folder("/no/such/folder")
    #expect(await hubError { try await fixture.hub.pull(missing) } == .noFolder("/no/such/folder"))
  }
}
