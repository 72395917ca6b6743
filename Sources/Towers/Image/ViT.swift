package import Layers
package import Torch

/// The vision transformer: a picture is a sequence of square patches.
///
///     patches → linear + positions → depth × (attention, perceptron) → norm → class token or mean
///
/// Pictures of another size than the tower's own are taken too: the positions are resampled.
///
/// - Shapes: `[batch, 3, height, width] → [batch, width]`
/// - Source: Dosovitskiy et al. 2021, arXiv:2010.11929; Xiao et al. 2021 (convolutional stem),
///   arXiv:2106.14881.
package struct ViT: ImageTower {
  package struct Settings: Codable, Sendable, Equatable {
    /// How patches become tokens.
    package enum Stem: String, Codable, Sendable {
      /// One linear map of each patch.
      case patch
      /// Stride-2 convolutions until a patch is one point: learns sooner from little data.
      case convolutional
    }
    /// How tokens become one vector.
    package enum Pooling: String, Codable, Sendable {
      case classToken = "class"
      case mean
    }

    /// Side of the picture, in pixels.
    package var size: Int
    /// Side of a patch, in pixels; a power of two for the convolutional stem.
    package var patch: Int
    package var width: Int
    package var depth: Int
    package var heads: Int
    package var stem: Stem
    package var pooling: Pooling

    package init(
      size: Int, patch: Int, width: Int, depth: Int, heads: Int, stem: Stem = .patch,
      pooling: Pooling = .mean
    ) {
      self.size = size
      self.patch = patch
      self.width = width
      self.depth = depth
      self.heads = heads
      self.stem = stem
      self.pooling = pooling
    }

    /// ViT-B/32 as OpenAI's CLIP has it, but for its pre-norm.
    package static let base32 = Settings(
      size: 224, patch: 32, width: 768, depth: 12, heads: 12, pooling: .classToken)
  }

  package var width: Int { settings.width }

  private let settings: Settings
  private let stem: [Convolution]
  private let stemNorms: [LayerNorm]
  private let classToken: Parameter?
  private let positions: Parameter
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    let (width, side) = (settings.width, settings.size / settings.patch)
    switch settings.stem {
    case .patch:
      stem = [
        try Convolution(
          3, width, size: settings.patch, stride: settings.patch, bias: false, in: scope / "patches"
        )
      ]
      stemNorms = []
    case .convolutional:
      var (stem, norms): ([Convolution], [LayerNorm]) = ([], [])
      let steps = settings.patch.trailingZeroBitCount
      var inputs = 3
      for step in 0..<steps {
        let outputs = width >> (steps - 1 - step)
        stem.append(
          try Convolution(
            inputs, outputs, size: 3, stride: 2, padding: 1, in: scope / "stem" / step))
        norms.append(try LayerNorm(outputs, in: scope / "stem_norm" / step))
        inputs = outputs
      }
      (self.stem, stemNorms) = (stem, norms)
    }
    let deviation = 1 / Double(width).squareRoot()
    let hasClassToken = settings.pooling == .classToken
    classToken =
      hasClassToken
      ? try scope.parameter("class", [width], .normal(standardDeviation: deviation)) : nil
    positions = try scope.parameter(
      "positions", [side * side + (hasClassToken ? 1 : 0), width],
      .normal(standardDeviation: deviation))
    var blocks: [TransformerBlock] = []
    for index in 0..<settings.depth {
      blocks.append(
        try TransformerBlock(
          width: width, heads: settings.heads, depth: settings.depth, in: scope / "blocks" / index))
    }
    self.blocks = blocks
    norm = try LayerNorm(width, in: scope / "norm")
  }

  package func callAsFunction(_ images: Tensor) -> Tensor {
    let side = images.shape[2] / settings.patch
    var x = tokens(images)
    if let classToken {
      let first = classToken.value.reshaped(1, 1, width).expanded(x.shape[0], 1, width)
      x = .concatenated([first.to(x.dtype), x], axis: 1)
    }
    x = x + positions(side: side)
    for block in blocks { x = block(x) }
    return norm(classToken == nil ? x.mean(axis: 1) : x.selected(1, 0))
  }

  /// The positions of a grid of `side` × `side` patches, resampled if it is not the tower's own.
  private func positions(side: Int) -> Tensor {
    let own = settings.size / settings.patch
    guard side != own else { return positions.value }
    let extra = positions.shape[0] - own * own
    let grid = positions.value.narrowed(0, to: extra..<extra + own * own)
      .reshaped(1, own, own, width).permuted(0, 3, 1, 2)
    let resized = resizedBicubically(grid, height: side, width: side)
      .permuted(0, 2, 3, 1).reshaped(side * side, width)
    return extra == 0
      ? resized : .concatenated([positions.value.narrowed(0, to: 0..<extra), resized], axis: 0)
  }

  /// `[batch, 3, size, size] → [batch, patches, width]`
  private func tokens(_ images: Tensor) -> Tensor {
    var x = images
    for (index, convolution) in stem.enumerated() {
      x = convolution(x)
      if settings.stem == .convolutional {
        // Normalized over channels, as everything behind it is.
        x = stemNorms[index](x.permuted(0, 2, 3, 1)).gelu().permuted(0, 3, 1, 2)
      }
    }
    return x.flattened(from: 2).transposed()
  }
}
