package import Torch

/// The affine map `x Wᵀ + b`.
///
/// - Shapes: `[…, inputs] → […, outputs]`
package struct Linear {
  package let weight: Parameter
  package let bias: Parameter?

  /// - Parameters:
  ///   - initializer: How the weight begins; the bias begins at zero.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true,
    initializer: Initializer = .normal(standardDeviation: 0.02), in scope: Scope
  ) throws(CheckpointError) {
    weight = try scope.parameter("weight", [outputs, inputs], initializer)
    self.bias = bias ? try scope.parameter("bias", [outputs], .zeros) : nil
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    linear(x, weight.value, bias?.value)
  }
}
