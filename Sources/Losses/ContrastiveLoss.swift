package import Torch

/// The symmetric contrastive loss where several partners may be right.
///
///     logits  = scale · I Tᵀ
///     targets = positives, each row shared out evenly
///     loss    = ½ (crossEntropy(logits, targets) + crossEntropy(logitsᵀ, targetsᵀ))
///
/// With one positive in every row and column it is CLIP's InfoNCE. Pictures and captions of one
/// concept are positives of each other and so never negatives: in a batch drawn from a thousand
/// concepts, InfoNCE would push a good part of the right answers away.
///
/// - Parameters:
///   - images: Embeddings of length one, `[n, width]`.
///   - texts: Embeddings of length one, `[m, width]`.
///   - positives: 1 where picture and text belong together, else 0, `[n, m]`; each row and column
///     must have one at least.
///   - scale: The inverse temperature 1/τ, `[]`.
/// - Returns: The mean loss over pictures and over texts, in nats, `[]`.
/// - Source: Radford et al. 2021, figure 3, arXiv:2103.00020; Yang et al. 2022 (UniCL), eq. 3–5,
///   arXiv:2204.03610.
package func contrastiveLoss(images: Tensor, texts: Tensor, positives: Tensor, scale: Tensor)
  -> Tensor
{
  let logits = matmul(images, texts.transposed()) * scale
  return
    (sharedCrossEntropy(logits, positives)
    + sharedCrossEntropy(logits.transposed(), positives.transposed())) * 0.5
}

/// Cross entropy against the positives of each row, all equally right.
private func sharedCrossEntropy(_ logits: Tensor, _ positives: Tensor) -> Tensor {
  crossEntropy(logits, positives / positives.sum(axis: 1, keepingAxis: true))
}
