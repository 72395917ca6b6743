package import Torch

/// Image-text matching: whether a picture and a text that were read together belong together.
///
///     loss = −1/k Σ log softmax(logits)[1 where they belong together, else 0]
///
/// An untrained head's loss is about ln 2.
///
/// - Parameters:
///   - logits: Of “no” and “yes” for each pair, `[k, 2]`. Row 1 of the head is “yes”, as in UC2, whose
///     ranking head begins as that row; in VOLTA's files row 0 is.
///   - labels: 1 where picture and text belong together, else 0, `[k]`, int64; see
///     ``MatchingPairs/labels``.
/// - Returns: The mean over pairs, in nats, `[]`.
/// - Source: Chen et al. 2020 (UNITER), eq. 3, arXiv:1909.11740; Li et al. 2021 (ALBEF), eq. 3,
///   arXiv:2107.07651; zmykevin/UC2 at 44a2c45, `model/model.py`, `forward_itm`.
package func matchingLoss(logits: Tensor, labels: Tensor) -> Tensor {
  precondition(
    logits.shape.count == 2 && logits.shape[1] == 2 && labels.shape == [logits.shape[0]],
    "Matching needs two logits a pair and its label, not \(logits.shape) and \(labels.shape).")
  return crossEntropy(logits.precise, labels)
}
