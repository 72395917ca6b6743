package import Torch

/// The two-dimensional convolution.
///
/// - Shapes: `[batch, inputs, height, width] → [batch, outputs, height′, width′]`
package struct Convolution {
  package let weight: Parameter
  package let bias: Parameter?
  private let stride, padding, groups: Int

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(
    _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1,
    bias: Bool = true, in scope: Scope
  ) throws(CheckpointError) {
    let fan = inputs / groups * size * size
    weight = try scope.parameter(
      "weight", [outputs, inputs / groups, size, size],
      .normal(standardDeviation: (2 / Double(fan)).squareRoot()))
    self.bias = bias ? try scope.parameter("bias", [outputs], .zeros) : nil
    (self.stride, self.padding, self.groups) = (stride, padding, groups)
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    if stride == weight.shape[2], stride == weight.shape[3], padding == 0, groups == 1,
      let patches = frozenPatches(x, FrozenMap(weight, bias), size: stride)
    {
      return patches
    }
    return convolution(
      x, weight.value, bias?.value, stride: stride, padding: padding, groups: groups)
  }
}
