import Search

extension StoreBehaviour {
  static let changing: [StoreBehaviour] = [
    StoreBehaviour("What is added is found, whatever its length and its name") { kind in
      // Two of the names differ only in how their letters are encoded.
      let names: [VectorID] = [
        "caf\u{e9}", "cafe\u{301}", "a/b c.png", "it's “so” \\ 100%", "사과", "👩‍👧",
        VectorID(String(repeating: "long ", count: 200)),
      ]
      var contents = StoreContents.drawn(30)
      let store = try await kind.make(contents)
      var numbers = SeededNumbers(6)
      let new = names.enumerated().map { place, id in
        let length: Float = [1, 1e-12, 1e12][place % 3]
        return StoredVector(id, numbers.vector(32).map { $0 * length })
      }
      try await store.add(Array(new.prefix(1)))
      try await store.add(Array(new.dropFirst()))
      try await store.add([])
      contents.vectors += new
      try await requireContents(contents, of: store, kind)
      for vector in new {
        let first = try await store.nearest(to: vector.numbers, limit: 1, among: .all).first
        try require(
          first?.id == vector.id && abs(Double(first?.score ?? 0) - 1) <= kind.tolerance,
          "“\(vector.id)” is not the nearest to itself")
      }
    },
    StoreBehaviour("An id that is added again has its new vector and no other") { kind in
      var contents = StoreContents.drawn(30)
      let store = try await kind.make(contents)
      var numbers = SeededNumbers(7)
      // One that the store was made with, one that is added and then again.
      contents.vectors.append(StoredVector("new", numbers.vector(32)))
      try await store.add([contents.vectors[30]])
      for place in [4, 30, 4] {
        contents.vectors[place].numbers = numbers.vector(32)
        try await store.add([contents.vectors[place]])
        try await requireContents(contents, of: store, kind)
      }
    },
    StoreBehaviour("What is removed is nowhere any more, and may be added again") { kind in
      var contents = StoreContents.drawn(30)
      let store = try await kind.make(contents)
      var numbers = SeededNumbers(8)
      let new = (0..<5).map { StoredVector("new \($0)", numbers.vector(32)) }
      try await store.add(new)
      let gone = [contents.vectors[0], contents.vectors[29], new[0], new[4]]
      contents.vectors = Array(contents.vectors[1..<29]) + new[1..<4]
      var count = try await store.remove(gone.map(\.id) + ["stranger", gone[0].id])
      try require(count == 4, "removing 4 of 5 ids says \(count)")
      try await requireContents(contents, of: store, kind)
      count = try await store.remove(gone.map(\.id))
      try require(count == 0, "removing again says \(count)")
      let ids = Set(gone.map(\.id))
      let found = try await store.nearest(to: gone[0].numbers, limit: 5, among: .these(ids))
      try require(found.isEmpty, "what was removed is found among candidates")
      try await store.add([gone[0], gone[3]])
      contents.vectors += [gone[0], gone[3]]
      try await requireContents(contents, of: store, kind)
      count = try await store.remove(contents.vectors.map(\.id))
      try require(count == 33, "removing all 33 says \(count)")
      try await requireContents(StoreContents(dimensions: 32), of: store, kind)
    },
    StoreBehaviour("What cannot be added is named, and nothing that came with it is added") {
      kind in
      let contents = StoreContents.drawn(8, dimensions: 3)
      let store = try await kind.make(contents)
      let good = StoredVector("good", [1, 2, 3])
      for numbers: [Float] in [[0, 0, 0], [.nan, 1, 0], [1, .infinity, 0]] {
        try await requireRefusal("adding \(numbers)") {
          try await store.add([good, StoredVector("bad", numbers)])
        } where: {
          $0 == .noDirection(store: store.name, id: "bad")
        }
      }
      try await requireRefusal("adding four dimensions to three") {
        try await store.add([good, StoredVector("bad", [1, 2, 3, 4])])
      } where: {
        $0 == .wrongDimensions(store: store.name, id: "bad", expected: 3, found: 4)
      }
      try await requireRefusal("adding an id twice") {
        try await store.add([good, StoredVector("good", [3, 2, 1])])
      } where: {
        $0 == .givenTwice(store: store.name, id: "good")
      }
      try await requireContents(contents, of: store, kind)
    },
    StoreBehaviour("It answers while others add and remove, each time from one state") { kind in
      let contents = StoreContents.drawn(120)
      let store = try await kind.make(contents)
      var numbers = SeededNumbers(9)
      // A pair is added at once and removed at once: an answer has both or none.
      let pairs = (0..<6).map { place in
        let vector = numbers.vector(32)
        return ["first", "second"].map { StoredVector("\($0) \(place)", vector) }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for pair in pairs {
          group.addTask {
            for _ in 0..<10 {
              try await store.add(pair)
              let count = try await store.remove(pair.map(\.id))
              try require(count == 2, "removing a pair says \(count)")
            }
            try await store.add(pair)
          }
          group.addTask {
            for round in 0..<20 {
              let vector = contents.vectors[round * 5]
              let own = try await store.nearest(to: vector.numbers, limit: 1, among: .all).first
              try require(own?.id == vector.id, "a vector that stayed is not found")
              let found = try await store.nearest(
                to: pair[0].numbers, limit: 200, among: .all)
              let ids = Set(found.map(\.id))
              try require(ids.count == found.count, "an id is found twice")
              try require(
                ids.contains(pair[0].id) == ids.contains(pair[1].id), "half of a pair is found")
            }
          }
        }
        try await group.waitForAll()
      }
      var all = contents
      all.vectors += pairs.flatMap { $0 }
      try await requireContents(all, of: store, kind)
    },
  ]

  /// Requires that a store holds these vectors and nothing else, by whatever way it is asked.
  private static func requireContents(
    _ contents: StoreContents, of store: any VectorStore, _ kind: StoreUnderTest
  ) async throws {
    let ids = contents.vectors.map(\.id)
    let count = try await store.count
    try require(count == ids.count, "it says \(count) vectors instead of \(ids.count)")
    for (vector, found) in zip(contents.vectors, try await store.vectors(of: ids)) {
      let same = found.map { cosine($0, vector.numbers) } ?? .nan
      try require(abs(same - 1) <= kind.tolerance, "“\(vector.id)” has another vector: \(same)")
    }
    var numbers = SeededNumbers(10)
    let query = numbers.vector(contents.dimensions)
    let found = try await store.nearest(to: query, limit: ids.count + 9, among: .all)
    let share = try recall(
      of: found, by: contents.cosines(query), limit: ids.count + 9, kind.tolerance)
    try require(share >= store.abilities.recall, "it finds \(found.count) of \(ids.count)")
    if store.abilities.ranksAll {
      let scored = try await store.scores(of: [query]).scores[0].count
      try require(scored == ids.count, "it scores \(scored) of \(ids.count)")
    }
  }
}
