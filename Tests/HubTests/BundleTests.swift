import Files
import Foundation
import TestSupport
import Testing

@testable import Hub

@Suite("The cache's models, and bundles of them")
struct BundleTests {
  private let long = String(repeating: "ordner/", count: 20) + "höhe.bin"

  private var files: [(path: String, bytes: Data, isLarge: Bool)] {
    FakeHub.tiny + [(long, Data("tief".utf8), false), ("empty", Data(), false)]
  }

  /// A fixture that has the model, and its bundle.
  private func bundle() async throws -> (HubFixture, path: String) {
    let fixture = try HubFixture(try FakeHub(files))
    _ = try await fixture.pull()
    let path = fixture.folder.path + "/model.tar"
    try fixture.hub.exportBundle(try fixture.name, to: path)
    return (fixture, path)
  }

  @Test("A bundle makes the same cache on another machine")
  func roundTrip() async throws {
    let (here, path) = try await bundle()
    let there = try HubFixture()
    let model = try #require(try there.hub.importBundle(path).first)
    #expect(model.files.count == 6 && model.license == "cc-by-nc-4.0")
    let listed = try here.listing(here.cache).filter { !$0.hasPrefix("trees/") }
    #expect(try there.listing(there.cache) == listed)
    for file in files { #expect(there.bytes(model.folder + "/" + file.path) == file.bytes) }
    var offline = there.settings
    offline.isOffline = true
    #expect(try await Hub(offline).pull(try there.name).folder == model.folder)
    #expect(try there.listing(there.settings.cacheFolder).allSatisfy { !$0.contains("import") })
  }

  @Test("The same model makes the same bundle")
  func isReproducible() async throws {
    let (fixture, path) = try await bundle()
    try fixture.hub.exportBundle(try fixture.name, to: path + "2")
    #expect(fixture.bytes(path) == fixture.bytes(path + "2"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).count == 3)
  }

  @Test("A bundle that is cut or changed anywhere is refused, and nothing imported")
  func damage() async throws {
    let (fixture, path) = try await bundle()
    let whole = try #require(fixture.bytes(path))
    let bad = fixture.folder.path + "/bad.tar"
    // Zero padding means nothing; every other byte does. Strides keep this quick.
    let places = Array(stride(from: 0, to: 12_000, by: 97)) + [whole.count / 2]
    for place in places where whole[place] != 0 {
      var bytes = whole
      bytes[place] ^= 0x10
      try expectRefused(bytes, at: bad, "byte \(place)")
    }
    for length in [0, 1, 511, 512, 700, 5000, whole.count / 2, whole.count - 1024] {
      try expectRefused(whole.prefix(length), at: bad, "length \(length)")
    }
  }

  @Test("Entries that lie about their place, their kind or their size are refused")
  func lies() async throws {
    let (fixture, path) = try await bundle()
    let whole = try #require(fixture.bytes(path))
    let bad = fixture.folder.path + "/bad.tar"
    let body = try TarHeader(block: Array(whole.prefix(512)))
    let manifest = String(decoding: whole[512..<512 + body.size], as: UTF8.self)
    let changes = [
      ("\"path\" : \"config.json\"", "\"path\" : \"../config\""),
      ("\"path\" : \"config.json\"", "\"path\" : \"README.md\""),
      ("tiny/model", "../../etc"), (FakeHub.commit, "../../../../x"),
      ("\"main\"", "\"../../x\""), (FakeHub.git(FakeHub.tiny[1].bytes), "../../../x"),
      ("\"size\" : 12", "\"size\" : -12"), ("\"size\" : 12", "\"size\" : 9223372036854775807"),
      ("pictoglot-bundle-1", "pictoglot-bundle-9"),
    ]
    for (old, new) in changes {
      #expect(manifest.contains(old))
      let lie = Data(manifest.replacingOccurrences(of: old, with: new).utf8)
      let padding = Data(count: TarHeader.padding(lie.count))
      let header = TarHeader(name: BundleManifest.name, size: lie.count)
      let end = 512 + body.size + TarHeader.padding(body.size)
      try expectRefused(
        Data(header.blocks) + lie + padding + whole.dropFirst(end), at: bad, new)
    }
    // A link where a file should be.
    let first = 512 + body.size + TarHeader.padding(body.size)
    let entry = try TarHeader(block: Array(whole[first..<first + 512]))
    let link = TarHeader(name: entry.name, size: entry.size, kind: UInt8(ascii: "2"))
    try expectRefused(
      whole.prefix(first) + Data(link.blocks) + whole.dropFirst(first + 512), at: bad, "link")
    try expectRefused(
      whole.dropLast(1024) + Data(TarHeader(name: "more", size: 0).blocks) + Data(count: 1024),
      at: bad, "more")
  }

  @Test("A bundle of several models brings all of them, and lies about any of them are refused")
  func companions() async throws {
    let (here, _) = try await bundle()
    let other = CacheFolder(root: here.settings.cacheFolder, repository: "tiny/tokens")
    let words = here.folder.path + "/words"
    try CacheFiles.makeFolder(other.path + "/blobs")
    let etag = FakeHub.git(Data("hund".utf8))
    try Data("hund".utf8).write(to: URL(fileURLWithPath: words))
    try CacheFiles.move(words, to: other.blob(etag))
    try other.place("vocab.txt", etag: etag, in: FakeHub.commit, linked: true)
    try other.setCommit(FakeHub.commit, of: "main")
    let path = here.folder.path + "/both.tar"
    var done: (Int64, Int64) = (0, 0)
    try here.hub.exportBundle(
      try here.name, with: [try ModelName("tiny/tokens")], to: path
    ) { done = ($0, $1) }
    #expect(done.0 == done.1 && done.1 > 600_000)

    let there = try HubFixture()
    let models = try there.hub.importBundle(path)
    #expect(models.map { "\($0.name)" } == ["tiny/model", "tiny/tokens"])
    #expect(there.bytes(models[1].folder + "/vocab.txt") == Data("hund".utf8))
    #expect(there.hub.cachedModels().map(\.repository) == ["tiny/model", "tiny/tokens"])

    let whole = try #require(here.bytes(path))
    let bad = here.folder.path + "/bad.tar"
    let last = try #require(whole.range(of: Data("hund".utf8), options: .backwards))
    var changed = whole
    changed[last.lowerBound] ^= 1
    try expectRefused(changed, at: bad, "a companion's file")
    for (old, new) in [("tiny/tokens", "tiny/model_"), ("tiny/tokens", "../../token")] {
      var lie = whole
      lie.replaceSubrange(try #require(whole.range(of: Data(old.utf8))), with: Data(new.utf8))
      try expectRefused(lie, at: bad, new)
    }
  }

  private func expectRefused(_ bytes: Data, at path: String, _ what: String) throws {
    try bytes.write(to: URL(fileURLWithPath: path))
    let there = try HubFixture()
    do {
      _ = try there.hub.importBundle(path)
      Issue.record("\(what) was imported")
    } catch let error as HubError {
      guard case .badBundle = error else {
        Issue.record("\(what): \(error)")
        return
      }
    }
    #expect(CacheFiles.paths(under: there.settings.cacheFolder) == [])
  }

  @Test("A damaged cache is not handed on")
  func damagedCache() async throws {
    let (fixture, path) = try await bundle()
    let blob = fixture.cache + "/blobs/" + FakeHub.git(FakeHub.tiny[1].bytes)
    try Data("{\"width\": 9}".utf8).write(to: URL(fileURLWithPath: blob))
    let before = fixture.bytes(path)
    let hub = fixture.hub
    let error = await hubError { try hub.exportBundle(try fixture.name, to: path) }
    guard case .wrongChecksum = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(fixture.bytes(path) == before)
  }

  @Test("The cache's models are listed with size, revisions and license")
  func list() async throws {
    let fixture = try HubFixture(try FakeHub())
    #expect(fixture.hub.cachedModels() == [])
    _ = try await fixture.pull()
    let models = fixture.hub.cachedModels()
    let model = try #require(models.first)
    #expect(models.count == 1 && model.repository == "tiny/model")
    #expect(model.revisions == [.init(name: "main", commit: FakeHub.commit)])
    #expect(model.commits == [FakeHub.commit] && model.license == "cc-by-nc-4.0")
    #expect(model.bytes > 300_000 && model.path == fixture.cache)
  }

  @Test("Removing a revision keeps what others share; removing the model leaves nothing")
  func remove() async throws {
    let fixture = try HubFixture(try FakeHub())
    let model = try await fixture.pull()
    let other = String(repeating: "ab", count: 20)
    let cache = CacheFolder(root: fixture.settings.cacheFolder, repository: "tiny/model")
    let shared = FakeHub.git(FakeHub.tiny[1].bytes)
    try cache.place("config.json", etag: shared, in: other, linked: true)
    try cache.setCommit(other, of: "old")
    let freed = try fixture.hub.remove(try ModelName("tiny/model@main"))
    #expect(freed > 300_000 && !FileManager.default.fileExists(atPath: model.folder))
    #expect(try fixture.hub.cached(fixture.name) == nil)
    #expect(
      try fixture.listing(fixture.cache)
        == [
          "blobs/\(shared)", "refs/old",
          "snapshots/\(other)/config.json -> ../../blobs/\(shared)",
        ])
    try fixture.hub.remove(try fixture.name)
    #expect(!FileManager.default.fileExists(atPath: fixture.cache))
    #expect(throws: HubError.notCached("tiny/model", offline: false)) {
      try fixture.hub.remove(try fixture.name)
    }
  }
}
