package import Torch

/// Applies a pair loss to prefixes of embeddings too, so that they can be truncated.
///
///     loss = Σ weight_w · pairLoss(normalized I[:, :w], normalized T[:, :w]) / Σ weight_w
///
/// - Parameters:
///   - images: Embeddings, `[n, width]`.
///   - texts: Embeddings, `[m, width]`.
///   - widths: Lengths of the prefixes, each from 1 to width. Published: halves of the width down
///     to 8.
///   - weights: The weight of each prefix's loss; all equal, if not given.
///   - pairLoss: The loss of embeddings of length one: pictures, then texts.
/// - Returns: The weighted mean of the losses, in their unit, `[]`.
/// - Source: Kusupati et al. 2022, eq. 1, arXiv:2205.13147.
/// - Differs: a mean and not a sum, so that a learning rate serves any number of widths; truncated
///   embeddings are scaled to length one again, as their use in search does it.
package func matryoshkaLoss(
  images: Tensor, texts: Tensor, widths: [Int], weights: [Double]? = nil,
  pairLoss: (_ images: Tensor, _ texts: Tensor) -> Tensor
) -> Tensor {
  let weights = weights ?? [Double](repeating: 1, count: widths.count)
  precondition(
    !widths.isEmpty && weights.count == widths.count,
    "\(widths.count) widths and \(weights.count) weights are not a Matryoshka loss.")
  func cut(_ embeddings: Tensor, _ width: Int) -> Tensor {
    embeddings.narrowed(1, to: 0..<width).normalized()
  }
  let total = weights.reduce(0, +)
  var loss: Tensor?
  for (width, weight) in zip(widths, weights) {
    let part = pairLoss(cut(images, width), cut(texts, width)) * (weight / total)
    loss = loss.map { $0 + part } ?? part
  }
  return loss ?? (images * 0).sum()
}
