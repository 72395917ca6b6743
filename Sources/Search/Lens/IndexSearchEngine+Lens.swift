import Languages
import Vectors

extension IndexSearchEngine {
  package func lens(_ request: LensRequest) async throws -> LensAnswer {
    guard SearchRequest.limits.contains(request.limit) else {
      throw SearchError.limitOutOfRange(request.limit, allowed: SearchRequest.limits)
    }
    let texts = try request.texts.map(Self.checked)
    guard LensRequest.texts.contains(texts.count) else {
      throw SearchError.textsOutOfRange(texts.count, allowed: LensRequest.texts)
    }
    for (place, text) in texts.enumerated() where texts[..<place].contains(text) {
      throw SearchError.sameText(text.text)
    }
    let embedded = try await embed(texts)
    let vectors = try embedded.vectors.map { try unit($0) }
    let rankings = try vectors.map { Ranking(try index.scores(of: $0)) }
    let columns = try rankings.indices.map { column in
      try self.column(
        column, of: rankings, reading: embedded.readings[column], limit: request.limit,
        language: request.language ?? embedded.readings[column].language)
    }
    var pairs: [LensAnswer.Pair] = []
    for first in rankings.indices {
      for second in rankings.indices.dropFirst(first + 1) {
        pairs.append(
          LensAnswer.Pair(
            first: first, second: second,
            textSimilarity: dotProduct(vectors[first], vectors[second]),
            agreement: RankAgreement(
              rankings[first], rankings[second], at: [1, 5, 10, request.limit])))
      }
    }
    return LensAnswer(columns: columns, pairs: pairs, pictures: index.count)
  }

  private func column(
    _ column: Int, of rankings: [Ranking], reading: TextReading, limit: Int, language: LanguageTag?
  ) throws -> LensAnswer.Column {
    let neighbours = rankings[column].order.prefix(limit).map {
      Neighbour(row: $0, score: rankings[column].scores[$0])
    }
    let hits = try index.hits(for: Array(neighbours), language: language).map { hit in
      let ranks = rankings.map { $0.places[hit.id] + 1 }
      let others = ranks.indices.filter { $0 != column }
      return LensAnswer.PlacedHit(
        hit: hit, ranks: ranks, isAlone: others.allSatisfy { ranks[$0] > limit })
    }
    return LensAnswer.Column(reading: reading, hits: hits)
  }
}

/// The cosine of two vectors of length one.
func dotProduct(_ a: [Float], _ b: [Float]) -> Float {
  min(1, max(-1, zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }))
}
