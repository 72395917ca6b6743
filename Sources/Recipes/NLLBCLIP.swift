package import Layers
import Losses
import Pictures
package import Settings
package import Torch
package import Towers

/// NLLB-CLIP: a translation model's encoder learns to stand beside an image tower that is locked.
///
/// Begin it with `--image-from` any published CLIP or SigLIP and `--text-from
/// facebook/nllb-200-distilled-600M`, an NLLB-CLIP or another text model. A locked image tower runs over each picture once, into a file, and never
/// again: a step then costs the text tower alone.
///
/// - Source: Visheratin 2023, arXiv:2309.01859; the locked tower: Zhai et al. 2022 (LiT),
///   arXiv:2111.07991; widths: Kusupati et al. 2022, arXiv:2205.13147.
/// - Differs: the authors' rates, batch sizes and widths are not published; these are ours.
package struct NLLBCLIP: Recipe {
  package static let name = "nllb-clip"
  package static let abstract = "Text tower of 201 languages beside a locked image tower."

  package struct Settings: RecipeSettings {
    package enum Loss: String, Choice {
      case contrastive
      case sigmoid
    }

    /// ViT-B/32 beside the encoder of NLLB 600M.
    package var model = DualEncoder.Settings(
      image: .vit(
        .clip(size: 224, patch: 32, width: 768, depth: 12, heads: 12, activation: .quickGELU)),
      text: .nllb(.distilled600M), width: 512)
    /// `contrastive` in the first models, `sigmoid` in those with SigLIP's image tower.
    package var loss = Loss.contrastive
    /// Widths to which embeddings may be cut later, each of which is learned for, as in the models
    /// called mrl; none for the full width alone.
    package var widths: [Int] = []
    package var training = {
      var plan = TrainingPlan.clip
      plan.frozen = ["image.", "image_projection."]
      // One language is drawn a picture and step.
      plan.captionsPerPicture = 1
      plan.languages = .uniform
      plan.rate = 1e-4
      plan.validationLanguages = ["en", "ko", "zh-Hans", "sw", "ar"]
      return plan
    }()
  }

  package static var published: Settings { Settings() }

  package let encoder: DualEncoder
  private let settings: Settings

  package init(_ settings: Settings, in scope: Scope) throws {
    encoder = try DualEncoder(settings.model, in: scope)
    self.settings = settings
  }

  package var scoring: PairScoring {
    switch settings.loss {
    case .contrastive: .softmax
    case .sigmoid: .sigmoid
    }
  }

  package func loss(_ step: Step) -> Tensor {
    let texts = step.texts(by: encoder)
    let positives = step.positives
    let (scale, bias) = (encoder.scale, encoder.bias.value)
    func pairLoss(_ images: Tensor, _ texts: Tensor) -> Tensor {
      switch settings.loss {
      case .contrastive:
        contrastiveLoss(images: images, texts: texts, positives: positives, scale: scale)
      case .sigmoid:
        sigmoidLoss(images: images, texts: texts, positives: positives, scale: scale, bias: bias)
      }
    }
    return step.meanOverCrops(by: encoder) { images in
      settings.widths.isEmpty
        ? pairLoss(images, texts)
        : matryoshkaLoss(images: images, texts: texts, widths: settings.widths, pairLoss: pairLoss)
    }
  }
}

extension NLLBCLIP.Settings {
  package func check(languages: [String]) throws(SettingsError) {
    for width in widths where !(1...model.width).contains(width) {
      throw .unreadable(
        key: "widths", reason: "\(width) is not from 1 to the model's width, \(model.width)")
    }
  }
}
