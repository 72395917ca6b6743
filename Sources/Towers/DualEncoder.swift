package import Layers
package import Torch

/// Two towers and the maps that bring them into one space.
///
/// A model that is loaded for one side alone has only that side.
///
/// - Source: Radford et al. 2021, figure 3, arXiv:2103.00020.
package struct DualEncoder {
  /// Width of the shared space.
  package let width: Int
  package let images: (any ImageTower)?
  package let texts: (any TextTower)?
  /// The logarithm of the scale 1/τ, `[]`.
  package let logScale: Parameter
  /// What sigmoid losses add to scores, `[]`; unused by contrastive ones.
  package let bias: Parameter
  /// Everything that is learned or kept, in the order of making.
  package let parameters: [Parameter]

  private let imageProjection, textProjection: Projection

  /// The scale's largest value, beyond which training becomes unstable. Published: 100.
  package static let maximumScale = 100.0

  /// - Parameters:
  ///   - images: The image tower and what brings it into the shared space.
  ///   - texts: The same for texts.
  ///   - logScale: What ln(1/τ) begins with.
  ///   - bias: What the sigmoid loss's bias begins with.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(
    _ images: (any ImageTower)?, _ texts: (any TextTower)?, width: Int,
    imageProjection: ProjectionSettings = .linear, textProjection: ProjectionSettings = .linear,
    logScale: Double, bias: Double, in scope: Scope
  ) throws(CheckpointError) {
    self.width = width
    self.images = images
    self.texts = texts
    self.imageProjection = try Projection(
      imageProjection, images?.width, width, in: scope / "image_projection")
    self.textProjection = try Projection(
      textProjection, texts?.width, width, in: scope / "text_projection")
    self.logScale = try scope.parameter("log_scale", [], .constant(logScale))
    self.bias = try scope.parameter("bias", [], .constant(bias))
    parameters = scope.parameters
  }

  /// 1/τ, at most ``maximumScale``, `[]`.
  package var scale: Tensor { logScale.value.exp().clamped(0...Self.maximumScale) }

  /// Embeddings of length one, float32; there must be an image tower.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, width]`
  package func embed(images pixels: Tensor) -> Tensor {
    embed(imageFeatures: imageFeatures(of: pixels))
  }

  /// What the image tower makes of pictures before they are brought into the shared space.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, tower width]`
  package func imageFeatures(of pixels: Tensor) -> Tensor {
    guard let images else { preconditionFailure("This encoder has no image tower.") }
    return images(pixels)
  }

  /// Embeddings of length one from what the image tower has made before.
  ///
  /// - Shapes: `[batch, tower width] → [batch, width]`
  package func embed(imageFeatures features: Tensor) -> Tensor {
    imageProjection(features).normalized()
  }

  /// Embeddings of pictures of which parts are named, as BriVL's authors did; others ignore them.
  ///
  /// - Parameters:
  ///   - boxes: The parts of each picture; nil where none are named.
  /// - Shapes: `[batch, 3, height, width] → [batch, width]`
  package func embed(images pixels: Tensor, boxes: [[BriVLImage.Box]?]) -> Tensor {
    guard let tower = images as? BriVLImage else { return embed(images: pixels) }
    return imageProjection(tower(pixels, boxes: boxes)).normalized()
  }

  /// Vectors of the image tower in the shared space, of any length.
  ///
  /// - Shapes: `[…, the tower's width] → […, width]`
  func projected(imageVectors: Tensor) -> Tensor { imageProjection(imageVectors) }

  /// Embeddings of length one, float32; there must be a text tower.
  ///
  /// - Shapes: ids `[batch, length]` → `[batch, width]`
  package func embed(texts batch: TokenBatch) -> Tensor {
    guard let texts else { preconditionFailure("This encoder has no text tower.") }
    return textProjection(texts(batch)).normalized()
  }
}
