import Languages
package import Search

/// What one concept finds in several languages.
public struct LanguageLens: Sendable {
  /// What one of the texts finds.
  public struct Column: Sendable {
    /// The text.
    public let text: String
    /// The language it was taken for, as a BCP 47 tag; nil where it can be of any.
    public let language: String?
    /// The first pictures, the best first.
    public let hits: [PictureHits.Hit]
    /// Those of the first pictures that no other text has among its own.
    public let alone: [PictureHits.Hit]
  }

  /// How far two of the texts find the same.
  public struct Agreement: Sendable {
    /// How many of the first pictures both have.
    public let shared: Int
    /// Spearman's correlation of the ranks of all pictures, from −1 to 1; nil if a text tells no two
    /// pictures apart.
    public let spearman: Double?
    /// Kendall's τ-b of the scores of all pictures, from −1 to 1; nil as above.
    public let kendall: Double?
  }

  /// One for each text, in their order.
  public let columns: [Column]
  package let answer: LensAnswer
  private let top: Int

  init(_ answer: LensAnswer, top: Int) {
    self.answer = answer
    self.top = min(top, answer.pictures)
    columns = answer.columns.map { column in
      Column(
        text: column.reading.text, language: column.reading.language?.text,
        hits: column.hits.map { PictureHits.Hit($0.hit) },
        alone: column.alone.map { PictureHits.Hit($0.hit) })
    }
  }

  /// How far two of the texts, by their places, find the same; nil if they are not two of them.
  public func agreement(_ first: Int, _ second: Int) -> Agreement? {
    let pair = answer.pairs.first {
      $0.first == min(first, second) && $0.second == max(first, second)
    }
    return pair.map { pair in
      Agreement(
        shared: pair.agreement.overlaps.first { $0.k == top }?.shared ?? 0,
        spearman: pair.agreement.spearman, kendall: pair.agreement.kendall)
    }
  }
}
