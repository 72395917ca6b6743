package import Torch

/// Predicting each token of a text by a decoder that has read the tokens before it.
///
///     logits = states Eᵀ + b
///     p      = (1 − ε) at the label, and ε / vocabulary everywhere
///     loss   = −1/k Σ p · log softmax(logits), over the k tokens that count
///
/// With ε = 0 it is the cross entropy. A decoder that is shown a text with hidden tokens (or a
/// picture, or a sentence of another language) by its encoder and writes the whole text is trained by
/// it: conditional language modelling. So is a captioner.
///
/// - Parameters:
///   - states: The decoder's last states, `[…, width]`. Those of texts one after another without
///     padding, `[tokens, width]`, cost no logits of padding.
///   - labels: The token that each state should predict, `[…]`, int64; a negative number does not
///     count, as padding and a caption's frame do not.
///   - embedding: The output embedding E, tied to the input's in all published models,
///     `[vocabulary, width]`.
///   - bias: b, `[vocabulary]`.
///   - smoothing: ε, from 0 to 1. Published for translation: 0.1.
/// - Returns: The mean over the tokens that count, in nats, `[]`; 0 where none does.
/// - Source: Vaswani et al. 2017, §5.4, arXiv:1706.03762; Szegedy et al. 2016, §7, arXiv:1512.00567.
/// - Differs: fairseq shares its ε among the vocabulary − 1 wrong tokens and not among all; it is
///   this loss with ε · vocabulary / (vocabulary − 1).
package func sequenceLoss(
  states: Tensor, labels: Tensor, embedding: Tensor, bias: Tensor? = nil, smoothing: Double = 0
) -> Tensor {
  precondition(
    states.shape.dropLast() == labels.shape[...],
    "States \(states.shape) and labels \(labels.shape) are not of the same tokens.")
  precondition(
    (0...1).contains(smoothing), "A label's smoothing is from 0 to 1 and not \(smoothing).")
  let labels = labels.reshaped(-1)
  let counted = labels.isGreater(than: -0.5)
  let logits = linear(states.reshaped(-1, embedding.shape[1]), embedding, bias).precise
  var right = logits.gatheredRows(labels.filled(where: counted.negated(), with: 0))
  if smoothing > 0 { right = right * (1 - smoothing) + logits.mean(axis: 1) * smoothing }
  let weights = counted.to(logits.dtype)
  return ((logits.logSumExp(axis: 1) - right) * weights).sum()
    / weights.sum().clamped(1...Double.infinity)
}

extension Tensor {
  /// The same numbers in float32 at least: sums over a vocabulary need more than half precision.
  var precise: Tensor { dtype == .float64 ? self : to(.float32) }
}
