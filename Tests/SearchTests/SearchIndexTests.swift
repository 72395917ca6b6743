import Foundation
import Search
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

  @Test("Finds what comparing with every vector finds", arguments: VectorType.allCases)
  func isExact(type: VectorType) throws {
    let vectors = vectors(300)
    let index = try makeIndex(folder("index"), vectors, type: type)
    var numbers = SeededNumbers(8)
    for _ in 0..<20 {
      let query = numbers.vector(24)
      let scores = vectors.map { cosine($0, query) }
      let best = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(10)
      let found = try index.nearest(to: query, limit: 10)
      #expect(found.count == 10)
      let tolerance: Float = type == .float32 ? 1e-5 : 1e-3
      for (hit, row) in zip(found, best) {
        #expect(abs(hit.score - scores[row]) < tolerance)
        #expect(abs(scores[hit.row] - scores[row]) < tolerance)
      }
    }
  }

  @Test("Many tasks find the same as one, over more rows than one task takes")
  func partsAgree() async throws {
    let vectors = vectors(20_000, width: 64)
    let index = try makeIndex(folder("index"), vectors)
    let query = vectors[12_345]
    let alone = try index.nearest(to: query, limit: 7)
    #expect(alone.first?.row == 12_345)
    #expect(alone.map(\.score) == alone.map(\.score).sorted(by: >))
    try await withThrowingTaskGroup(of: [Neighbour].self) { group in
      for _ in 0..<8 { group.addTask { try index.nearest(to: query, limit: 7) } }
      for try await found in group { #expect(found == alone) }
    }
  }

  @Test("A picture finds itself with score one", arguments: VectorType.allCases)
  func findsItself(type: VectorType) throws {
    let vectors = vectors(50)
    let index = try makeIndex(folder("index"), vectors, type: type)
    for row in [0, 17, 49] {
      let hit = try #require(try index.nearest(to: index.vector(at: row), limit: 1).first)
      #expect(hit.row == row)
      #expect(abs(hit.score - 1) < 1e-3 && hit.score <= 1)
    }
  }

  @Test("A filter leaves the others out and still fills the limit")
  func filters() throws {
    let index = try makeIndex(folder("index"), vectors(60))
    let query = try index.vector(at: 3)
    let odd = try index.search(query, limit: 10, where: SearchFilter(sources: ["odd"]))
    #expect(odd.count == 10 && odd.allSatisfy { $0.entry.source == "odd" })
    let both = SearchFilter(sources: ["odd"], concepts: ["concept 0", "concept 1"])
    let fewer = try index.search(query, limit: 60, where: both)
    #expect(fewer.count == 20)
    #expect(try index.search(query, limit: 5, where: SearchFilter(licenses: ["none"])).isEmpty)
    #expect(try index.search(query, limit: 5, where: SearchFilter(sources: ["o' OR 1=1"])).isEmpty)
  }

  @Test("A limit larger than the index gives everything once")
  func limitIsClamped() throws {
    let index = try makeIndex(folder("index"), vectors(9))
    let found = try index.nearest(to: index.vector(at: 0), limit: 100)
    #expect(Set(found.map(\.row)) == Set(0..<9))
    #expect(try index.nearest(to: index.vector(at: 0), limit: 0).isEmpty)
  }

  @Test("Captions come in the language asked for, in a shorter form of it, then in English")
  func captionsFollowTheLanguage() throws {
    let index = try makeIndex(folder("index"), vectors(3))
    func caption(_ language: String?) throws -> Hit.Caption? {
      try index.search(
        index.vector(at: 1), limit: 1, language: language.map(languageTag)
      ).first?.caption
    }
    #expect(try caption("ko") == Hit.Caption("사과 1", language: "ko"))
    #expect(try caption("ko-KR") == Hit.Caption("사과 1", language: "ko"))
    #expect(try caption("sw") == Hit.Caption("apple 1", language: "en"))
    #expect(try caption(nil) == Hit.Caption("apple 1", language: "en"))
  }

  @Test("An entry comes back as it was given")
  func entriesSurvive() throws {
    let given = IndexEntry(
      name: "부엌/사과\u{301}.png", location: .part(path: "/a b/ü.tar", offset: 512, length: 99),
      title: "“x” \\ y", captions: ["zh-Hant": ["蘋果", "紅蘋果"], "ar": ["تفاحة"]],
      stamp: FileStamp(bytes: 5, modified: 6))
    let index = try makeIndex(folder("index"), [[1, 0]]) { _ in given }
    let entry = try #require(try index.entry(at: 0))
    #expect(entry == given)
    #expect(Array(entry.name.utf8) == Array(given.name.utf8))
    #expect(try index.entry(at: 1) == nil && index.entry(at: -1) == nil)
    #expect(index.manifest.languages == ["ar", "zh-Hant"])
  }

  @Test("An index moves together with the pictures beside it")
  func pathsMove() throws {
    try FileManager.default.createDirectory(
      atPath: folder("one"), withIntermediateDirectories: true)
    let picture = try folder.write(onePixel, to: "one/p.png")
    try makeIndex(folder("one/index"), [[1, 0]]) { _ in
      IndexEntry(name: "p", location: .file(path: picture))
    }
    try FileManager.default.moveItem(atPath: folder("one"), toPath: folder("two"))
    let index = try SearchIndex(opening: folder("two/index"))
    #expect(try index.entry(at: 0)?.location == .file(path: folder("two/p.png")))
    #expect(
      try index.search([1, 0], limit: 1).first?.entry.location == .file(path: folder("two/p.png")))
  }

  @Test("Vectors that do not fit are refused, not searched")
  func refusesBadVectors() throws {
    let index = try makeIndex(folder("index"), [[1, 0, 0]])
    #expect(throws: SearchError.wrongWidth(expected: 3, found: 2)) {
      try index.nearest(to: [1, 0], limit: 1)
    }
    for bad: [Float] in [[0, 0, 0], [.nan, 0, 0], [.infinity, 0, 0]] {
      #expect(throws: SearchError.self) { try index.nearest(to: bad, limit: 1) }
    }
    #expect(throws: SearchError.unknownPicture(id: 1)) { try index.vector(at: 1) }
  }
}
