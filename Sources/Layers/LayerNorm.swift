package import Torch

/// Normalization of the last axis to mean 0 and variance 1, then a learned scale and shift.
///
/// - Shapes: `[…, width] → […, width]`
/// - Source: Ba et al. 2016, arXiv:1607.06450.
package struct LayerNorm {
  package let weight: Parameter
  package let bias: Parameter
  private let epsilon: Double

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ width: Int, epsilon: Double = 1e-5, in scope: Scope) throws(CheckpointError) {
    weight = try scope.parameter("weight", [width], .ones)
    bias = try scope.parameter("bias", [width], .zeros)
    self.epsilon = epsilon
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    layerNorm(x, weight.value, bias.value, epsilon: epsilon)
  }
}
