package import Layers
import Losses
import Pictures
package import Torch
package import Towers

/// CLIP: contrasts each picture with the captions of the batch, and each caption with the pictures.
///
/// - Source: Radford et al. 2021, §2, table 20, arXiv:2103.00020.
/// - Differs: pictures and captions of one concept are right answers of each other and never
///   negatives; with one of each a batch it is the paper's loss. Steps are the run's business: the
///   paper's are 32 epochs of 400 million pairs.
package struct CLIP: Recipe {
  package static let name = "clip"
  package static let abstract = "Symmetric contrastive loss in the batch (OpenAI, open_clip)."

  package struct Settings: RecipeSettings {
    /// ViT-B/32. Published: width 512, ln(1/0.07) = 2.659 for the scale (§2.4).
    package var model = DualEncoder.Settings(
      image: .vit(
        .clip(size: 224, patch: 32, width: 768, depth: 12, heads: 12, activation: .quickGELU)),
      text: .transformer(
        TextTransformer.Settings(
          vocabulary: 0, contextLength: 77, width: 512, depth: 12, heads: 8, pooling: .last,
          activation: .quickGELU)),
      width: 512)
    package var training = TrainingPlan.clip
  }

  package static var published: Settings { Settings() }

  package let encoder: DualEncoder

  package init(_ settings: Settings, in scope: Scope) throws {
    encoder = try DualEncoder(settings.model, in: scope)
  }

  package func loss(_ step: Step) -> Tensor { step.contrastiveLoss(by: encoder) }
}

extension TrainingPlan {
  /// What CLIP was trained with. Published (table 20): AdamW β 0.9 and 0.98, ε 1e-6, weight decay
  /// 0.2 but for gains and biases, rate 5e-4, 2,000 steps of warm-up, cosine; a random square crop.
  ///
  /// - Differs: the batch (32,768) is a machine's business; so short a run that 2,000 steps are more
  ///   than a twentieth of it climbs for a twentieth; gradients are cut to a norm of 1, which the paper
  ///   does not speak of and open_clip does when asked: small batches have larger ones.
  package static let clip: TrainingPlan = {
    var plan = TrainingPlan(preprocessing: .clip(size: 224), augmentation: .clip)
    plan.batch = 256
    plan.warmupSteps = 2_000
    plan.undecayed = []
    plan.captionsPerPicture = 1
    plan.rate = 5e-4
    plan.weightDecay = 0.2
    plan.vocabulary = 49_408
    plan.cachedSide = 256
    return plan
  }()
}

extension Step {
  /// The symmetric contrastive loss of the step's pairs, over all crops.
  func contrastiveLoss(by encoder: DualEncoder) -> Tensor {
    let texts = texts(by: encoder)
    let positives = positives
    return meanOverCrops(by: encoder) { images in
      Losses.contrastiveLoss(
        images: images, texts: texts, positives: positives, scale: encoder.scale)
    }
  }

  /// The pairwise sigmoid loss of the step's pairs, over all crops.
  func sigmoidLoss(by encoder: DualEncoder) -> Tensor {
    let texts = texts(by: encoder)
    let positives = positives
    return meanOverCrops(by: encoder) { images in
      Losses.sigmoidLoss(
        images: images, texts: texts, positives: positives, scale: encoder.scale,
        bias: encoder.bias.value)
    }
  }
}
