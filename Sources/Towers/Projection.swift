import Layers
import Settings
import Torch

/// How a tower's vector is brought into the shared space.
package enum ProjectionSettings: String, Choice {
  /// It is in it already.
  case none
  /// A matrix, as in CLIP.
  case linear
  /// A matrix and a bias, as in SigLIP's texts and M-CLIP.
  case affine
  /// A matrix, a bias and a hyperbolic tangent, as in multilingual DistilUSE.
  case affineTanh = "affine_tanh"
}

/// The last map of a tower.
///
/// - Shapes: `[…, inputs] → […, width]`
struct Projection {
  private let map: Linear?
  private let hasTanh: Bool

  /// - Parameters:
  ///   - inputs: Width of the tower; nil if there is no tower, which makes no projection.
  ///   - deviation: Standard deviation of the initial weights; 1/√inputs, if nil.
  init(
    _ settings: ProjectionSettings, _ inputs: Int?, _ width: Int, deviation: Double? = nil,
    in scope: Scope
  ) throws(CheckpointError) {
    hasTanh = settings == .affineTanh
    guard let inputs, settings != .none else {
      map = nil
      return
    }
    map = try Linear(
      inputs, width, bias: settings != .linear,
      initializer: .normal(standardDeviation: deviation ?? 1 / Double(inputs).squareRoot()),
      in: scope)
  }

  /// Width of what comes out, for vectors of `inputs` numbers.
  func width(from inputs: Int) -> Int { map?.weight.shape[0] ?? inputs }

  func callAsFunction(_ x: Tensor) -> Tensor {
    guard let map else { return x }
    return hasTanh ? map(x).tanh() : map(x)
  }
}
