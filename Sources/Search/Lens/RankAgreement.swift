/// How far two rankings of the same things agree.
package struct RankAgreement: Sendable, Equatable, Codable {
  /// Things that both have among their first `k`.
  package struct Overlap: Sendable, Equatable, Codable {
    package var k: Int
    package var shared: Int
    /// How many two rankings that know nothing of each other would share: k²/n.
    package var chance: Double

    package init(k: Int, shared: Int, chance: Double) {
      self.k = k
      self.shared = shared
      self.chance = chance
    }
  }

  /// For each `k` asked for that is not more than there are things.
  package var overlaps: [Overlap]
  /// Spearman's ρ of the scores, from −1 to 1; nil where all scores of a ranking are equal.
  package var spearman: Double?
  /// Kendall's τ-b of the scores, from −1 to 1; nil where all scores of a ranking are equal.
  package var kendall: Double?
  /// Rank-biased overlap with persistence 0.9, from 0 to 1: most of its weight lies on the first ten.
  package var biasedOverlap: Double

  package init(
    overlaps: [Overlap], spearman: Double?, kendall: Double?, biasedOverlap: Double
  ) {
    self.overlaps = overlaps
    self.spearman = spearman
    self.kendall = kendall
    self.biasedOverlap = biasedOverlap
  }

  /// Compares two rankings by their scores, the higher the better.
  ///
  /// - Parameters:
  ///   - ranks: How many of the first are compared.
  /// - Precondition: Both rank the same things, and at least one.
  package init(_ first: Ranking, _ second: Ranking, at ranks: [Int]) {
    let count = first.scores.count
    precondition(count == second.scores.count && count > 0, "rankings of different things")
    overlaps = Set(ranks).filter { (1...count).contains($0) }.sorted().map { k in
      Overlap(
        k: k, shared: Self.shared(first, second, at: k),
        chance: Double(k) * Double(k) / Double(count))
    }
    spearman = Self.spearman(first, second)
    kendall = Self.kendall(first, second)
    biasedOverlap = Self.biasedOverlap(first, second, persistence: 0.9)
  }

  static func shared(_ first: Ranking, _ second: Ranking, at k: Int) -> Int {
    first.order.prefix(k).count { second.places[$0] < k }
  }

  /// Pearson's correlation of the ranks, where equal scores share the mean of their ranks.
  static func spearman(_ first: Ranking, _ second: Ranking) -> Double? {
    let (a, b) = (first.averageRanks, second.averageRanks)
    let mean = Double(a.count + 1) / 2
    var (both, ofA, ofB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      both += (x - mean) * (y - mean)
      ofA += (x - mean) * (x - mean)
      ofB += (y - mean) * (y - mean)
    }
    guard ofA > 0, ofB > 0 else { return nil }
    return both / (ofA.squareRoot() * ofB.squareRoot())
  }

  /// - Complexity: O(n log n).
  /// - Source: Knight 1966, “A computer method for calculating Kendall's tau with ungrouped data”,
  ///   doi:10.1080/01621459.1966.10480879.
  static func kendall(_ first: Ranking, _ second: Ranking) -> Double? {
    let (a, b) = (first.averageRanks, second.averageRanks)
    let count = a.count
    let order = a.indices.sorted { (a[$0], b[$0]) < (a[$1], b[$1]) }
    let pairs = Double(count) * Double(count - 1) / 2
    let tiedA = tiedPairs(order.map { a[$0] })
    let tiedB = tiedPairs(b.sorted())
    var tiedBoth = 0.0
    var run = 1.0
    for place in order.indices.dropFirst() {
      let (now, before) = (order[place], order[place - 1])
      if a[now] == a[before], b[now] == b[before] {
        tiedBoth += run
        run += 1
      } else {
        run = 1
      }
    }
    guard pairs > tiedA, pairs > tiedB else { return nil }
    var ranks = order.map { b[$0] }
    let exchanges = sortCountingExchanges(&ranks)
    let agreeing = pairs - tiedA - tiedB + tiedBoth - 2 * exchanges
    return agreeing / ((pairs - tiedA).squareRoot() * (pairs - tiedB).squareRoot())
  }

  /// Pairs of equal numbers in a sorted list.
  private static func tiedPairs(_ sorted: [Double]) -> Double {
    var (pairs, run) = (0.0, 1.0)
    for place in sorted.indices.dropFirst() {
      if sorted[place] == sorted[place - 1] {
        pairs += run
        run += 1
      } else {
        run = 1
      }
    }
    return pairs
  }

  /// Sorts by merging and returns how many pairs stood in the wrong order.
  private static func sortCountingExchanges(_ numbers: inout [Double]) -> Double {
    var other = numbers
    var exchanges = 0.0
    var length = 1
    while length < numbers.count {
      for start in stride(from: 0, to: numbers.count, by: 2 * length) {
        let middle = min(start + length, numbers.count)
        let end = min(start + 2 * length, numbers.count)
        var (left, right) = (start, middle)
        for place in start..<end {
          if right == end || (left < middle && numbers[left] <= numbers[right]) {
            other[place] = numbers[left]
            left += 1
          } else {
            other[place] = numbers[right]
            exchanges += Double(middle - left)
            right += 1
          }
        }
      }
      swap(&numbers, &other)
      length *= 2
    }
    return exchanges
  }

  /// The rank-biased overlap of two whole rankings, extrapolated from their last place.
  ///
  /// - Source: Webber, Moffat, Zobel 2010, “A similarity measure for indefinite rankings”,
  ///   doi:10.1145/1852102.1852106, equation 23.
  static func biasedOverlap(
    _ first: Ranking, _ second: Ranking, persistence: Double
  ) -> Double {
    var shared = 0
    var (sum, weight) = (0.0, 1.0)
    for depth in first.order.indices {
      let (a, b) = (first.order[depth], second.order[depth])
      // A thing counts once both lists have reached it.
      if second.places[a] <= depth { shared += 1 }
      if a != b, first.places[b] < depth { shared += 1 }
      weight *= persistence
      sum += Double(shared) / Double(depth + 1) * weight
    }
    return Double(shared) / Double(first.order.count) * weight
      + (1 - persistence) / persistence * sum
  }
}

/// Scored things in the order of their scores, the best first; of equal scores the earlier thing.
package struct Ranking: Sendable {
  package let scores: [Float]
  /// The things, the best first.
  package let order: [Int]
  /// Where each thing stands in ``order``, from 0.
  package let places: [Int]

  /// Ranks things by their scores; what is not a number comes last.
  package init(_ scores: [Float]) {
    let scores = scores.map { $0.isNaN ? -.infinity : $0 }
    self.scores = scores
    order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    var places = [Int](repeating: 0, count: scores.count)
    for (place, thing) in order.enumerated() { places[thing] = place }
    self.places = places
  }

  /// The rank of each thing from 1; equal scores share the mean of theirs.
  var averageRanks: [Double] {
    var ranks = [Double](repeating: 0, count: scores.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }
}
