import Foundation
import Search
import Testing

@Suite("Opening an index that is not right")
struct BrokenIndexTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func error(_ name: String = "index") -> String {
    do {
      _ = try SearchIndex(opening: folder(name))
      return "opened"
    } catch {
      return String(describing: error)
    }
  }

  private func edit(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
    let path = folder("index/" + name)
    var bytes = Array(try #require(FileManager.default.contents(atPath: path)))
    change(&bytes)
    try folder.write(bytes, to: "index/" + name)
  }

  private func editManifest(_ old: String, _ new: String) throws {
    try edit("manifest.json") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      bytes = Array(text.replacingOccurrences(of: old, with: new).utf8)
    }
  }

  @Test("A folder without an index says how to make one")
  func missing() {
    #expect(error("none").contains("no index in \(folder("none"))"))
    #expect(error("none").contains("pictoglot index"))
  }

  @Test("A file cut short, lengthened, emptied or removed is named")
  func sizes() throws {
    for name in ["vectors.1.npy", "metadata.1.sqlite"] {
      try? FileManager.default.removeItem(atPath: folder("index"))
      try makeIndex(folder("index"), [[1, 0], [0, 1]])
      try edit(name) { $0.removeLast(5) }
      #expect(error().contains(name) && error().contains("bytes instead of"))
      try edit(name) { $0 += [UInt8](repeating: 0, count: 10) }
      #expect(error().contains(name) && error().contains("bytes instead of"))
      try edit(name) { $0 = [] }
      #expect(error().contains(name) && error().contains("has 0 bytes"))
      try FileManager.default.removeItem(atPath: folder("index/" + name))
      #expect(error().contains(name) && error().contains("gone"))
    }
  }

  @Test("A changed byte is found by verifying")
  func checksums() throws {
    for (name, place) in [("vectors.1.npy", 130), ("metadata.1.sqlite", 5000)] {
      try? FileManager.default.removeItem(atPath: folder("index"))
      try makeIndex(folder("index"), [[1, 0], [0, 1]])
      try edit(name) { $0[min(place, $0.count - 1)] ^= 1 }
      #expect {
        try SearchIndex(opening: folder("index")).verify()
      } throws: {
        String(describing: $0).contains(name)
      }
    }
  }

  @Test("Metadata that is no database is an error, not a crash")
  func garbageMetadata() async throws {
    try makeIndex(folder("index"), [[1, 0], [0, 1]])
    try edit("metadata.1.sqlite") { bytes in
      for place in bytes.indices { bytes[place] = UInt8(truncatingIfNeeded: place &* 7) }
    }
    await #expect(throws: IndexError.self) {
      try await SearchIndex(opening: folder("index")).store.nearest(
        to: [1, 0], limit: 1, among: .all)
    }
  }

  @Test("A manifest that makes no sense is an error, whatever is wrong with it")
  func manifests() throws {
    let changes = [
      ("\"pictoglot-index\"", "\"something\""), ("\"count\" : 2", "\"count\" : -2"),
      ("\"count\" : 2", "\"count\" : 3"), ("\"count\" : 2", "\"count\" : 9223372036854775807"),
      ("\"width\" : 2", "\"width\" : 0"), ("\"width\" : 2", "\"width\" : \"two\""),
      ("vectors.1.npy", "../vectors.1.npy"), ("float32", "float8"), ("{", "["),
    ]
    for (old, new) in changes {
      try? FileManager.default.removeItem(atPath: folder("index"))
      try makeIndex(folder("index"), [[1, 0], [0, 1]])
      try editManifest(old, new)
      #expect(error().contains("damaged"), "\(old) → \(new)")
    }
  }

  @Test("A newer format asks for a newer program")
  func newer() throws {
    try makeIndex(folder("index"), [[1, 0]])
    try editManifest("\"version\" : 1", "\"version\" : 2")
    #expect(error().contains("format 2") && error().contains("newer Pictoglot"))
  }

  @Test("An index of another model names both models")
  func otherModel() throws {
    let index = try makeIndex(folder("index"), [[1, 0, 0, 0]])
    func problem(_ embedder: LetterEmbedder) -> String {
      do {
        _ = try IndexSearchEngine(index: index, embedder: embedder, pictures: PNGAlone())
        return ""
      } catch {
        return String(describing: error)
      }
    }
    let other = problem(LetterEmbedder(modelName: "big", modelID: "x"))
    #expect(other.contains("“a test model”") && other.contains("“big”"))
    #expect(problem(LetterEmbedder(modelID: "x")).contains("another state"))
    #expect(problem(LetterEmbedder(width: 5)).contains("have 4 dimensions"))
    #expect(problem(LetterEmbedder()).isEmpty)
  }
}
