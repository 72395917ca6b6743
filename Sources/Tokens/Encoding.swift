/// A text as a model sees it, and how it lies over the original.
package struct Encoding: Sendable, Equatable {
  /// The numbers of the tokens.
  package var ids: [Int32] = []
  /// The tokens themselves, as the vocabulary spells them.
  package var tokens: [String] = []
  /// Where each token lies in the original text, counted in Unicode scalars; `0..<0` if it was added.
  package var offsets: [Range<Int>] = []
  /// Which part of a pair each token belongs to; 0 unless the tokenizer's template says otherwise.
  package var typeIDs: [Int32] = []
  /// 1 for tokens that the template added or padding put there, 0 for those of the text.
  package var specialTokensMask: [Int32] = []
  /// 0 for padding, 1 for all else.
  package var attentionMask: [Int32] = []
  /// Whether tokens of the text were left out for want of room.
  package var isTruncated = false

  package init() {}

  /// The number of tokens.
  package var count: Int { ids.count }
}
