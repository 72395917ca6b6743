import Foundation
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

  let imageProjection, textProjection: Projection

  /// The largest scale that CLIP was allowed to learn, and about the one that it ended with.
  ///
  /// - Source: Radford et al. 2021, §2.5, arXiv:2103.00020.
  package static let maximumScale = 100.0

  /// - Parameters:
  ///   - images: The image tower and what brings it into the shared space.
  ///   - texts: The same for texts.
  ///   - projectionDeviation: With what standard deviation the projections begin; 1/√inputs, if nil.
  ///   - logScale: What ln(1/τ) begins with.
  ///   - bias: What the sigmoid loss's bias begins with.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(
    _ images: (any ImageTower)?, _ texts: (any TextTower)?, width: Int,
    imageProjection: ProjectionSettings = .linear, textProjection: ProjectionSettings = .linear,
    projectionDeviation: Double? = nil, logScale: Double, bias: Double, in scope: Scope
  ) throws(CheckpointError) {
    self.width = width
    self.images = images
    self.texts = texts
    self.imageProjection = try Projection(
      imageProjection, images?.width, width, deviation: projectionDeviation,
      in: scope / ParameterRole.imageProjection.rawValue)
    self.textProjection = try Projection(
      textProjection, texts?.width, width, deviation: projectionDeviation,
      in: scope / ParameterRole.textProjection.rawValue)
    self.logScale = try scope.parameter(ParameterRole.scale.rawValue, [], .constant(logScale))
    self.bias = try scope.parameter(ParameterRole.bias.rawValue, [], .constant(bias))
    parameters = scope.parameters
  }

  /// 1/τ, `[]`: what cosines are multiplied with, in losses as in probabilities.
  package var scale: Tensor { logScale.value.exp() }

  /// Brings the scale back to at most `maximum` (and at least 1) after an optimizer has moved it.
  ///
  /// Outside of the graph: a limit in the loss has no gradient beyond it, and a scale that once came
  /// there would never move again.
  ///
  /// - Source: Radford et al. 2021, §2.5, arXiv:2103.00020; mlfoundations/open_clip,
  ///   `open_clip_train/train.py` (`logit_scale.clamp_(0, math.log(100))` after each step).
  package func limitScale(to maximum: Double) {
    logScale.assign(logScale.value.detached().clamped(0...log(maximum)))
  }
}
