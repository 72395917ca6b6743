import Search
import SearchTestKit
import Testing

@Suite("Stores of vectors")
struct VectorStoreTests {
  static let kinds =
    [
      StoreUnderTest("a plain store", tolerance: 1e-5) { contents in
        let store = PlainStore(dimensions: contents.dimensions)
        try await store.add(contents.vectors)
        return store
      },
      StoreUnderTest("the exact store, in memory", tolerance: 1e-5) { contents in
        let store = ExactStore(name: "memory", dimensions: contents.dimensions)
        try await store.add(contents.vectors)
        return store
      },
    ] + VectorType.allCases.map(index)

  /// The exact store of an index. Its files are removed at once, as a builder may do it.
  private static func index(_ type: VectorType) -> StoreUnderTest {
    StoreUnderTest(
      "an index of \(type)", tolerance: type == .float32 ? 1e-5 : 1e-3
    ) { contents in
      let folder = try TemporaryFolder()
      // There is no index of nothing, so that each has a picture that is removed again.
      let removed = StoredVector("removed", [Float](repeating: 1, count: contents.dimensions))
      let vectors = contents.vectors + [removed]
      let index = try makeIndex(folder("index"), vectors.map(\.numbers), type: type) { place in
        IndexEntry(
          name: vectors[place].id.text, location: .file(path: "/nowhere"),
          source: contents.source(at: place))
      }
      #expect(try await index.store.remove(["removed"]) == 1)
      return index.store
    }
  }

  @Test("Every store does what a search engine relies on", arguments: kinds, StoreBehaviour.all)
  func behaves(kind: StoreUnderTest, behaviour: StoreBehaviour) async throws {
    try await behaviour.check(kind)
  }

  @Test("A store that does one thing wrong is noticed", arguments: FaultyStore.Fault.allCases)
  func notices(fault: FaultyStore.Fault) async throws {
    let kind = StoreUnderTest("a faulty store", tolerance: 1e-5) { contents in
      let store = ExactStore(name: "memory", dimensions: contents.dimensions)
      try await store.add(contents.vectors)
      return FaultyStore(store: store, fault: fault)
    }
    var broken: [String] = []
    for behaviour in StoreBehaviour.all {
      do { try await behaviour.check(kind) } catch { broken.append(behaviour.description) }
    }
    #expect(!broken.isEmpty && broken.count < StoreBehaviour.all.count)
  }

  @Test("What is refused is told with the store's name and the vector's")
  func names() async throws {
    let store = ExactStore(name: "photos.index", dimensions: 2)
    func message(_ vectors: [StoredVector]) async -> String {
      do { try await store.add(vectors) } catch { return "\(error)" }
      return ""
    }
    let zero = await message([StoredVector("a.png", [0, 0])])
    #expect(zero.contains("“a.png”") && zero.contains("photos.index"))
    let long = await message([StoredVector("a.png", [1, 2, 3])])
    #expect(long.contains("“a.png”") && long.contains("3 dimensions") && long.contains("have 2"))
    let twice = await message([StoredVector("a.png", [1, 2]), StoredVector("a.png", [1, 2])])
    #expect(twice.contains("“a.png”") && twice.contains("twice"))
  }
}
