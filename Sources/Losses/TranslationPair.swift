import Settings

/// A sentence and its translation in one text, for translation language modelling: a word that is
/// hidden in one language can be told from the other.
///
///     ids = begin, first…, end, end, second…, end
///
/// - Source: Conneau & Lample 2019 (XLM), §3.4, arXiv:1901.07291, and facebookresearch/XLM at cccf13b,
///   `xlm/utils.py`, `concat_batches` (there `begin` and `end` are one token, `</s>`); zmykevin/UC2 at
///   44a2c45, `data/mlm.py` (`<s> en </s></s> xx </s>`, positions go on).
package struct TranslationPair: Sendable, Equatable {
  /// How the places of the second sentence are counted.
  package enum Positions: String, Choice {
    /// From where the first ends, as UC2 and RoBERTa's pairs have them.
    case continued
    /// From the beginning again, as XLM has them: words that translate each other are then near.
    case restarted
  }

  /// The tokens of both.
  package let ids: [Int32]
  /// The number of each token's place.
  package let positions: [Int32]
  /// 0 for the first sentence and its frame, 1 for the second: what a language or segment embedding
  /// asks for.
  package let segments: [Int32]

  /// - Parameters:
  ///   - first: A sentence, without a frame.
  ///   - second: Its translation.
  ///   - begin: The token before a text.
  ///   - end: The token after one.
  ///   - firstPosition: The number of the first place. XLM-R's: 2.
  ///   - longest: The most tokens of both with their frame, at least four; the longer one loses its
  ///     last tokens first. No limit, if not given.
  package init(
    _ first: [Int32], _ second: [Int32], begin: Int32, end: Int32, positions: Positions,
    firstPosition: Int32 = 0, longest: Int? = nil
  ) {
    var (kept, other) = (first[...], second[...])
    if let longest {
      precondition(longest >= 4, "The frame of two texts alone has 4 tokens, more than \(longest).")
      let excess = max(0, kept.count + other.count + 4 - longest)
      let difference = kept.count - other.count
      // First the longer one down to the other's length, then both in turn.
      let alone = min(excess, abs(difference))
      let (half, odd) = ((excess - alone) / 2, (excess - alone) % 2)
      kept = kept.dropLast((difference > 0 ? alone : 0) + half + odd)
      other = other.dropLast((difference < 0 ? alone : 0) + half)
    }
    let (one, two) = ([begin] + kept + [end], [end] + other + [end])
    ids = one + two
    segments = one.map { _ in 0 } + two.map { _ in 1 }
    let places = Int32(one.count)..<Int32(ids.count)
    self.positions =
      (0..<Int32(one.count)).map { firstPosition + $0 }
      + places.map { firstPosition + ($0 - (positions == .restarted ? places.lowerBound : 0)) }
  }
}
