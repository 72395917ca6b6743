package import Layers
package import Torch

/// Masked autoencoding: an encoder sees some patches of a picture, a decoder paints the others.
///
///     visible patches + positions → the encoder's ViT → norm → projection
///     all places: what was encoded there, or the mask token; + the decoder's positions
///       → depth × (attention, perceptron) → norm → linear [→ tanh] → pixels of each patch
///
/// The encoder is a dual encoder's image side, under its own names: contrastive training begins
/// with a checkpoint of this simply by reading what it knows. What the decoder adds lies beside it.
/// The class token and its position learn nothing here.
///
/// - Source: He et al. 2021 (MAE), §3, arXiv:2111.06377; Ko & Gu 2022 (KELIP), arXiv:2203.14463;
///   navervision/KELIP at a9af5a2, `kelip/model.py:432`.
/// - Differs: from MAE, no class token goes with the patches, as in KELIP; from KELIP's code, the
///   decoder looks both ways, unless asked to be causal.
package struct MaskedAutoencoder {
  package let encoder: DualEncoder
  /// Side of a patch, in pixels.
  package var patch: Int { tower.settings.patch }

  private let tower: ViT
  private let settings: Settings
  private let entrance: Linear?
  private let maskToken, positions: Parameter
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm
  private let predictor: Linear

  /// - Parameters:
  ///   - encoder: What is pre-trained; its image tower must be a ViT whose stem sees one patch at a
  ///     time.
  ///   - scope: Where the decoder's own parameters are made.
  /// - Throws: ``CheckpointError/impossible(setting:reason:)`` for an encoder or a decoder that
  ///   cannot be, or another ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, of encoder: DualEncoder, in scope: Scope)
    throws(CheckpointError)
  {
    guard let tower = encoder.images as? ViT else {
      throw .impossible(setting: "model.image", reason: "only a vit has patches to hide")
    }
    guard tower.settings.stem == .patch else {
      throw .impossible(
        setting: "model.image.stem",
        reason: "a convolutional stem sees through the mask; use patch")
    }
    try settings.check(encoderWidth: encoder.imageProjection.width(from: tower.width))
    self.encoder = encoder
    self.tower = tower
    self.settings = settings
    let side = tower.settings.size / tower.settings.patch
    let width = settings.width
    entrance =
      settings.entrance == .own
      ? try Linear(
        tower.width, width, initializer: .xavier(inputs: tower.width, outputs: width),
        in: scope / "entrance") : nil
    maskToken = try scope.parameter("mask", [width], .normal(standardDeviation: 0.02))
    positions = try scope.parameter(
      "positions", [side * side, width], .normal(standardDeviation: 0.01),
      isTrainable: settings.positions == .learned)
    if settings.positions == .fixed {
      positions.assign(sinePositions(rows: side, columns: side, width: width))
    }
    let style = TransformerBlock.Style(activation: settings.activation, epsilon: settings.epsilon)
    blocks = try [TransformerBlock](
      depth: settings.depth, width: width, heads: settings.heads, style: style,
      in: scope / "blocks")
    norm = try LayerNorm(width, epsilon: settings.epsilon, in: scope / "norm")
    predictor = try Linear(
      width, 3 * tower.settings.patch * tower.settings.patch,
      initializer: .normal(standardDeviation: 1 / Double(width).squareRoot()),
      in: scope / "predictor")
  }

  /// What is painted into each patch, hidden or not.
  ///
  /// - Parameters:
  ///   - images: Normalized pixels, `[batch, 3, height, width]`.
  ///   - mask: True where a patch is hidden, `[batch, patches]`, as many of each picture; best left
  ///     on the CPU: see ``randomMask(count:patches:ratio:using:)``.
  /// - Returns: `[batch, patches, 3 · patch²]`; in which order the pixels of a patch are is the
  ///   loss's business.
  package func callAsFunction(_ images: Tensor, hidden mask: Tensor) -> Tensor {
    let places = PatchPlaces(hidden: mask, on: images.device)
    let seen = tower.vectors(of: images, at: places)
    let encoded = entrance.map { $0(seen) } ?? encoder.projected(imageFeatures: seen)
    var x = places.restored(encoded, filling: maskToken.value) + positions(for: images)
    x = blocks(x, isCausal: settings.isCausal)
    let painted = predictor(norm(x))
    return settings.hasTanh ? painted.tanh() : painted
  }

  private func positions(for images: Tensor) -> Tensor {
    let (rows, columns) = (images.shape[2] / patch, images.shape[3] / patch)
    let own = tower.settings.size / patch
    guard rows != own || columns != own else { return positions.value }
    return tower.settings.resampling(positions.value, rows: rows, columns: columns)
  }
}
