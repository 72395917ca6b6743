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

  package func callAsFunction(_ ids: Tensor) -> Tensor { embedding(weight.value, ids) }
}
