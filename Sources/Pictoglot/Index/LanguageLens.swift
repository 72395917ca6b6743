import Languages
import Search

/// What one concept finds in several languages.
public struct LanguageLens: Sendable {
  /// What one of the texts finds.
  public struct Column: Sendable {
    let found: LanguageComparison.Column

    /// The text.
    public var text: String { found.reading.text }
    /// The language it was taken for, as a BCP 47 tag; nil where it can be of any.
    public var language: String? { found.reading.language?.text }
    /// The first pictures, the best first.
    public var hits: [PictureHits.Hit] { found.hits.map { PictureHits.Hit(found: $0.hit) } }
    /// Those of the first pictures that no other text has among its own.
    public var alone: [PictureHits.Hit] { found.alone.map { PictureHits.Hit(found: $0.hit) } }
  }

  /// How far two of the texts find the same.
  public struct Agreement: Sendable {
    let found: RankAgreement
    /// How many of the first pictures are compared.
    let top: Int

    /// How many of the first pictures both have.
    public var shared: Int { found.overlaps.first { $0.k == top }?.shared ?? 0 }
    /// Spearman's correlation of the ranks of all pictures, from −1 to 1; nil if a text gives all
    /// pictures the same score.
    public var spearman: Double? { found.spearman }
    /// Kendall's τ-b of the scores of all pictures, from −1 to 1; nil as above.
    public var kendall: Double? { found.kendall }
  }

  let comparison: LanguageComparison

  /// One for each text, in their order.
  public var columns: [Column] { comparison.columns.map(Column.init) }

  /// How far two of the texts, by their places, find the same; nil if they are not two of them.
  public func agreement(_ first: Int, _ second: Int) -> Agreement? {
    let pair = comparison.pairs.first {
      $0.first == min(first, second) && $0.second == max(first, second)
    }
    return pair.map { Agreement(found: $0.agreement, top: comparison.top) }
  }
}
