import Foundation
import Synchronization
import Testing

@testable import Search

@Suite("An index that is built again while it is searched")
struct LiveSearchEngineTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What the engine reported.
  private final class Report: Sendable {
    let lines = Mutex<[String]>([])
  }

  private func first(_ engine: LiveSearchEngine, _ text: String) async throws -> String? {
    try await engine.search(SearchRequest(text: text, limit: 1)).hits.first?.entry.name
  }

  @Test("The new index answers, and it is told once")
  func takesTheNew() async throws {
    let report = Report()
    let index = try makeIndex(folder("index"), [[1, 0, 0, 0], [0, 1, 0, 0]])
    let engine = LiveSearchEngine(try makeEngine(index), of: index) {
      line in report.lines.withLock { $0.append(line) }
    }
    #expect(try await first(engine, "b") == "picture 1")
    let version = engine.info.version
    try makeIndex(folder("index"), [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]])
    #expect(try await first(engine, "b") == "picture 2")
    #expect(engine.info.count == 3 && engine.info.version != version)
    #expect(
      report.lines.withLock { $0 } == ["The index was built again: 3 pictures now, 2 before."])
  }

  @Test("No search is lost while indexes are replaced, and each is of one index alone")
  func losesNothing() async throws {
    let index = try makeIndex(folder("index"), [[1, 0, 0, 0]])
    let engine = LiveSearchEngine(try makeEngine(index), of: index) {
      _ in
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<50 {
            let hits = try await engine.search(SearchRequest(text: "a", limit: 500)).hits
            // An index of n pictures has n hits, and its last picture is the nearest.
            guard hits.first?.entry.name == "picture \(hits.count - 1)" else { return false }
          }
          return true
        }
      }
      for count in 2...9 {
        try makeIndex(
          folder("index"), (1...count).map { [1, $0 == count ? 0 : 1, 0, 0] })
      }
      for try await isWhole in group { #expect(isWhole) }
    }
    #expect(engine.info.count == 9)
  }

  @Test("What cannot be opened, is of another model or is gone leaves the old one in use")
  func keepsTheOld() async throws {
    let report = Report()
    let index = try makeIndex(folder("index"), [[1, 0, 0, 0], [0, 1, 0, 0]])
    let engine = LiveSearchEngine(try makeEngine(index), of: index) {
      line in report.lines.withLock { $0.append(line) }
    }
    try makeIndex(
      folder("index"), [[0, 1, 0, 0]], model: IndexedModel(name: "another", id: "x"))
    #expect(try await first(engine, "b") == "picture 1")
    #expect(report.lines.withLock { $0.count } == 1)
    #expect(report.lines.withLock { $0[0].contains("“another”") })
    try folder.write(Array("{}".utf8), to: "index/manifest.json")
    #expect(try await first(engine, "b") == "picture 1")
    #expect(report.lines.withLock { $0.count } == 2)
    try FileManager.default.removeItem(atPath: folder("index"))
    #expect(try await first(engine, "a") == "picture 0")
    #expect(report.lines.withLock { $0.count } == 2)
  }
}
