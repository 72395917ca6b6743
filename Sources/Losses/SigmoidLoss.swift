package import Torch

/// The pairwise sigmoid loss: every picture and text is asked on its own whether they belong together.
///
///     logits = scale · I Tᵀ + bias
///     loss   = −1/n Σ log sigmoid(± logits), + for positives, − for all others
///
/// - Parameters:
///   - images: Embeddings of length one, `[n, width]`.
///   - texts: Embeddings of length one, `[m, width]`.
///   - positives: 1 where picture and text belong together, else 0, `[n, m]`.
///   - scale: The inverse temperature 1/τ, `[]`.
///   - bias: What balances the many negatives, `[]`. Published: begins at −10.
/// - Returns: The sum over all pairs, divided by the number of pictures, in nats, `[]`.
/// - Source: Zhai et al. 2023 (SigLIP), algorithm 1, arXiv:2303.15343.
/// - Differs: several texts may be positives of one picture.
package func sigmoidLoss(
  images: Tensor, texts: Tensor, positives: Tensor, scale: Tensor, bias: Tensor
) -> Tensor {
  sigmoidTerms(images: images, texts: texts, positives: positives, scale: scale, bias: bias).sum()
    / Double(images.shape[0])
}

/// What each text adds to the sum of the sigmoid loss, for a log by language at no further cost.
///
/// - Parameters: As of ``sigmoidLoss(images:texts:positives:scale:bias:)``.
/// - Returns: The sum over all pictures for each text, in nats, `[m]`; the loss is the sum of these,
///   divided by the number of pictures.
package func sigmoidTerms(
  images: Tensor, texts: Tensor, positives: Tensor, scale: Tensor, bias: Tensor
) -> Tensor {
  let logits = matmul(images, texts.transposed()) * scale + bias
  let signs = positives * 2 - 1
  return -(logits * signs).logSigmoid().sum(axis: 0)
}
