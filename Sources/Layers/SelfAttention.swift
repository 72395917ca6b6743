import Torch

/// Multi-head attention of a sequence to itself.
///
///     softmax(q kᵀ / √(width / heads)) v, per head; then a linear map of all heads together
///
/// - Shapes: `[batch, length, width] → [batch, length, width]`
/// - Source: Vaswani et al. 2017, §3.2, arXiv:1706.03762.
/// - Differs: query, key and value are one matrix `[3 width, width]`, in this order, which computes
///   the same in one product.
struct SelfAttention {
  let queryKeyValue, out: Linear
  let heads: Int
  let dropout: Dropout

  /// - Parameters:
  ///   - dropout: With what probability a share of attention is zeroed while learning.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  init(width: Int, heads: Int, depth: Int = 1, dropout: Double = 0, in scope: Scope)
    throws(CheckpointError)
  {
    // The standard deviations of OpenAI's CLIP, which keep a deep residual stream at unit size.
    let deviation = 1 / Double(width).squareRoot()
    queryKeyValue = try Linear(
      width, 3 * width, initializer: .normal(standardDeviation: deviation), in: scope / "qkv")
    out = try Linear(
      width, width,
      initializer: .normal(standardDeviation: deviation / Double(2 * depth).squareRoot()),
      in: scope / "out")
    self.heads = heads
    self.dropout = Dropout(dropout, in: scope / "dropout")
  }

  /// - Parameters:
  ///   - tokens: How the tokens stand, if without padding: `[tokens, width]`.
  ///   - rows: The one token of each sequence that is wanted, `[batch]`; nil for all.
  /// - Returns: In the form of `x`, or `[batch, width]` with `rows`.
  func callAsFunction(
    _ x: Tensor, _ tokens: Unpadded? = nil, isCausal: Bool = false, rows: [Int]? = nil
  ) -> Tensor {
    if let tokens {
      let attended = unpaddedAttention(
        queryKeyValue(x), lengths: tokens.lengths, heads: heads, isCausal: isCausal,
        dropping: dropout.current)
      return out(rows.map { tokens.rows($0, of: attended) } ?? attended)
    }
    let (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2])
    if let dropping = dropout.current {
      let attended = unpaddedAttention(
        queryKeyValue(x).flattened(from: 0, through: 1),
        lengths: [Int](repeating: length, count: batch), heads: heads, isCausal: isCausal,
        dropping: dropping
      ).reshaped(batch, length, width)
      return out(rows.map { attended.tokens($0) } ?? attended)
    }
    let parts = queryKeyValue(x).reshaped(batch, length, 3, heads, width / heads)
      .permuted(2, 0, 3, 1, 4)
    let attended = scaledDotProductAttention(
      query: parts.selected(0, 0), key: parts.selected(0, 1), value: parts.selected(0, 2),
      isCausal: isCausal
    ).transposed(1, 2).reshaped(batch, length, width)
    return out(rows.map { attended.tokens($0) } ?? attended)
  }
}

extension Tensor {
  /// One token of each sequence.
  ///
  /// - Shapes: `[batch, length, width] → [batch, width]`
  func tokens(_ rows: [Int]) -> Tensor {
    if let row = rows.first, rows.allSatisfy({ $0 == row }) { return selected(1, row) }
    return gatheredRows(Tensor(rows.map { Int64($0) }).to(device))
  }
}
