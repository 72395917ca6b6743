package import Layers
package import Torch

/// The latest embeddings of one modality, newest first, with the concepts they are of.
///
/// It is stored as parameters that are not trained, so checkpoints contain it and a resumed run
/// continues with it. Each batch goes in front instead of overwriting the oldest, so that its size
/// need not divide the length; the price is a copy of the queue each step.
///
/// - Source: He et al. 2020 (MoCo), §3.2, arXiv:1911.05722.
package struct EmbeddingQueue {
  private let vectors, numbers: Parameter

  /// A queue full of random directions, as MoCo begins, so that the first step has negatives too.
  ///
  /// - Parameters:
  ///   - length: How many embeddings it holds. Published by BriVL: 9,600.
  ///   - width: Numbers of each.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ length: Int, _ width: Int, in scope: Scope) throws(CheckpointError) {
    vectors = try scope.parameter(
      "embeddings", [length, width], .normal(standardDeviation: 1), isTrainable: false)
    vectors.assign(vectors.value.normalized())
    numbers = try scope.parameter("concepts", [length], .constant(-1), isTrainable: false)
  }

  package var length: Int { vectors.shape[0] }

  /// Each of length one, `[length, width]`.
  package var embeddings: Tensor { vectors.value }

  /// The concept of each as a number, `[length]`, int64; −1 for the random beginning.
  ///
  /// They are kept as float32, as everything in a checkpoint, and so exact below 2²⁴.
  package var concepts: Tensor { numbers.value.to(.int64) }

  /// Puts a batch in front; as many of the oldest fall off the end.
  ///
  /// - Parameters:
  ///   - batch: Embeddings, `[n, width]`; of more than the queue's length, the first ones.
  ///   - concepts: The concept of each, `[n]`; −1 if not given.
  package func push(_ batch: Tensor, concepts: Tensor? = nil) {
    let new = min(batch.shape[0], length)
    func push(_ batch: Tensor, onto parameter: Parameter) {
      let kept = parameter.value.narrowed(0, to: 0..<length - new)
      let first = batch.detached().narrowed(0, to: 0..<new).to(parameter.value.dtype)
      parameter.assign(.concatenated([first.to(parameter.value.device), kept], axis: 0))
    }
    push(batch, onto: vectors)
    push(concepts ?? .full([batch.shape[0]], -1), onto: numbers)
  }
}
