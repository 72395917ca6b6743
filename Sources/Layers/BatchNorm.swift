package import Torch

/// Normalization of each channel over the batch, then a learned scale and shift.
///
/// Its running mean and variance are parameters that are not learned, so checkpoints keep them.
///
/// - Shapes: `[batch, channels, height, width] → [batch, channels, height, width]`
/// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
package struct BatchNorm {
  private let weight, bias, mean, variance: Parameter
  private let momentum, epsilon: Double

  /// - Parameters:
  ///   - scale: What the learned scale begins with; zero lets a residual branch begin as nothing.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(
    _ channels: Int, scale: Initializer = .ones, momentum: Double = 0.1, epsilon: Double = 1e-5,
    in scope: Scope
  ) throws(CheckpointError) {
    weight = try scope.parameter("weight", [channels], scale)
    bias = try scope.parameter("bias", [channels], .zeros)
    mean = try scope.parameter("running_mean", [channels], .zeros, isTrainable: false)
    variance = try scope.parameter("running_var", [channels], .ones, isTrainable: false)
    (self.momentum, self.epsilon) = (momentum, epsilon)
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    batchNorm(
      x, weight.value, bias.value, mean: mean, variance: variance, momentum: momentum,
      epsilon: epsilon)
  }
}

extension Parameter {
  /// Whether it is a running mean or variance of a ``BatchNorm``: gathered, not learned.
  package var isStatistic: Bool {
    name.hasSuffix(".running_mean") || name.hasSuffix(".running_var")
  }
}
