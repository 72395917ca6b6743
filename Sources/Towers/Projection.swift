import Layers
import Torch

/// How a tower's vector is brought into the shared space.
package enum ProjectionSettings: String, Codable, Sendable {
  /// It is in it already.
  case none
  /// A matrix, as in CLIP.
  case linear
  /// A matrix and a bias, as in SigLIP's texts and M-CLIP.
  case affine
}

/// The last map of a tower.
///
/// - Shapes: `[batch, inputs] → [batch, width]`
struct Projection {
  private let map: Linear?

  /// - Parameters:
  ///   - inputs: Width of the tower; nil if there is none, and then nothing is made.
  init(_ settings: ProjectionSettings, _ inputs: Int?, _ width: Int, in scope: Scope)
    throws(CheckpointError)
  {
    guard let inputs, settings != .none else {
      map = nil
      return
    }
    map = try Linear(
      inputs, width, bias: settings == .affine,
      initializer: .normal(standardDeviation: 1 / Double(inputs).squareRoot()), in: scope)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { map?(x) ?? x }
}
