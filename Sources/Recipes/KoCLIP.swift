package import Layers
import Losses
import Pictures
package import Torch
package import Towers

/// KoCLIP: a hybrid of a published text tower and a published image tower, brought together on
/// captions of one language.
///
/// Begin it with `--text-from klue/roberta-large --image-from openai/clip-vit-base-patch32`.
///
/// - Source: jaketae/koclip, `run.py` and `train.sh`.
/// - Differs: pictures and captions of one concept are right answers of each other. The authors
///   contrasted their batch of 512 pairs in eight parts of 64, one per device; `batch` is one such
///   part.
package struct KoCLIP: Recipe {
  package static let name = "koclip"
  package static let abstract = "A published text tower and image tower brought together."

  package struct Settings: RecipeSettings {
    /// RoBERTa-large with a tanh pooler beside CLIP's ViT-B/32. Published: width 512; the text
    /// projection drawn from N(0, 0.02); the scale's logarithm begins at 1, not at ln(1/0.07).
    package var model = {
      var model = DualEncoder.Settings(
        image: .vit(
          .clip(size: 224, patch: 32, width: 768, depth: 12, heads: 12, activation: .quickGELU)),
        text: .bert(
          BERT.Settings(
            vocabulary: 32_000, width: 1024, depth: 24, heads: 16, inner: 4096, positions: 514,
            positionScheme: .zeroBased, segments: 1, epsilon: 1e-5, padding: 1,
            dropout: .init(hidden: 0.1, attention: 0.1), pooling: .firstTanh)),
        width: 512, logScale: 1)
      model.projectionDeviation = 0.02
      return model
    }()
    package var training = {
      var plan = TrainingPlan(preprocessing: .koclip(size: 224), augmentation: .none)
      plan.augmentation.fit = .crop
      // Published (`train.sh`): 64 a device, rate 5e-5 falling straight to nothing without warm-up,
      // decay of 0.1 on everything, biases and norms too; β 0.9 and 0.999, ε 1e-8; float32.
      plan.batch = 64
      plan.captionsPerPicture = 1
      plan.rate = 5e-5
      plan.warmup = 0
      plan.schedule = .linear
      plan.weightDecay = 0.1
      plan.decaysVectors = true
      plan.undecayed = []
      plan.beta2 = 0.999
      plan.epsilon = 1e-8
      plan.clip = 0
      // Published: the scale is never limited.
      plan.maximumScale = 0
      plan.precision = .float32
      plan.vocabulary = 32_000
      plan.cachedSide = 256
      plan.validationLanguages = ["ko"]
      return plan
    }()
  }

  package static var published: Settings { Settings() }

  package let encoder: DualEncoder

  package init(_ settings: Settings, in scope: Scope) throws {
    encoder = try DualEncoder(settings.model, in: scope)
  }

  package func loss(_ step: Step) -> Tensor { step.contrastiveLoss(by: encoder) }
}
