import Dispatch
import Foundation
import GRDB
import Testing

@testable import Search

@Suite("What is known of pictures")
struct MetadataStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fill(_ writer: some DatabaseWriter) throws {
    try writer.write { store in
      try MetadataWriter.makeTable(in: store)
      try MetadataWriter.insert((0..<9).map(testEntry), from: 0, into: store)
    }
  }

  @Test("A queue in memory, a pool and the files of an index give the same answers")
  func anyReader() throws {
    let queue = try DatabaseQueue()
    try fill(queue)
    let pool = try DatabasePool(path: folder("pool.sqlite"))
    try fill(pool)
    let index = try makeIndex(folder("index"), (0..<9).map { [1, Float($0)] })
    let stores = [
      try MetadataStore([queue], path: "memory", folder: folder("index")),
      try MetadataStore([pool], path: pool.path, folder: folder("index")), index.metadata,
    ]
    for store in stores {
      #expect(try store.count() == 9 && store.isSound())
      #expect(try store.row(named: "picture 7") == 7)
      #expect(try store.row(named: "picture 9") == nil)
      #expect(try store.ids(at: [3, 9, 3]) == [3: "picture 3"])
      #expect(try store.entry(at: 4) == testEntry(4))
      let odd = SearchFilter(sources: ["odd"], concepts: ["concept 1"])
      #expect(try store.ids(passing: odd) == ["picture 1", "picture 7"])
      let rows = try store.rows(passing: odd, of: 9)
      #expect((0..<9).filter(rows.contains) == [1, 7] && rows.count == 2)
      #expect(try store.rows(passing: odd, of: 7).count == 1)
      let records = try store.records(
        of: ["picture 8", "stranger", "picture 2"], languages: ["ko"])
      #expect(records.mapValues(\.row) == ["picture 8": 8, "picture 2": 2])
      #expect(records["picture 2"]?.entry.captions == ["ko": ["사과 2"]])
    }
  }

  @Test("Rows come in the order of names, with others among them and without those removed")
  func ordersRows() throws {
    let index = try makeIndex(folder("index"), [[1], [1], [1], [1]]) {
      IndexEntry(name: ["b", "ä", "B", "z"][$0], location: .file(path: "/nowhere"))
    }
    var removed = RowSet()
    #expect(try index.metadata.rowsByID(of: 4, without: removed, and: []) == [2, 0, 3, 1])
    removed.insert(3)
    let others: [(id: VectorID, row: Int)] = [("A", 10), ("C", 11), ("c", 12), ("ö", 13)]
    #expect(
      try index.metadata.rowsByID(of: 4, without: removed, and: others)
        == [10, 2, 11, 0, 12, 1, 13])
  }

  @Test("Names that differ only in how an accent is encoded are two pictures")
  func distinguishesNames() throws {
    let names = ["caf\u{e9}", "cafe\u{301}"]
    let index = try makeIndex(folder("index"), [[1, 0], [0, 1]]) {
      IndexEntry(name: names[$0], location: .file(path: "/nowhere"))
    }
    #expect(try index.metadata.row(named: names[0]) == 0)
    #expect(try index.metadata.row(named: names[1]) == 1)
    let records = try index.metadata.records(of: names.map { VectorID($0) }, languages: nil)
    #expect(records.count == 2)
  }

  @Test("More ids than one statement takes are found")
  func manyIDs() throws {
    let index = try makeIndex(folder("index"), [[1, 0], [0, 1]])
    let ids = (0..<25_000).map { VectorID("stranger \($0)") } + ["picture 1"]
    #expect(try index.metadata.rows(of: ids) == ["picture 1": 1])
  }

  @Test("One asker does not wait for another")
  func readsSideBySide() throws {
    let metadata = try makeIndex(folder("index"), [[1, 0], [0, 1]]).metadata
    let isDone = DispatchSemaphore(value: 0)
    let result = try metadata.reading { _ in
      Thread.detachNewThread {
        if (try? metadata.count()) == 2 { isDone.signal() }
      }
      return isDone.wait(timeout: .now() + 30)
    }
    #expect(result == .success)
  }

  @Test("An index that was replaced by another in its place is read on")
  func outlivesItsFile() throws {
    let old = try makeIndex(folder("index"), [[1, 0], [0, 1]])
    try FileManager.default.removeItem(atPath: folder("index"))
    // The new one's files have the names of the old one's.
    try makeIndex(folder("index"), [[1, 0]]) { _ in
      IndexEntry(name: "new", location: .file(path: "/nowhere"))
    }
    for _ in 0..<10 { #expect(try old.metadata.entry(at: 1)?.name == "picture 1") }
  }
}
