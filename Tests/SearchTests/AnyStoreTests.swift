import GRDB
import SearchTestKit
import Synchronization
import TestSupport
import Testing

@testable import Search

@Suite("A search engine over any store")
struct AnyStoreTests {
  private let folder: TemporaryFolder
  private let index: SearchIndex

  init() throws {
    folder = try TemporaryFolder()
    var numbers = SeededNumbers(11)
    index = try makeIndex(folder("index"), (0..<40).map { _ in numbers.vector(4) })
  }

  /// An engine over the index's vectors in a store that knows nothing of pictures, with metadata in
  /// memory; `onQuery` gets each statement that reads them.
  private func plainEngine(
    onQuery: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> IndexSearchEngine {
    let ids = (0..<40).map { VectorID("picture \($0)") }
    let store = PlainStore(dimensions: 4)
    let vectors = try await index.store.vectors(of: ids)
    try await store.add(zip(ids, vectors).map { StoredVector($0, $1 ?? []) })
    var configuration = Configuration()
    configuration.prepareDatabase { $0.trace { onQuery("\($0)") } }
    let queue = try DatabaseQueue(configuration: configuration)
    try await queue.write { store in
      try MetadataWriter.makeTable(in: store)
      try MetadataWriter.insert((0..<40).map(testEntry), from: 0, into: store)
    }
    return try IndexSearchEngine(
      store: store, metadata: MetadataStore([queue], path: "memory", folder: folder("index")),
      info: index.info, embedder: LetterEmbedder(), pictures: PNGAlone())
  }

  @Test("Another store and metadata in memory give the answers of the index")
  func agrees() async throws {
    let (exact, plain) = (try makeEngine(index), try await plainEngine())
    let picture = SearchRequest.Operand(.indexed(7), weight: -0.5)
    let requests = [
      SearchRequest(text: "aab", language: languageTag("ko"), limit: 5),
      SearchRequest(operands: [.init(.text(Query("abcc"))), picture], limit: 40),
      SearchRequest(
        operands: [.init(.text(Query("d"))), picture], limit: 6, leavesOutItsPictures: true),
      SearchRequest(
        operands: [.init(.picture(onePixel + [2]))], limit: 9,
        filter: SearchFilter(sources: ["odd"], concepts: ["concept 2"]),
        leavesOutItsPictures: true),
    ]
    for request in requests {
      let (expected, found) = (try await exact.search(request), try await plain.search(request))
      #expect(found.hits.map(\.entry) == expected.hits.map(\.entry))
      #expect(found.hits.map(\.caption) == expected.hits.map(\.caption))
      #expect(found.hits.map(\.id) == expected.hits.map(\.id) && !found.hits.isEmpty)
      #expect(isClose(found.hits.map(\.score), expected.hits.map(\.score)))
      #expect(found.leftOut == expected.leftOut && found.readings == expected.readings)
    }
    #expect(plain.info == exact.info)
  }

  @Test("The records of an answer are one query, however many its hits")
  func oneQuery() async throws {
    let record = QueryRecord()
    let engine = try await plainEngine { record.add($0) }
    record.clear()
    #expect(try await engine.search(SearchRequest(text: "ab", limit: 30)).hits.count == 30)
    #expect(record.reads.count == 1)
  }

  @Test("A comparison of languages asks whether a store ranks everything, and says so if not")
  func refusesLens() async throws {
    let engine = try await plainEngine()
    await #expect(throws: SearchError.ranksOnlyNearest(store: "a plain store")) {
      try await engine.lens(ComparisonRequest(texts: [Query("a"), Query("b")]))
    }
    #expect("\(SearchError.ranksOnlyNearest(store: "a store"))".contains("a store"))
  }

  @Test("A store of other dimensions than the model's is refused with both")
  func refusesDimensions() throws {
    #expect(throws: IndexError.otherWidth(folder: "memory", index: 3, asked: 4)) {
      try IndexSearchEngine(
        store: ExactStore(name: "memory", dimensions: 3), metadata: index.metadata,
        info: index.info, embedder: LetterEmbedder(), pictures: PNGAlone())
    }
  }

  @Test("A picture that a store has and nothing is known of is named")
  func namesUnknown() async throws {
    try await index.store.add([StoredVector("stray", [1, 0, 0, 0])])
    let engine = try makeEngine(index)
    let error = await #expect(throws: IndexError.self) {
      try await engine.search(SearchRequest(text: "a", limit: 1))
    }
    #expect("\(try #require(error))".contains("“stray”"))
  }
}

/// The statements that read entries.
private final class QueryRecord: Sendable {
  private let statements = Mutex<[String]>([])

  func add(_ statement: String) { statements.withLock { $0.append(statement) } }
  func clear() { statements.withLock { $0 = [] } }

  var reads: [String] { statements.withLock { $0.filter { $0.contains("FROM entry") } } }
}
