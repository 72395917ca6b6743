package import Torch

/// One direction of BriVL's loss: each query against its own key and a queue of past keys.
///
///     logits = (q·k, q·n₁, …, q·n_K) / τ
///     loss   = −1/n Σ log softmax(logits)₁
///
/// The other pairs of the batch are no negatives; the queue alone is. Its size is free of the
/// batch's, so a small batch meets thousands of negatives. BriVL adds this loss of pictures against
/// past texts to that of texts against past pictures: their sum, not their mean.
///
/// - Parameters:
///   - queries: Embeddings of length one of the batch, `[n, width]`.
///   - keys: Those of their partners by the momentum encoder, without gradient, `[n, width]`.
///   - queue: Keys of earlier steps in any order, `[k, width]`.
///   - temperature: τ. Published: 0.07, not learned.
///   - same: Which entries of the queue are of the query's own concept and so left out as
///     negatives; 1 or true for those, `[n, k]`. Published: none are.
///   - neighbours: Which entries of the queue are right answers too, `[n, k]`, 1 or true for those:
///     each adds its own −log softmax. They count among the negatives of each other and of the key.
///     See ``sharedNeighbours(images:imageQueue:texts:textQueue:count:)``. Published: none.
/// - Returns: The mean loss of a query, in nats, `[]`.
/// - Source: Huo et al. 2021 (WenLan), §3.2, arXiv:2103.06561; BAAI-WuDao/BriVL at bb8d95b,
///   `models/vl_model.py:324`; He et al. 2020 (MoCo), eq. 1, arXiv:1911.05722.
/// - Differs: entries of the same concept may be left out, which a small collection needs.
package func queueContrastiveLoss(
  queries: Tensor, keys: Tensor, queue: Tensor, temperature: Double, leavingOut same: Tensor? = nil,
  positives neighbours: Tensor? = nil
) -> Tensor {
  queueContrastiveTerms(
    queries: queries, keys: keys, queue: queue, temperature: temperature, leavingOut: same,
    positives: neighbours
  ).mean()
}

/// The same loss of each query, `[n]`, in nats.
package func queueContrastiveTerms(
  queries: Tensor, keys: Tensor, queue: Tensor, temperature: Double, leavingOut same: Tensor? = nil,
  positives neighbours: Tensor? = nil
) -> Tensor {
  precondition(
    queries.shape == keys.shape,
    "Queries \(queries.shape) and their keys \(keys.shape) do not go together.")
  let own = (queries * keys).sum(axis: 1, keepingAxis: true) / temperature
  let past = matmul(queries, queue.transposed()) / temperature
  let extra = neighbours?.to(past.dtype)
  var compared = past
  if let same {
    // A right answer stays, whatever its concept is.
    let isLeftOut = extra.map { same.to(past.dtype) * (-$0 + 1) } ?? same.to(past.dtype)
    compared = past.filled(where: isLeftOut.isGreater(than: 0.5), with: -.infinity)
  }
  let all = Tensor.concatenated([own, compared], axis: 1).logSumExp(axis: 1)
  guard let extra else { return all - own.selected(1, 0) }
  return all * (extra.sum(axis: 1) + 1) - own.selected(1, 0) - (past * extra).sum(axis: 1)
}

/// The entries of the queues that are among the nearest to a pair both by picture and by text.
///
/// Both queues hold the same pairs at the same places. What looks alike and is described alike is
/// taken for another right answer.
///
/// - Parameters:
///   - images: Momentum embeddings of the batch's pictures, `[n, width]`.
///   - imageQueue: Those of earlier steps, `[k, width]`.
///   - texts: Momentum embeddings of their captions, `[n, width]`.
///   - textQueue: Those of earlier steps, `[k, width]`.
///   - count: How many nearest entries count on each side, at most k. Published: 1.
/// - Returns: 1 for the entries near on both sides, else 0, `[n, k]`.
/// - Source: BAAI-WuDao/BriVL at bb8d95b, `models/vl_model.py:346`, where it is switched off.
package func sharedNeighbours(
  images: Tensor, imageQueue: Tensor, texts: Tensor, textQueue: Tensor, count: Int = 1
) -> Tensor {
  withoutGradient {
    nearest(images, imageQueue, count: count) * nearest(texts, textQueue, count: count)
  }
}

/// 1 for the `count` entries with the largest scalar product with each row, else 0.
private func nearest(_ rows: Tensor, _ entries: Tensor, count: Int) -> Tensor {
  var scores = matmul(rows, entries.transposed())
  let places = Tensor.range(0..<entries.shape[0], on: rows.device)
  var found = scores * 0
  for _ in 0..<min(count, entries.shape[0]) {
    let isNext = scores.argmax(axis: 1).insertingAxis(1).isEqual(to: places)
    found = found + isNext.to(found.dtype)
    scores = scores.filled(where: isNext, with: -.infinity)
  }
  return found
}
