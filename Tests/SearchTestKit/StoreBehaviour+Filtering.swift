import Search

extension StoreBehaviour {
  static let filtering: [StoreBehaviour] = [
    StoreBehaviour("Only candidates are found, and of few candidates the nearest, too") { kind in
      let contents = StoreContents.drawn(400)
      let store = try await kind.make(contents)
      var numbers = SeededNumbers(4)
      // From half of the vectors down to one of them.
      for share in [2, 10, 50, 400] {
        let ids = Set(
          contents.vectors.indices.filter { $0 % share == 0 }.map { contents.vectors[$0].id })
        var recalls: [Double] = []
        for _ in 0..<10 {
          let query = numbers.vector(32)
          let found = try await store.nearest(to: query, limit: 10, among: .these(ids))
          let cosines = contents.cosines(query, among: ids)
          recalls.append(try recall(of: found, by: cosines, limit: 10, kind.tolerance))
        }
        let mean = recalls.reduce(0, +) / Double(recalls.count)
        try require(
          !store.abilities.filtersExactly || mean >= store.abilities.recall,
          "of \(ids.count) candidates it finds \(mean) of the nearest")
      }
    },
    StoreBehaviour("No candidates find nothing, and strangers among them are ignored") { kind in
      let contents = StoreContents.drawn(12)
      let store = try await kind.make(contents)
      let query = contents.vectors[3].numbers
      for ids: Set<VectorID> in [[], ["stranger"]] {
        let found = try await store.nearest(to: query, limit: 5, among: .these(ids))
        try require(found.isEmpty, "candidates \(ids) find \(found.map(\.id))")
      }
      let id = contents.vectors[5].id
      let found = try await store.nearest(to: query, limit: 5, among: .these(["stranger", id]))
      try require(found.map(\.id) == [id], "“\(id)” and a stranger find \(found.map(\.id))")
    },
    StoreBehaviour("A filter by what is known of pictures is obeyed, or refused by name") { kind in
      let contents = StoreContents.drawn(60)
      let store = try await kind.make(contents)
      let query = contents.vectors[0].numbers
      let odd = Candidates.matching(SearchFilter(sources: [contents.source(at: 1)]))
      guard store.abilities.readsFilters else {
        try await requireRefusal("a filter") {
          _ = try await store.nearest(to: query, limit: 5, among: odd)
        } where: {
          if case .unable(store.name, _) = $0 { true } else { false }
        }
        return
      }
      let ids = Set(
        contents.vectors.indices.filter { $0 % 2 == 1 }.map { contents.vectors[$0].id })
      let found = try await store.nearest(to: query, limit: 60, among: odd)
      let share = try recall(
        of: found, by: contents.cosines(query, among: ids), limit: 60, kind.tolerance)
      try require(share == 1, "the filter finds \(found.count) of 30")
      let all = try await store.nearest(to: query, limit: 60, among: .matching(SearchFilter()))
      try require(all.count == 60, "a filter that asks nothing lets \(all.count) of 60 through")
      let none = SearchFilter(sources: ["o' OR 1=1", "none"])
      let nothing = try await store.nearest(to: query, limit: 5, among: .matching(none))
      try require(nothing.isEmpty, "a filter that nothing passes finds \(nothing.count)")
    },
  ]

  static let ranking: [StoreBehaviour] = [
    StoreBehaviour("Everything is scored in the order of ids, or that is refused by name") { kind in
      let contents = StoreContents.drawn(70)
      let store = try await kind.make(contents)
      var numbers = SeededNumbers(5)
      let queries = [numbers.vector(32), numbers.vector(32)]
      guard store.abilities.ranksAll else {
        try await requireRefusal("the scores of all") {
          _ = try await store.scores(of: queries)
        } where: {
          if case .unable(store.name, _) = $0 { true } else { false }
        }
        return
      }
      let all = try await store.scores(of: queries)
      try require(all.scores.map(\.count) == [70, 70], "it scores \(all.scores.map(\.count))")
      let ids = try await all.ids(at: Array(0..<70))
      try require(ids == contents.vectors.map(\.id).sorted(), "the order of the ids is \(ids)")
      let some = try await all.ids(at: [69, 3, 3])
      try require(some == [ids[69], ids[3], ids[3]], "the ids of some places are \(some)")
      for (query, scores) in zip(queries, all.scores) {
        let cosines = contents.cosines(query)
        for (id, score) in zip(ids, scores) {
          let cosine = cosines[id] ?? .nan
          try require(
            abs(Double(score) - cosine) <= kind.tolerance,
            "“\(id)” has the score \(score) and the cosine \(cosine)")
        }
      }
      try await requireRefusal("a query of one dimension") {
        _ = try await store.scores(of: [queries[0], [1]])
      } where: {
        $0 == .wrongDimensions(store: store.name, id: nil, expected: 32, found: 1)
      }
    }
  ]
}
