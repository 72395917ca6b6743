import Search

extension StoreBehaviour {
  static let finding: [StoreBehaviour] = [
    StoreBehaviour("It says how many vectors it has, and of how many dimensions") { kind in
      for count in [0, 1, 57] {
        let store = try await kind.make(.drawn(count, dimensions: 5))
        try require(store.dimensions == 5, "it says \(store.dimensions) dimensions instead of 5")
        let found = try await store.count
        try require(found == count, "it says \(found) vectors instead of \(count)")
      }
    },
    StoreBehaviour("It finds the nearest, the best first, and scores are cosines") { kind in
      let contents = StoreContents.drawn(300)
      let store = try await kind.make(contents)
      var numbers = SeededNumbers(2)
      var recalls: [Double] = []
      for _ in 0..<20 {
        let query = numbers.vector(32)
        let found = try await store.nearest(to: query, limit: 10, among: .all)
        recalls.append(
          try recall(of: found, by: contents.cosines(query), limit: 10, kind.tolerance))
      }
      let mean = recalls.reduce(0, +) / Double(recalls.count)
      try require(
        mean >= store.abilities.recall,
        "it finds \(mean) of the nearest and states \(store.abilities.recall)")
    },
    StoreBehaviour("What is asked with counts by its direction, not by its length") { kind in
      let store = try await kind.make(.drawn(60))
      var numbers = SeededNumbers(3)
      let query = numbers.vector(32)
      let plain = try await store.nearest(to: query, limit: 60, among: .all)
      for scale: Float in [1e-12, 1e12] {
        let scaled = try await store.nearest(
          to: query.map { $0 * scale }, limit: 60, among: .all)
        let scores = zip(plain, scaled).map { abs(Double($0.score - $1.score)) }
        try require(
          scaled.count == plain.count && scores.allSatisfy { $0 <= kind.tolerance },
          "a query \(scale) times as long is answered otherwise")
      }
    },
    StoreBehaviour("Equal scores come in the order of their ids, also where the limit cuts") {
      kind in
      // Bytes order "z" before "ä", and capital letters before small ones.
      let ids: [VectorID] = ["z", "b", "ä", "B", "a10", "a2", "사과", "a"]
      let sorted = ids.sorted()
      let same = ids.map { StoredVector($0, [1, 2, 3, 4]) }
      let others = [StoredVector("best", [1, 2, 3, 5]), StoredVector("worst", [-1, 0, 0, 0])]
      let store = try await kind.make(
        StoreContents(dimensions: 4, [others[0]] + same + [others[1]]))
      let whole = try await store.nearest(to: [1, 2, 3, 5], limit: 10, among: .all).map(\.id)
      try require(whole == ["best"] + sorted + ["worst"], "the order of all is \(whole)")
      guard store.abilities.recall == 1 else { return }
      for limit in 1..<10 {
        let found = try await store.nearest(to: [1, 2, 3, 5], limit: limit, among: .all)
        try require(
          found.map(\.id) == Array(whole.prefix(limit)),
          "the first \(limit) are \(found.map(\.id)), but \(whole.prefix(limit)) of more")
      }
    },
    StoreBehaviour("A limit beyond the store gives everything once; 0 and an empty store nothing") {
      kind in
      let contents = StoreContents.drawn(9)
      let store = try await kind.make(contents)
      let query = contents.vectors[0].numbers
      for limit in [9, 10, 1000, .max] {
        let found = try await store.nearest(to: query, limit: limit, among: .all)
        try require(
          found.count == 9 && Set(found.map(\.id)) == Set(contents.vectors.map(\.id)),
          "limit \(limit) of 9 gives \(found.map(\.id))")
      }
      let none = try await store.nearest(to: query, limit: 0, among: .all)
      try require(none.isEmpty, "limit 0 gives \(none.count)")
      let empty = try await kind.make(StoreContents(dimensions: 32))
      let nothing = try await empty.nearest(to: query, limit: 3, among: .all)
      try require(nothing.isEmpty, "an empty store gives \(nothing.count)")
    },
    StoreBehaviour("Vectors come by their ids in the order asked, of length one, nil for strangers")
    {
      kind in
      let contents = StoreContents.drawn(20)
      let store = try await kind.make(contents)
      let asked = [contents.vectors[7], contents.vectors[0], contents.vectors[7]]
      let found = try await store.vectors(of: [asked[0].id, "stranger"] + asked[1...].map(\.id))
      try require(found.count == 4 && found[1] == nil, "it gives \(found.count) vectors of 4 ids")
      for (vector, given) in zip([found[0], found[2], found[3]], asked) {
        guard let vector else {
          throw BrokenBehaviour(description: "the vector of “\(given.id)” is gone")
        }
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        try require(abs(length - 1) <= kind.tolerance, "a vector's length is \(length)")
        let same = cosine(vector, given.numbers)
        try require(abs(same - 1) <= kind.tolerance, "“\(given.id)” has another vector: \(same)")
      }
    },
    StoreBehaviour("A vector that has no direction or other dimensions finds nothing, by name") {
      kind in
      let store = try await kind.make(.drawn(5, dimensions: 3))
      for vector: [Float] in [[0, 0, 0], [.nan, 1, 0], [.infinity, 1, 0], [1, -.infinity, 0]] {
        try await requireRefusal("a query of \(vector)") {
          _ = try await store.nearest(to: vector, limit: 1, among: .all)
        } where: {
          $0 == .noDirection(store: store.name, id: nil)
        }
      }
      for vector: [Float] in [[], [1, 0], [1, 0, 0, 0]] {
        try await requireRefusal("a query of \(vector.count) dimensions") {
          _ = try await store.nearest(to: vector, limit: 1, among: .all)
        } where: {
          $0
            == .wrongDimensions(
              store: store.name, id: nil, expected: 3, found: vector.count)
        }
      }
    },
  ]

  /// Checks that an answer is in order and its scores are the cosines of its vectors.
  ///
  /// - Returns: The share of the nearest that were found; whoever is as near as the last counts, too.
  static func recall(
    of found: [StoredNeighbour], by cosines: [VectorID: Double], limit: Int, _ tolerance: Double
  ) throws(BrokenBehaviour) -> Double {
    try require(Set(found.map(\.id)).count == found.count, "an id is found twice")
    try require(
      zip(found, found.dropFirst()).allSatisfy { $0.precedes($1) }, "the hits are not in order")
    let wanted = min(limit, cosines.count)
    try require(found.count <= wanted, "\(found.count) hits of \(wanted)")
    guard wanted > 0 else { return 1 }
    let last = cosines.values.sorted(by: >)[wanted - 1]
    var right = 0
    for hit in found {
      guard let cosine = cosines[hit.id] else {
        throw BrokenBehaviour(description: "“\(hit.id)” may not be found")
      }
      try require(
        abs(Double(hit.score) - cosine) <= tolerance && abs(hit.score) <= 1,
        "“\(hit.id)” has the score \(hit.score) and the cosine \(cosine)")
      if cosine >= last - tolerance { right += 1 }
    }
    return Double(right) / Double(wanted)
  }
}
