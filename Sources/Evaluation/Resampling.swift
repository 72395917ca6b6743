/// A stream of numbers that is the same on every platform: SplitMix64.
///
/// - Source: Steele, Lea, Flood 2014, “Fast splittable pseudorandom number generators”.
struct ResamplingStream {
  private var state: UInt64

  /// A stream of its own for each path of numbers.
  init(seed: UInt64, _ path: UInt64...) {
    state = seed
    for step in path { state = next() ^ (step &* 0xD134_2543_DE82_EF95) }
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number in `0..<count`.
  mutating func below(_ count: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }
}

/// The ranks of one language and direction, ready to be drawn again many times.
///
/// Everything that is reported depends only on how often each rank occurs, so a resample is a count
/// of the different ranks and never a sorted list.
struct RankTable: Sendable {
  /// The different ranks, ascending.
  let ranks: [Int]

  /// For each query the place of its rank in `ranks`.
  let placeOfQuery: [Int]

  init(_ queryRanks: [Int]) {
    let ranks = Array(Set(queryRanks)).sorted()
    let places = Dictionary(
      uniqueKeysWithValues: ranks.enumerated().map { ($0.element, $0.offset) })
    placeOfQuery = queryRanks.map { places[$0, default: 0] }
    self.ranks = ranks
  }

  /// How often each rank occurs among all queries.
  var counts: [Int] {
    var counts = [Int](repeating: 0, count: ranks.count)
    for place in placeOfQuery { counts[place] += 1 }
    return counts
  }

  /// Recall at each of `recallAt`, mean rank, median rank; `nil` if nothing is counted.
  func values(_ counts: [Int], recallAt: [Int]) -> [Double]? {
    let total = counts.reduce(0, +)
    guard total > 0 else { return nil }
    var found = [Int](repeating: 0, count: recallAt.count)
    var sum = 0
    var seen = 0
    var lowerMiddle: Int?
    var upperMiddle: Int?
    for (rank, count) in zip(ranks, counts) where count > 0 {
      for (index, k) in recallAt.enumerated() where rank <= k { found[index] += count }
      sum += rank * count
      seen += count
      if lowerMiddle == nil, seen > (total - 1) / 2 { lowerMiddle = rank }
      if upperMiddle == nil, seen > total / 2 { upperMiddle = rank }
    }
    return found.map { Double($0) / Double(total) } + [
      Double(sum) / Double(total), Double((lowerMiddle ?? 0) + (upperMiddle ?? 0)) / 2,
    ]
  }

  /// The values of `resamples` draws of as many queries as there are, with putting back.
  func resampledByQuery(_ resamples: Int, seed: UInt64, path: UInt64, recallAt: [Int])
    -> [[Double]]
  {
    guard !placeOfQuery.isEmpty else { return [] }
    return (0..<resamples).compactMap { resample in
      var stream = ResamplingStream(seed: seed, path, UInt64(resample))
      var counts = [Int](repeating: 0, count: ranks.count)
      for _ in placeOfQuery.indices {
        counts[placeOfQuery[stream.below(placeOfQuery.count)]] += 1
      }
      return values(counts, recallAt: recallAt)
    }
  }

  /// The values when query `q` counts `weights[images[q]]` times.
  func values(images: [Int], weights: [Int], recallAt: [Int]) -> [Double]? {
    var counts = [Int](repeating: 0, count: ranks.count)
    for (place, image) in zip(placeOfQuery, images) { counts[place] += weights[image] }
    return values(counts, recallAt: recallAt)
  }
}

/// How often each of `count` pictures is drawn in a resample that all languages share.
func drawnPictures(_ count: Int, seed: UInt64, resample: Int) -> [Int] {
  var stream = ResamplingStream(seed: seed, .max, UInt64(resample))
  var weights = [Int](repeating: 0, count: count)
  for _ in 0..<count { weights[stream.below(count)] += 1 }
  return weights
}

/// The interval that leaves out the same share of values below and above.
///
/// - Source: Efron 1979's percentile interval; between two values linear, as numpy's `percentile`.
func percentileInterval(_ values: [Double], confidence: Double) -> (low: Double, high: Double)? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  func quantile(_ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
  return (quantile((1 - confidence) / 2), quantile((1 + confidence) / 2))
}
