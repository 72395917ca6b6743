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
/// A caption without a picture of its own, as hard negatives are, is a negative of every picture
/// and asks nothing itself; likewise a picture without a caption.
///
/// - Parameters:
///   - images: Embeddings of length one, `[n, width]`.
///   - texts: Embeddings of length one, `[m, width]`.
///   - positives: 1 where picture and text belong together, else 0, `[n, m]`.
///   - scale: The inverse temperature 1/τ, `[]`.
///   - apart: Pairs that are not compared, 1 or true for those, `[n, m]`; a positive always is. With
///     the pairs of other parts of a batch it is KoCLIP's loss, which each of eight processors
///     computed over its own 64 pairs. Published by CLIP: all are compared.
/// - Returns: The mean loss over pictures and over texts, in nats, `[]`.
/// - Source: Radford et al. 2021, figure 3, arXiv:2103.00020; Yang et al. 2022 (UniCL), eq. 3–5,
///   arXiv:2204.03610.
package func contrastiveLoss(
  images: Tensor, texts: Tensor, positives: Tensor, scale: Tensor, leavingOut apart: Tensor? = nil
) -> Tensor {
  contrastiveTerms(
    images: images, texts: texts, positives: positives, scale: scale, leavingOut: apart
  ).loss
}

/// The same, separately for each picture and each text, for a log by language at no further cost.
package func contrastiveTerms(
  images: Tensor, texts: Tensor, positives: Tensor, scale: Tensor, leavingOut apart: Tensor? = nil
) -> ContrastiveTerms {
  let logits = matmul(images, texts.transposed()) * scale
  var compared = logits
  if let apart {
    let isLeftOut = (apart.to(logits.dtype) * (-positives + 1)).isGreater(than: 0.5)
    compared = logits.filled(where: isLeftOut, with: -.infinity)
  }
  return ContrastiveTerms(
    images: sharedCrossEntropy(logits, compared, positives),
    texts: sharedCrossEntropy(
      logits.transposed(), compared.transposed(), positives.transposed()),
    askingImages: asking(positives), askingTexts: asking(positives.transposed()))
}

/// What each text adds to the contrastive loss, all pictures being compared: its own side of
/// ``contrastiveTerms(images:texts:positives:scale:leavingOut:)`` alone.
///
/// - Returns: In nats, `[m]`; 0 where nothing belongs to a text.
package func contrastiveTextTerms(images: Tensor, texts: Tensor, positives: Tensor, scale: Tensor)
  -> Tensor
{
  let logits = matmul(texts, images.transposed()) * scale
  return sharedCrossEntropy(logits, logits, positives.transposed())
}

/// What each picture and each text of a batch adds to the contrastive loss.
package struct ContrastiveTerms {
  /// Of each picture, in nats, `[n]`; 0 where nothing belongs to it.
  package let images: Tensor
  /// Of each text, in nats, `[m]`; 0 where nothing belongs to it.
  package let texts: Tensor

  fileprivate let askingImages, askingTexts: Tensor

  /// The mean loss over pictures and over texts that something belongs to, in nats, `[]`.
  package var loss: Tensor {
    (images.sum() / askingImages.sum() + texts.sum() / askingTexts.sum()) * 0.5
  }
}

/// 1 for each row that has a positive, else 0.
private func asking(_ positives: Tensor) -> Tensor { positives.sum(axis: 1).clamped(0...1) }

/// Cross entropy against the positives of each row, all equally right; 0 where there is none.
private func sharedCrossEntropy(_ logits: Tensor, _ compared: Tensor, _ positives: Tensor)
  -> Tensor
{
  let counts = positives.sum(axis: 1, keepingAxis: true).clamped(1...Double.infinity)
  let right = (logits * (positives / counts)).sum(axis: 1)
  return compared.logSumExp(axis: 1) * asking(positives) - right
}
