import Foundation
import Search
import SearchTestKit
import TestSupport
import Testing

@Suite("Searching an index")
struct SearchIndexTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func vectors(_ count: Int, width: Int = 24) -> [[Float]] {
    var numbers = SeededNumbers(7)
    return (0..<count).map { _ in numbers.vector(width) }
  }

  @Test("Many tasks find the same as one, over more rows than one task takes")
  func partsAgree() async throws {
    let vectors = vectors(20_000, width: 64)
    let index = try makeIndex(folder("index"), vectors)
    let query = vectors[12_345]
    let alone = try await index.store.nearest(to: query, limit: 7, among: .all)
    #expect(alone.first?.id == "picture 12345")
    #expect(alone.map(\.score) == alone.map(\.score).sorted(by: >))
    try await withThrowingTaskGroup(of: [StoredNeighbour].self) { group in
      for _ in 0..<8 {
        group.addTask { try await index.store.nearest(to: query, limit: 7, among: .all) }
      }
      for try await found in group { #expect(found == alone) }
    }
  }

  @Test("A picture finds itself with score one", arguments: VectorType.allCases)
  func findsItself(type: VectorType) async throws {
    let index = try makeIndex(folder("index"), vectors(50), type: type)
    for id: VectorID in ["picture 0", "picture 17", "picture 49"] {
      let vector = try #require(try await index.store.vectors(of: [id])[0])
      let hit = try #require(
        try await index.store.nearest(to: vector, limit: 1, among: .all).first)
      #expect(hit.id == id)
      #expect(abs(hit.score - 1) < 1e-3 && hit.score <= 1)
    }
  }

  @Test("More pictures of one score than a limit takes are chosen by their names, at every limit")
  func cutsTies() async throws {
    let order = (0..<200).map { $0 * 77 % 200 }
    let index = try makeIndex(folder("index"), [[Float]](repeating: [3, 4], count: 200)) {
      IndexEntry(name: String(1000 + order[$0]), location: .file(path: "/nowhere"))
    }
    for limit in [1, 2, 3, 50, 199, 200] {
      let found = try await index.store.nearest(to: [4, 3], limit: limit, among: .all)
      #expect(found.map(\.id) == (0..<limit).map { VectorID(String(1000 + $0)) })
    }
  }

  @Test("A filter leaves the others out and still fills the limit")
  func filters() async throws {
    let engine = try makeEngine(makeIndex(folder("index"), vectors(60)), width: 24)
    func hits(_ filter: SearchFilter, limit: Int) async throws -> [Hit] {
      let request = SearchRequest(operands: [.init(.indexed(3))], limit: limit, filter: filter)
      return try await engine.search(request).hits
    }
    let odd = try await hits(SearchFilter(sources: ["odd"]), limit: 10)
    #expect(odd.count == 10 && odd.allSatisfy { $0.entry.source == "odd" })
    #expect(odd.first?.id == 3)
    let both = SearchFilter(sources: ["odd"], concepts: ["concept 0", "concept 1"])
    #expect(try await hits(both, limit: 60).count == 20)
    #expect(try await hits(SearchFilter(licenses: ["none"]), limit: 5).isEmpty)
    #expect(try await hits(SearchFilter(sources: ["o' OR 1=1"]), limit: 5).isEmpty)
  }

  @Test("Captions come in the language asked for, in a shorter form of it, then in English")
  func captionsFollowTheLanguage() async throws {
    let engine = try makeEngine(makeIndex(folder("index"), vectors(3)), width: 24)
    func caption(_ language: String?) async throws -> Hit.Caption? {
      let request = SearchRequest(
        operands: [.init(.indexed(1))], limit: 1, language: language.map(languageTag))
      return try await engine.search(request).hits.first?.caption
    }
    #expect(try await caption("ko") == Hit.Caption("사과 1", language: "ko"))
    #expect(try await caption("ko-KR") == Hit.Caption("사과 1", language: "ko"))
    #expect(try await caption("sw") == Hit.Caption("apple 1", language: "en"))
    #expect(try await caption(nil) == Hit.Caption("apple 1", language: "en"))
  }

  @Test("An entry comes back as it was given")
  func entriesSurvive() throws {
    let given = IndexEntry(
      name: "부엌/사과\u{301}.png", location: .part(path: "/a b/ü.tar", offset: 512, length: 99),
      title: "“x” \\ y", captions: ["zh-Hant": ["蘋果", "紅蘋果"], "ar": ["تفاحة"]],
      stamp: FileStamp(bytes: 5, modified: 6))
    let index = try makeIndex(folder("index"), [[1, 0]]) { _ in given }
    let entry = try #require(try index.metadata.entry(at: 0))
    #expect(entry == given)
    #expect(Array(entry.name.utf8) == Array(given.name.utf8))
    #expect(try index.metadata.entry(at: 1) == nil && index.metadata.entry(at: -1) == nil)
    #expect(index.manifest.languages == ["ar", "zh-Hant"])
  }

  @Test("An index moves together with the pictures beside it")
  func pathsMove() async throws {
    try FileManager.default.createDirectory(
      atPath: folder("one"), withIntermediateDirectories: true)
    let picture = try folder.write(onePixel, to: "one/p.png")
    try makeIndex(folder("one/index"), [[1, 0, 0, 0]]) { _ in
      IndexEntry(name: "p", location: .file(path: picture))
    }
    try FileManager.default.moveItem(atPath: folder("one"), toPath: folder("two"))
    let index = try SearchIndex(opening: folder("two/index"))
    #expect(try index.metadata.entry(at: 0)?.location == .file(path: folder("two/p.png")))
    let hits = try await makeEngine(index).search(SearchRequest(text: "a", limit: 1)).hits
    #expect(hits.first?.entry.location == .file(path: folder("two/p.png")))
  }
}
