import Foundation
package import Layers
import Settings
import Torch

extension MaskedAutoencoder {
  /// The decoder's.
  package struct Settings: Codable, Sendable, Equatable {
    /// What brings the encoder's vectors to the decoder's width.
    package enum Entrance: String, Choice {
      /// The encoder's own projection into the shared space, which so is pre-trained too: the
      /// decoder is as wide as that space. KELIP's.
      case projection
      /// A linear map of the decoder's. MAE's.
      case own
    }
    /// How the decoder knows where a patch lies.
    package enum Positions: String, Choice {
      /// A learned vector of each place. KELIP's.
      case learned
      /// Sines and cosines of column and row. MAE's.
      case fixed
    }

    package var width: Int
    package var depth: Int
    package var heads: Int
    package var entrance: Entrance
    package var positions: Positions
    /// Whether a patch sees only those before it. KELIP's code has it so, likely left over from its
    /// text tower.
    package var isCausal: Bool
    /// Whether tanh bounds the pixels: for targets from −1 to 1.
    package var hasTanh: Bool
    package var activation: Activation
    /// What layer normalizations add to the variance.
    package var epsilon: Double

    package init(
      width: Int, depth: Int, heads: Int, entrance: Entrance = .projection,
      positions: Positions = .learned, isCausal: Bool = false, hasTanh: Bool = true,
      activation: Activation = .quickGELU, epsilon: Double = 1e-5
    ) {
      self.width = width
      self.depth = depth
      self.heads = heads
      self.entrance = entrance
      self.positions = positions
      self.isCausal = isCausal
      self.hasTanh = hasTanh
      self.activation = activation
      self.epsilon = epsilon
    }

    /// KELIP's, for its ViT-B/32. Its code does not say how deep the decoder is and how many heads it
    /// has: these are MAE's.
    package static let kelip = Settings(width: 512, depth: 8, heads: 16)

    /// He et al. 2021, §4.1 “decoder depth” and “decoder width”, arXiv:2111.06377;
    /// facebookresearch/mae `models_mae.py`.
    package static let mae = Settings(
      width: 512, depth: 8, heads: 16, entrance: .own, positions: .fixed, hasTanh: false,
      activation: .gelu, epsilon: 1e-6)

    /// - Throws: ``CheckpointError/impossible(setting:reason:)``
    func check(encoderWidth: Int) throws(CheckpointError) {
      guard width > 0, heads > 0, depth >= 0, width.isMultiple(of: heads) else {
        throw .impossible(
          setting: "decoder.heads", reason: "\(heads) heads do not divide a width of \(width)")
      }
      if entrance == .projection, width != encoderWidth {
        throw .impossible(
          setting: "decoder.width",
          reason: "the encoder's vectors have \(encoderWidth) dimensions, the decoder's \(width); "
            + "make them the same, or set decoder.entrance to own")
      }
      if positions == .fixed, !width.isMultiple(of: 4) {
        throw .impossible(
          setting: "decoder.width",
          reason: "fixed positions need a multiple of 4, and it is \(width)")
      }
    }
  }
}

/// Sines and cosines of a place's column, then of its row.
///
///     [sin x ω, cos x ω, sin y ω, cos y ω],  ω_k = 10000^(−k / (width / 4))
///
/// - Returns: `[rows · columns, width]`
/// - Source: Vaswani et al. 2017, §3.5, arXiv:1706.03762, in the two-dimensional form of MAE.
func sinePositions(rows: Int, columns: Int, width: Int) -> Tensor {
  let quarter = width / 4
  func waves(_ place: Int) -> [Float] {
    let angles = (0..<quarter).map {
      Double(place) * pow(10_000, -Double($0) / Double(quarter))
    }
    return angles.map { Float(sin($0)) } + angles.map { Float(cos($0)) }
  }
  let numbers = (0..<rows).flatMap { row in
    (0..<columns).flatMap { waves($0) + waves(row) }
  }
  return Tensor(numbers, shape: [rows * columns, width])
}
