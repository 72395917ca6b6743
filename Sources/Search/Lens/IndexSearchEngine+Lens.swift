import Vectors

extension IndexSearchEngine {
  package func lens(_ request: ComparisonRequest) async throws -> LanguageComparison {
    guard SearchRequest.limits.contains(request.limit) else {
      throw SearchError.limitOutOfRange(request.limit, allowed: SearchRequest.limits)
    }
    let texts = try request.texts.map(Self.checked)
    guard ComparisonRequest.texts.contains(texts.count) else {
      throw SearchError.textsOutOfRange(texts.count, allowed: ComparisonRequest.texts)
    }
    for (place, text) in texts.enumerated() where texts[..<place].contains(text) {
      throw SearchError.sameText(text.text)
    }
    guard store.abilities.ranksAll else { throw SearchError.ranksOnlyNearest(store: store.name) }
    let embedded = try await embed(texts)
    let vectors = try embedded.vectors.map { try unit($0) }
    let stored = try await store.scores(of: vectors)
    let rankings = stored.scores.map { Ranking($0) }
    var columns: [LanguageComparison.Column] = []
    for (place, reading) in embedded.readings.enumerated() {
      let first = Array(rankings[place].order.prefix(request.limit))
      let ids = try await stored.ids(at: first)
      let neighbours = zip(first, ids).map {
        StoredNeighbour($1, score: rankings[place].scores[$0])
      }
      let hits = try hits(for: neighbours, language: request.language ?? reading.language)
      columns.append(
        LanguageComparison.Column(
          reading: reading,
          hits: zip(first, hits).map { picture, hit in
            placed(hit, picture, in: rankings, column: place, limit: request.limit)
          }))
    }
    var pairs: [LanguageComparison.Pair] = []
    for first in rankings.indices {
      for second in rankings.indices.dropFirst(first + 1) {
        pairs.append(
          LanguageComparison.Pair(
            first: first, second: second,
            textSimilarity: dotProduct(vectors[first], vectors[second]),
            agreement: RankAgreement(
              rankings[first], rankings[second], at: [1, 5, 10, request.limit])))
      }
    }
    let pictures = stored.scores.first?.count ?? 0
    return LanguageComparison(
      columns: columns, pairs: pairs, top: request.limit, pictures: pictures)
  }

  /// A hit of one column with the ranks that the picture has in all.
  private func placed(
    _ hit: Hit, _ picture: Int, in rankings: [Ranking], column: Int, limit: Int
  ) -> LanguageComparison.PlacedHit {
    let ranks = rankings.map { $0.places[picture] + 1 }
    let others = ranks.indices.filter { $0 != column }
    return LanguageComparison.PlacedHit(
      hit: hit, ranks: ranks, isAlone: others.allSatisfy { ranks[$0] > limit })
  }
}

/// The cosine of two vectors of length one.
func dotProduct(_ a: [Float], _ b: [Float]) -> Float {
  min(1, max(-1, zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }))
}
