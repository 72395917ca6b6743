package import Layers
package import Torch

/// Two towers and the linear maps that bring them into one space.
///
/// - Source: Radford et al. 2021, figure 3, arXiv:2103.00020.
package struct DualEncoder {
  /// Width of the shared space.
  package let width: Int
  package let images: any ImageTower
  package let texts: any TextTower
  /// The logarithm of the scale 1/τ, `[]`.
  package let logScale: Parameter
  /// What sigmoid losses add to scores, `[]`; unused by contrastive ones.
  package let bias: Parameter
  /// Everything that is learned or kept, in the order of making.
  package let parameters: [Parameter]

  private let imageProjection, textProjection: Linear

  /// The scale's largest value, beyond which training becomes unstable. Published: 100.
  package static let maximumScale = 100.0

  /// - Parameters:
  ///   - scale: What 1/τ begins with.
  ///   - bias: What the sigmoid loss's bias begins with.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(
    _ images: any ImageTower, _ texts: any TextTower, width: Int, logScale: Double, bias: Double,
    in scope: Scope
  ) throws(CheckpointError) {
    self.width = width
    self.images = images
    self.texts = texts
    imageProjection = try Linear(
      images.width, width, bias: false,
      initializer: .normal(standardDeviation: 1 / Double(images.width).squareRoot()),
      in: scope / "image_projection")
    textProjection = try Linear(
      texts.width, width, bias: false,
      initializer: .normal(standardDeviation: 1 / Double(texts.width).squareRoot()),
      in: scope / "text_projection")
    self.logScale = try scope.parameter("log_scale", [], .constant(logScale))
    self.bias = try scope.parameter("bias", [], .constant(bias))
    parameters = scope.parameters
  }

  /// 1/τ, at most ``maximumScale``, `[]`.
  package var scale: Tensor { logScale.value.exp().clamped(0...Self.maximumScale) }

  /// Embeddings of length one, float32.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, width]`
  package func embed(images pixels: Tensor) -> Tensor {
    imageProjection(images(pixels)).normalized()
  }

  /// Embeddings of length one, float32.
  ///
  /// - Shapes: ids `[batch, length]` → `[batch, width]`
  package func embed(texts batch: TokenBatch) -> Tensor {
    textProjection(texts(batch)).normalized()
  }
}
