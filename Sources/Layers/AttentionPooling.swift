package import Torch

/// A sequence read by one learned question: multi-head attention pooling, then a perceptron.
///
///     x = out(softmax(q kᵀ / √(width / heads)) v), with q from the learned probe
///     x + perceptron(norm(x))
///
/// - Shapes: `[batch, length, width] → [batch, width]`
/// - Source: Zhai et al. 2022 (the “MAP” head), arXiv:2106.04560; as used by SigLIP,
///   arXiv:2303.15343.
/// - Differs: the maps of query, key and value are one matrix `[3 width, width]`, in this order.
package struct AttentionPooling {
  private let probe: Parameter
  private let queryKeyValue, out, inner, outer: Linear
  private let norm: LayerNorm
  private let heads: Int
  private let activation: Activation

  /// - Parameters:
  ///   - style: The perceptron's width and activation, and the norm's epsilon.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(width: Int, heads: Int, style: TransformerBlock.Style, in scope: Scope)
    throws(CheckpointError)
  {
    let even = Initializer.xavier(inputs: width, outputs: width)
    let innerWidth = style.inner ?? 4 * width
    probe = try scope.parameter(
      "probe", [width], .normal(standardDeviation: 1 / Double(width).squareRoot()))
    queryKeyValue = try Linear(width, 3 * width, initializer: even, in: scope / "attention" / "qkv")
    out = try Linear(width, width, initializer: even, in: scope / "attention" / "out")
    norm = try LayerNorm(width, epsilon: style.epsilon, in: scope / "perceptron_norm")
    inner = try Linear(
      width, innerWidth, initializer: .xavier(inputs: width, outputs: innerWidth),
      in: scope / "inner")
    outer = try Linear(
      innerWidth, width, initializer: .xavier(inputs: innerWidth, outputs: width),
      in: scope / "outer")
    (self.heads, activation) = (heads, style.activation)
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    let (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2])
    let (weight, bias) = (queryKeyValue.weight.value, queryKeyValue.bias?.value)
    func map(_ x: Tensor, _ rows: Range<Int>) -> Tensor {
      linear(x, weight.narrowed(0, to: rows), bias?.narrowed(0, to: rows))
    }
    // The question is the same for all pictures, so its vector is worked out once.
    let query = map(probe.value.reshaped(1, width), 0..<width)
      .reshaped(1, heads, 1, width / heads).expanded(batch, -1, -1, -1)
    let keyValue = map(x, width..<3 * width).reshaped(batch, length, 2, heads, width / heads)
      .permuted(2, 0, 3, 1, 4)
    let attended = scaledDotProductAttention(
      query: query.to(keyValue.dtype), key: keyValue.selected(0, 0),
      value: keyValue.selected(0, 1))
    let answer = out(attended.reshaped(batch, width))
    return answer + outer(activation(inner(norm(answer))))
  }
}
