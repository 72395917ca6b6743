package import Torch

/// SimCLR's loss: two views of a picture find each other among the views of all others.
///
///     z      = (a₁ … a_n, b₁ … b_n)
///     logits = z zᵀ / τ, without the diagonal
///     loss   = crossEntropy(logits, the place of the other view), over 2n rows
///
/// SLIP adds it to the contrastive loss of pictures and texts, with weight 1, on a head of its own.
///
/// - Parameters:
///   - first: One view of each picture, embeddings of length one, `[n, width]`.
///   - second: Another view of the same pictures, in the same order, `[n, width]`.
///   - temperature: τ. Published by SLIP: 0.1.
/// - Returns: The mean loss of a view, in nats, `[]`; about ln(2n − 1) before anything is learned.
/// - Source: Chen et al. 2020 (SimCLR), eq. 1 and algorithm 1, arXiv:2002.05709; Mu et al. 2021
///   (SLIP), §3, arXiv:2112.12750.
package func selfSupervisedLoss(_ first: Tensor, _ second: Tensor, temperature: Double = 0.1)
  -> Tensor
{
  let count = first.shape[0]
  let views = Tensor.concatenated([first, second], axis: 0)
  let places = Tensor.range(0..<2 * count, on: first.device)
  let isItself = places.insertingAxis(1).isEqual(to: places)
  let logits = (matmul(views, views.transposed()) / temperature)
    .filled(where: isItself, with: -.infinity)
  let partners = Tensor.concatenated(
    [places.narrowed(0, to: count..<2 * count), places.narrowed(0, to: 0..<count)], axis: 0)
  return crossEntropy(logits, partners)
}
