import Foundation
package import Layers
import Losses
import Pictures
package import Torch
package import Towers

/// SigLIP: every picture and caption is asked on its own whether they belong together.
///
/// - Source: Zhai et al. 2023, §3 and table 1, arXiv:2303.15343.
/// - Differs: several captions may be right for a picture. AdamW and not Adafactor; the crops are
///   open_clip's, as the paper names none; of warm-up and clipping (3 % of the run, at a norm of 1, in
///   google-research/big_vision at 3b8e5ab, `configs/proj/image_text/siglip_lit_coco.py`) the climb
///   is a twentieth.
package struct SigLIP: Recipe {
  package static let name = "siglip"
  package static let abstract = "Pairwise sigmoid loss; small batches suffice (Google)."

  package struct Settings: RecipeSettings {
    /// ViT-B/16. Published: the scale begins at 10, the bias at −10 (§3.1).
    package var model = DualEncoder.Settings(
      image: .vit(
        .siglip(
          size: 224, patch: 16, width: 768, depth: 12, heads: 12, inner: 3072, activation: .tanhGELU
        )),
      text: .transformer(
        TextTransformer.Settings(
          vocabulary: 0, contextLength: 64, width: 768, depth: 12, heads: 12, pooling: .last,
          isCausal: false, activation: .tanhGELU, epsilon: 1e-6)),
      width: 768, imageProjection: .none, textProjection: .affine, logScale: log(10), bias: -10)
    package var training = {
      var plan = TrainingPlan(preprocessing: .siglip(size: 224), augmentation: .openCLIP)
      plan.batch = 256
      plan.captionsPerPicture = 1
      // Published: rate 1e-3, decay 1e-4 and, against loss spikes, β₂ 0.95 (§4.6).
      plan.rate = 1e-3
      plan.weightDecay = 1e-4
      plan.beta2 = 0.95
      // Of big_vision's parameters the kernels alone decay: no table of tokens, no probe.
      plan.undecayed += ["tokens.", "probe"]
      // The published models' scales are up to 117.
      plan.maximumScale = 0
      plan.vocabulary = 32_000
      plan.cachedSide = 256
      return plan
    }()
  }

  package static var published: Settings { Settings() }

  package let encoder: DualEncoder

  package init(_ settings: Settings, in scope: Scope) throws {
    encoder = try DualEncoder(settings.model, in: scope)
  }

  package var scoring: PairScoring { .sigmoid }

  package func loss(_ step: Step) -> Tensor { step.sigmoidLoss(by: encoder) }
}
