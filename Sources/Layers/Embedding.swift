package import Torch

/// A learned vector for each of a vocabulary's ids.
///
/// - Shapes: ids `[…]` → `[…, width]`
package struct Embedding {
  package let weight: Parameter

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(
    _ vocabulary: Int, _ width: Int, standardDeviation: Double = 0.02, in scope: Scope
  ) throws(CheckpointError) {
    weight = try scope.parameter(
      "weight", [vocabulary, width], .normal(standardDeviation: standardDeviation))
  }

  /// A table that is not learned may be kept as its checkpoint has it, in half precision: only the
  /// rows asked for become float32.
  package func callAsFunction(_ ids: Tensor) -> Tensor {
    let vectors = embedding(weight.value, ids)
    return vectors.dtype == .float16 || vectors.dtype == .bfloat16 ? vectors.to(.float32) : vectors
  }
}
