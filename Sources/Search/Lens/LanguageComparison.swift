package import Languages

/// A concept in several languages, to see how their pictures differ.
///
/// - Source: Ko, Gu 2022, “Large-scale Bilingual Language-Image Contrastive Learning” (KELIP),
///   arXiv:2203.14463, on cultural differences.
package struct ComparisonRequest: Sendable, Equatable {
  /// How many texts may be compared.
  package static let texts = 2...8

  /// The concept in one language or wording each.
  package var texts: [Query]
  /// How many of the first pictures are shown and compared.
  package var limit: Int
  /// The language wanted for the hits' captions; nil for that of each text.
  package var language: LanguageTag?

  package init(texts: [Query], limit: Int = 10, language: LanguageTag? = nil) {
    self.texts = texts
    self.limit = limit
    self.language = language
  }
}

/// The rankings of all pictures by each of several texts, side by side.
package struct LanguageComparison: Sendable, Equatable {
  /// One for each text, in their order.
  package var columns: [Column]
  /// Each two of the columns.
  package var pairs: [Pair]
  /// How many of the first pictures count as found; no more than there are.
  package var top: Int
  /// How many pictures were ranked.
  package var pictures: Int

  /// What one text finds.
  package struct Column: Sendable, Equatable {
    package var reading: TextReading
    /// The best first.
    package var hits: [PlacedHit]

    /// The hits that no other text has among its own.
    package var alone: [PlacedHit] { hits.filter(\.isAlone) }

    package init(reading: TextReading, hits: [PlacedHit]) {
      self.reading = reading
      self.hits = hits
    }
  }

  /// A hit, and where it stands by each of the texts.
  package struct PlacedHit: Sendable, Equatable {
    package var hit: Hit
    /// Its rank from 1 in each column.
    package var ranks: [Int]
    /// Whether no other text has it among its hits.
    package var isAlone: Bool

    package init(hit: Hit, ranks: [Int], isAlone: Bool) {
      self.hit = hit
      self.ranks = ranks
      self.isAlone = isAlone
    }
  }

  /// How far two columns agree.
  package struct Pair: Sendable, Equatable {
    package var first: Int
    package var second: Int
    /// The cosine of the two texts.
    package var textSimilarity: Float
    package var agreement: RankAgreement

    package init(first: Int, second: Int, textSimilarity: Float, agreement: RankAgreement) {
      self.first = first
      self.second = second
      self.textSimilarity = textSimilarity
      self.agreement = agreement
    }
  }

  package init(columns: [Column], pairs: [Pair], top: Int, pictures: Int) {
    self.columns = columns
    self.pairs = pairs
    self.top = min(top, pictures)
    self.pictures = pictures
  }
}
