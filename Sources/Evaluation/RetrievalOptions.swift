/// What to measure, and how sure to be about it.
package struct RetrievalOptions: Codable, Sendable, Equatable {
  /// The numbers of answers looked at, ascending.
  package var recallAt: [Int]

  /// A language counts in the mean over languages if it has at least this many captions.
  package var minimumCaptions: Int

  /// How often the queries are drawn again for the intervals; 0 for no intervals.
  package var resamples: Int

  /// The share of resamples that an interval covers.
  package var confidence: Double

  /// The seed of the resampling.
  package var seed: UInt64

  /// An answer counts as tied if its score is at most this much below the right one's.
  package var tieTolerance: Float

  /// Languages to show examples of; `nil` chooses six, spread from the best to the worst.
  package var exampleLanguages: [String]?

  /// How many best, and how many worst, queries of such a language are kept, per direction.
  package var examplesPerLanguage: Int

  /// How many answers are kept with an example.
  package var hitsPerExample: Int

  /// The usual measurement: recall@1, 5, 10 with 95 % intervals.
  package init(
    recallAt: [Int] = [1, 5, 10], minimumCaptions: Int = 1, resamples: Int = 1000,
    confidence: Double = 0.95, seed: UInt64 = 0, tieTolerance: Float = 1e-6,
    exampleLanguages: [String]? = nil, examplesPerLanguage: Int = 6, hitsPerExample: Int = 5
  ) {
    self.recallAt = Array(Set(recallAt.filter { $0 > 0 })).sorted()
    self.minimumCaptions = minimumCaptions
    self.resamples = max(0, resamples)
    self.confidence = min(max(confidence, 0), 1)
    self.seed = seed
    self.tieTolerance = tieTolerance
    self.exampleLanguages = exampleLanguages
    self.examplesPerLanguage = max(0, examplesPerLanguage)
    self.hitsPerExample = max(0, hitsPerExample)
  }

  /// The measurement during training: no intervals and no examples.
  package static let quick = RetrievalOptions(resamples: 0, examplesPerLanguage: 0)
}
