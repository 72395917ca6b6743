package import Torch

/// Masked regions by class: the network tells what a detector saw in a region that it is not shown.
///
///     q    = softmax(logits)
///     loss = 1/k Σ p · log(p / q), over the k hidden regions
///
/// - Parameters:
///   - logits: Of the hidden regions alone, `[k, classes]`.
///   - targets: The detector's probabilities p, its class of background included, `[k, classes]`; no
///     gradient goes to them. Published: 1,601 classes. A certain class is probability 1, and the loss
///     then its cross entropy.
/// - Returns: The mean Kullback–Leibler divergence of a region, in nats, `[]`; 0 where no region is
///   hidden.
/// - Source: Lu et al. 2019 (ViLBERT), §3.2, arXiv:1908.02265; Chen et al. 2020 (UNITER), eq. 5 and
///   6, arXiv:1909.11740; e-bug/volta at 4d2ec14, `volta/losses.py`, `kl_1601`.
/// - Differs: as VOLTA's; UNITER and UC2 divide by the classes too, so that their loss is 1,601 times
///   smaller.
package func maskedRegionClassLoss(logits: Tensor, targets: Tensor) -> Tensor {
  precondition(
    logits.shape == targets.shape && logits.shape.count == 2,
    "Logits \(logits.shape) and a detector's probabilities \(targets.shape) do not go together.")
  let logits = logits.precise
  let targets = targets.detached().to(logits.dtype)
  // p log p is 0 at p = 0.
  let certainty = targets * targets.clamped(1e-30...Double.infinity).log()
  return (certainty - targets * logits.logSoftmax(axis: 1)).sum() / Double(max(1, logits.shape[0]))
}
