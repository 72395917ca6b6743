import Files
import Foundation
import SearchTestKit
import TestSupport
import Testing

@testable import Search

@Suite("Building an index")
struct IndexBuilderTests {
  let folder: TemporaryFolder
  let settings = IndexSettings(model: testModel, width: 2, type: .float32)

  init() throws { folder = try TemporaryFolder() }

  @Test("Until it is finished there is no index, and afterwards nothing of the build is left")
  func commitsAtOnce() throws {
    let builder = try IndexBuilder(folder("index"), settings: settings)
    try builder.add([testEntry(0)], vectors: [[1, 2]])
    #expect(throws: IndexError.unfinished(folder: folder("index"))) {
      try SearchIndex(opening: folder("index"))
    }
    try builder.finish()
    #expect(
      try folder.names(in: "index")
        == [".lock", "manifest.json", "metadata.1.sqlite", "vectors.1.npy"])
    try SearchIndex(opening: folder("index")).verify()
  }

  @Test("An index stays searchable while its successor is built", arguments: VectorType.allCases)
  func replacesAtOnce(type: VectorType) async throws {
    let old = try makeIndex(folder("index"), [[1, 0], [0, 1]], type: type)
    var settings = settings
    settings.type = type
    let builder = try IndexBuilder(folder("index"), settings: settings)
    try builder.add([testEntry(5)], vectors: [[1, 1]])
    #expect(try SearchIndex(opening: folder("index")).count == 2)
    try builder.finish()
    let new = try SearchIndex(opening: folder("index"))
    #expect(new.count == 1 && new.manifest.generation == 2)
    #expect(new.manifest.fingerprint != old.manifest.fingerprint)
    // Whoever has the old one open goes on with it.
    let found = try await old.store.nearest(to: [0, 1], limit: 1, among: .all)
    #expect(found.map(\.id) == ["picture 1"])
    #expect(try old.metadata.entry(at: 1)?.name == "picture 1")
    #expect(try folder.names(in: "index").filter { $0.contains(".1.") }.isEmpty)
  }

  @Test("Unchanged pictures keep their vectors; changed, new and lost ones are seen")
  func reusesUnchanged() throws {
    try makeIndex(folder("index"), [[1, 0], [0, 1], [1, 1]])
    let builder = try IndexBuilder(folder("index"), settings: settings)
    var changed = testEntry(1)
    changed.stamp = FileStamp(bytes: 1, modified: 2)
    var renamed = testEntry(0)
    renamed.title = "another title"
    #expect(try builder.reuses(renamed))
    #expect(try !builder.reuses(changed))
    #expect(try !builder.reuses(testEntry(9)))
    try builder.add([changed, testEntry(9)], vectors: [[0, -1], [-1, 0]])
    #expect(builder.reusedCount == 1 && builder.count == 3)
    try builder.finish()
    let index = try SearchIndex(opening: folder("index"))
    #expect(index.count == 3)
    #expect(try index.metadata.entry(at: 0)?.title == "another title")
    #expect(index.vectors.vector(at: 0) == [1, 0])
    #expect(index.vectors.vector(at: 1) == [0, -1])
  }

  @Test("An interrupted build is gone on with, twice", arguments: VectorType.allCases)
  func resumes(type: VectorType) throws {
    var settings = settings
    settings.type = type
    var numbers = SeededNumbers(1)
    let vectors = (0..<600).map { _ in numbers.vector(2) }
    func build(upTo end: Int, from start: Int, finishing: Bool) throws -> Int {
      let builder = try IndexBuilder(folder("index"), settings: settings)
      for row in 0..<end {
        if try builder.reuses(testEntry(row)) { continue }
        #expect(row >= start)
        try builder.add([testEntry(row)], vectors: [vectors[row]])
      }
      if finishing { try builder.finish() }
      return builder.reusedCount
    }
    #expect(try build(upTo: 300, from: 0, finishing: false) == 0)
    #expect(try build(upTo: 100, from: 300, finishing: false) == 100)
    #expect(try build(upTo: 600, from: 300, finishing: true) == 300)
    let index = try SearchIndex(opening: folder("index"))
    #expect(index.count == 600)
    for row in [0, 99, 299, 300, 599] {
      #expect(cosine(index.vectors.vector(at: row), vectors[row]) > 0.9999)
    }
    #expect(try folder.names(in: "index").allSatisfy { !$0.hasPrefix("building") })
  }

  @Test("Another model's vectors are never taken over")
  func otherModelStartsAnew() throws {
    try makeIndex(folder("index"), [[1, 0]])
    let other = IndexSettings(
      model: IndexedModel(name: "another"), width: 2, type: settings.type)
    let builder = try IndexBuilder(folder("index"), settings: other)
    #expect(try !builder.reuses(testEntry(0)))
    builder.discard()
    #expect(try SearchIndex(opening: folder("index")).count == 1)
  }

  @Test("What cannot be indexed is named")
  func namesTheProblem() throws {
    let builder = try IndexBuilder(folder("index"), settings: settings)
    #expect(throws: IndexError.badVector(entry: "picture 0", reason: "it is zero or not finite")) {
      try builder.add([testEntry(0)], vectors: [[0, 0]])
    }
    let reason = "it has 3 dimensions, not 2"
    #expect(throws: IndexError.badVector(entry: "picture 0", reason: reason)) {
      try builder.add([testEntry(0)], vectors: [[0, 0, 1]])
    }
    try builder.add([testEntry(1)], vectors: [[0, 1]])
    #expect(throws: IndexError.duplicate(entry: "picture 1")) {
      try builder.add([testEntry(1)], vectors: [[0, 1]])
    }
  }

  @Test("Two programs cannot build one index at a time")
  func locks() throws {
    let builder = try IndexBuilder(folder("index"), settings: settings)
    #expect(throws: IndexError.busy(folder: folder("index"))) {
      _ = try IndexBuilder(folder("index"), settings: settings)
    }
    #expect(throws: IndexError.nothingToIndex(folder: folder("index"))) { try builder.finish() }
  }

  @Test("A folder with something else in it is left alone")
  func refusesForeignFolders() throws {
    try FileManager.default.createDirectory(
      atPath: folder("photos"), withIntermediateDirectories: true)
    try folder.write(onePixel, to: "photos/p.png")
    #expect(throws: IndexError.notAnIndex(folder: folder("photos"))) {
      _ = try IndexBuilder(folder("photos"), settings: settings)
    }
    #expect(throws: IndexError.notAnIndex(folder: folder("photos/p.png"))) {
      _ = try IndexBuilder(folder("photos/p.png"), settings: settings)
    }
    #expect(try folder.names(in: "photos") == ["p.png"])
  }

  @Test("A full disk is said so", .enabled(if: access("/dev/full", W_OK) == 0, "no /dev/full here"))
  func tellsFullDisk() throws {
    let file = try OutputFile("/dev/full")
    let error = #expect(throws: FileError.self) { try file.write([1]) }
    #expect(IndexError(try #require(error)) == .diskFull(path: "/dev/full"))
    #expect(String(describing: IndexError.diskFull(path: "x")).contains("to continue"))
  }

  @Test("A folder that cannot be made is named with the system's reason")
  func tellsUnwritable() throws {
    let file = try folder.write([1], to: "file")
    let error = FileError(.write, file + "/a", reason: "Not a directory")
    #expect(throws: IndexError.file(error)) {
      _ = try IndexBuilder(file + "/a/b", settings: settings)
    }
  }
}
