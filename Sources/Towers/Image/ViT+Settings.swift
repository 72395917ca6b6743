package import Layers
import Settings
package import Torch

extension ViT {
  package struct Settings: Codable, Sendable, Equatable {
    /// How patches become tokens.
    package enum Stem: String, Choice {
      /// One linear map of each patch.
      case patch
      /// Stride-2 convolutions until a patch is one point: learns sooner from little data.
      case convolutional
    }
    /// How tokens become one vector.
    package enum Pooling: String, Choice {
      case classToken = "class"
      /// The mean of the patches.
      case mean
      /// A learned question to all tokens, as in SigLIP.
      case attention
    }
    /// What the last normalization works on. For a class token, both are the same.
    package enum NormPlace: String, Choice {
      /// All tokens, before they are pooled.
      case tokens
      /// The pooled vector.
      case pooled
    }

    /// Side of the picture, in pixels; those that fill no whole patch are not seen.
    package var size: Int
    /// Side of a patch, in pixels; a power of two for the convolutional stem.
    package var patch: Int
    package var width: Int
    package var depth: Int
    package var heads: Int
    package var stem: Stem
    /// Whether the linear map of a patch adds a bias.
    package var patchBias: Bool
    /// Whether a class token goes with the patches; it need not be what is pooled.
    package var hasClassToken: Bool
    /// Whether tokens are normalized before the first block too, as in CLIP.
    package var hasPreNorm: Bool
    /// Width between the two maps of a perceptron; four times the tower's, if nil.
    package var inner: Int?
    package var activation: Activation
    /// What layer normalizations add to the variance.
    package var epsilon: Double
    package var dropout: DropoutRates
    package var pooling: Pooling
    package var finalNorm: NormPlace
    /// Whether the pooled vector goes through one more linear map and tanh, as BERT's pooler does.
    package var hasTanhPooler: Bool
    /// How positions serve pictures of another size.
    package var resampling: PositionResampling

    package init(
      size: Int, patch: Int, width: Int, depth: Int, heads: Int, stem: Stem = .patch,
      patchBias: Bool = false, hasClassToken: Bool? = nil, hasPreNorm: Bool = false,
      inner: Int? = nil, activation: Activation = .gelu, epsilon: Double = 1e-5,
      dropout: DropoutRates = .none, pooling: Pooling = .mean, finalNorm: NormPlace = .pooled,
      hasTanhPooler: Bool = false,
      resampling: PositionResampling = .bySize
    ) {
      self.size = size
      self.patch = patch
      self.width = width
      self.depth = depth
      self.heads = heads
      self.stem = stem
      self.patchBias = patchBias
      self.hasClassToken = hasClassToken ?? (pooling == .classToken)
      self.hasPreNorm = hasPreNorm
      self.inner = inner
      self.activation = activation
      self.epsilon = epsilon
      self.dropout = dropout
      self.pooling = pooling
      self.finalNorm = finalNorm
      self.hasTanhPooler = hasTanhPooler
      self.resampling = resampling
    }

    package init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      func field<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
        try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
      }
      let pooling = try fields.decode(Pooling.self, forKey: .pooling)
      self.init(
        size: try fields.decode(Int.self, forKey: .size),
        patch: try fields.decode(Int.self, forKey: .patch),
        width: try fields.decode(Int.self, forKey: .width),
        depth: try fields.decode(Int.self, forKey: .depth),
        heads: try fields.decode(Int.self, forKey: .heads),
        stem: try field(.stem, .patch),
        // Models of version 0.1 say no more than that, and are what these defaults say.
        patchBias: try field(.patchBias, false),
        hasClassToken: try field(.hasClassToken, pooling == .classToken),
        hasPreNorm: try field(.hasPreNorm, false),
        inner: try fields.decodeIfPresent(Int.self, forKey: .inner),
        activation: try field(.activation, .gelu), epsilon: try field(.epsilon, 1e-5),
        dropout: try fields.decode(DropoutRates.self, forKey: .dropout), pooling: pooling,
        finalNorm: try field(.finalNorm, .pooled),
        hasTanhPooler: try field(.hasTanhPooler, false),
        resampling: try field(.resampling, .bySize))
    }
  }
}

extension ViT.Settings {
  /// The vision transformer of CLIP.
  ///
  /// - Source: Radford et al. 2021, §2.4, arXiv:2103.00020; openai/CLIP `model.py`.
  /// - Parameters:
  ///   - activation: `quickGELU` in OpenAI's own and KELIP's, `gelu` in most others.
  package static func clip(
    size: Int, patch: Int, width: Int, depth: Int, heads: Int, inner: Int? = nil,
    activation: Activation
  ) -> ViT.Settings {
    ViT.Settings(
      size: size, patch: patch, width: width, depth: depth, heads: heads, hasPreNorm: true,
      inner: inner, activation: activation, pooling: .classToken)
  }

  /// The vision transformer of SigLIP.
  ///
  /// - Source: Zhai et al. 2023, arXiv:2303.15343; google-research/big_vision `vit.py`.
  /// - Parameters:
  ///   - activation: `tanhGELU` as JAX computes it, `gelu` in timm's first versions of it.
  package static func siglip(
    size: Int, patch: Int, width: Int, depth: Int, heads: Int, inner: Int? = nil,
    activation: Activation
  ) -> ViT.Settings {
    ViT.Settings(
      size: size, patch: patch, width: width, depth: depth, heads: heads, patchBias: true,
      inner: inner, activation: activation, epsilon: 1e-6, pooling: .attention,
      finalNorm: .tokens)
  }
}

extension ViT.Settings: ImageTowerKind {
  package static let kind = "vit"
  package var words: String { "a vision transformer" }
  package var pooler: String? { "pooler" }
  package var patchSide: Int? { patch }
  package var dropouts: [TowerDropout] {
    [TowerDropout(dropout, TowerDropout.inBlocks + ["patches"])]
  }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any ImageTower {
    try ViT(self, in: scope)
  }

  package func check(_ name: String) throws(CheckpointError) {
    try checkBlocks(name, width: width, heads: heads, depth: depth)
    try requireSize(name + ".patch", 1...100_000, patch)
    try requireSize(name + ".size", patch...100_000, size)
  }

  package func shape(ofResizable parameter: String) -> [Int]? {
    guard parameter == "positions" else { return nil }
    let side = size / patch
    return [side * side + (hasClassToken ? 1 : 0), width]
  }

  /// Positions for images of another size, as the tower itself resamples them.
  package func resized(_ parameter: String, _ numbers: Tensor, to shape: [Int]) -> Tensor? {
    let (side, extra) = (size / patch, hasClassToken ? 1 : 0)
    let newSide = Int(Double(shape[0] - extra).squareRoot().rounded())
    guard newSide * newSide + extra == shape[0], shape.dropFirst() == [width] else { return nil }
    let grid = resampling(
      numbers.narrowed(0, to: extra..<extra + side * side), rows: newSide, columns: newSide)
    return extra == 0
      ? grid : Tensor.concatenated([numbers.narrowed(0, to: 0..<extra), grid], axis: 0)
  }
}

extension ImageTowerSettings {
  package static func vit(_ settings: ViT.Settings) -> ImageTowerSettings {
    ImageTowerSettings(settings)
  }
}
