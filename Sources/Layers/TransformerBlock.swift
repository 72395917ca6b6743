package import Torch

/// Attention, then a perceptron; each reads a normalized copy of what it adds to.
///
/// - Shapes: `[batch, length, width] → [batch, length, width]`
/// - Source: Xiong et al. 2020 (pre-norm), arXiv:2002.04745; initial values of OpenAI's CLIP.
package struct TransformerBlock {
  private let attentionNorm, perceptronNorm: LayerNorm
  private let attention: SelfAttention
  private let inner, outer: Linear

  /// - Parameters:
  ///   - depth: How many blocks the tower has; the deeper, the smaller each one's first output.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(width: Int, heads: Int, ratio: Int = 4, depth: Int, in scope: Scope)
    throws(CheckpointError)
  {
    let deviation = 1 / Double(width).squareRoot()
    attentionNorm = try LayerNorm(width, in: scope / "attention_norm")
    attention = try SelfAttention(width: width, heads: heads, depth: depth, in: scope / "attention")
    perceptronNorm = try LayerNorm(width, in: scope / "perceptron_norm")
    inner = try Linear(
      width, ratio * width,
      initializer: .normal(standardDeviation: deviation / 2.0.squareRoot()), in: scope / "inner")
    outer = try Linear(
      ratio * width, width,
      initializer: .normal(standardDeviation: deviation / Double(2 * depth).squareRoot()),
      in: scope / "outer")
  }

  package func callAsFunction(_ x: Tensor, mask: Tensor? = nil, isCausal: Bool = false) -> Tensor {
    let attended = x + attention(attentionNorm(x), mask: mask, isCausal: isCausal)
    return attended + outer(inner(perceptronNorm(attended)).gelu())
  }
}
