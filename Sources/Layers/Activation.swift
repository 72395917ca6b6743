import Settings
package import Torch

/// The function between the two linear maps of a perceptron.
package enum Activation: String, Choice {
  /// The Gaussian error linear unit, exact.
  case gelu
  /// GELU by the tanh approximation, as JAX computes it.
  case tanhGELU = "gelu_tanh"
  /// `x · sigmoid(1.702 x)`, as OpenAI's CLIP has it.
  case quickGELU = "quick_gelu"
  case relu
  case silu

  package func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .gelu: x.gelu()
    case .tanhGELU: x.gelu(tanh: true)
    case .quickGELU: x.quickGELU()
    case .relu: x.relu()
    case .silu: x.silu()
    }
  }
}
