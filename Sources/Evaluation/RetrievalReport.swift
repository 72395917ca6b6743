/// How well pictures are found by captions and captions by pictures, language by language.
package struct RetrievalReport: Codable, Sendable, Equatable {
  /// What was measured, in the words of the caller: model, data, split, command, date.
  package var subject: [Fact]

  /// How it was measured.
  package var options: RetrievalOptions

  /// The number of pictures.
  package var images: Int

  /// The number of different concepts of the pictures.
  package var concepts: Int

  /// The number of captions in all languages.
  package var captions: Int

  /// The mean over the languages that have enough captions; `nil` if none has.
  package var mean: MeanResult?

  /// The languages, in the order of the data.
  package var languages: [LanguageResult]

  /// Best and worst queries of some languages.
  package var examples: [LanguageExamples]

  /// What is wrong with the data, one line each.
  package var problems: [String]

  /// A name and what it is.
  package struct Fact: Codable, Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }
}

/// The mean over languages.
package struct MeanResult: Codable, Sendable, Equatable {
  /// How many languages are in it.
  package var languages: Int

  /// Captions asking for pictures.
  package var textToImage: RankingResult

  /// Pictures asking for captions.
  package var imageToText: RankingResult
}

/// The result of one language.
package struct LanguageResult: Codable, Sendable, Equatable {
  /// The BCP 47 tag.
  package var language: String

  /// The number of captions.
  package var captions: Int

  /// The number of pictures that have a caption in this language.
  package var captionedImages: Int

  /// Whether it has enough captions to count in the mean.
  package var isInMean: Bool

  /// Each caption against all pictures.
  package var textToImage: RankingResult

  /// Each captioned picture against all captions of the language.
  package var imageToText: RankingResult
}

/// How high the right answers stood.
package struct RankingResult: Codable, Sendable, Equatable {
  /// The number of queries; in a mean, of all its languages together.
  package var queries: Int

  /// The number of answers to choose from; in a mean, their mean.
  package var candidates: Double

  /// The share of queries with a right answer among the first k, ascending in k.
  package var recall: [Recall]

  /// The mean rank of the best right answer; 1 is the best.
  package var meanRank: Estimate

  /// The median rank of the best right answer.
  package var medianRank: Estimate

  /// The mean rank that guessing would have.
  package var chanceMeanRank: Double

  /// The recall at `k`, if it was measured.
  package func recall(at k: Int) -> Recall? { recall.first { $0.k == k } }
}

/// The share of queries with a right answer among the first `k`.
package struct Recall: Codable, Sendable, Equatable {
  /// The number of answers looked at.
  package var k: Int

  /// In `[0, 1]`.
  package var value: Estimate

  /// What guessing would reach, in `[0, 1]`.
  package var chance: Double
}

/// A number, and the interval it would lie in with other queries of the same kind.
package struct Estimate: Codable, Sendable, Equatable {
  package var value: Double

  /// The interval's ends; `nil` if none was asked for.
  package var low: Double?
  package var high: Double?

  package init(_ value: Double, low: Double? = nil, high: Double? = nil) {
    self.value = value
    self.low = low
    self.high = high
  }
}
