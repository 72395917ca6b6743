package import Layers
package import Torch

/// Two linear maps with a function between them, behind a tower's pooling.
///
/// - Shapes: `[batch, inputs] → [batch, width]`
package struct PerceptronHead {
  package struct Settings: Codable, Sendable, Equatable {
    /// Width between the two maps.
    package var inner: Int
    /// Width of the result.
    package var width: Int
    package var activation: Activation
    /// Whether the maps add a bias.
    package var hasBias: Bool

    package init(inner: Int, width: Int, activation: Activation, hasBias: Bool) {
      self.inner = inner
      self.width = width
      self.activation = activation
      self.hasBias = hasBias
    }
  }

  private let inner, outer: Linear
  private let activation: Activation

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, inputs: Int, in scope: Scope) throws(CheckpointError) {
    func deviation(_ width: Int) -> Initializer {
      .normal(standardDeviation: 1 / Double(width).squareRoot())
    }
    inner = try Linear(
      inputs, settings.inner, bias: settings.hasBias, initializer: deviation(inputs),
      in: scope / "inner")
    outer = try Linear(
      settings.inner, settings.width, bias: settings.hasBias,
      initializer: deviation(settings.inner), in: scope / "outer")
    activation = settings.activation
  }

  package func callAsFunction(_ x: Tensor) -> Tensor { outer(activation(inner(x))) }
}
