package import Layers
import Losses
import Pictures
import Settings
package import Torch
package import Towers

/// Many languages and every picture of a concept as positives: our recipe for small collections.
///
/// Each step sees `batch` pictures with `captionsPerPicture` captions each, every one in another
/// language. All captions of a concept are right answers to all its pictures, so a picture pulls on
/// many languages at once and no right answer is pushed away. One step:
///
/// 1. Pictures are changed at random, strongly: a concept must survive another artist's design.
/// 2. Both towers embed.
/// 3. The loss is contrastive, with every positive of a row equally right, or sigmoid.
///
/// - Source: ours; its parts are Radford et al. 2021, arXiv:2103.00020; Yang et al. 2022,
///   arXiv:2204.03610; Zhai et al. 2023, arXiv:2303.15343.
package struct Concepts: Recipe {
  package static let name = "concepts"
  package static let abstract =
    "Small towers, many languages a picture, all pictures of a concept as positives."

  package struct Settings: RecipeSettings {
    package enum Loss: String, Choice {
      case contrastive
      case sigmoid
    }

    package var model = DualEncoder.Settings(
      image: .resNet(
        ResNet.Settings(
          size: 64, stem: 32,
          stages: [
            .init(width: 64, blocks: 1), .init(width: 128, blocks: 1), .init(width: 256, blocks: 1),
          ])),
      text: .bag(BagOfTokens.Settings(vocabulary: 0, contextLength: 32, width: 256, depth: 1)),
      width: 256)
    package var loss = Loss.contrastive
    package var training = {
      var plan = TrainingPlan(preprocessing: .plain(size: 64), augmentation: .strong)
      plan.augmentation.background = 0.5
      plan.batch = 128
      plan.captionsPerPicture = 32
      plan.smallPictures = [.init(until: 0.45, size: 32), .init(until: 0.8, size: 48)]
      plan.rate = 2e-3
      plan.rateScales = ["text.tokens.": 6]
      plan.undecayed += ["text.tokens."]
      plan.vocabulary = 32_768
      plan.epsilon = 1e-8
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
    return step.meanOverCrops(by: encoder) { images in
      switch settings.loss {
      case .contrastive:
        contrastiveLoss(images: images, texts: texts, positives: positives, scale: encoder.scale)
      case .sigmoid:
        sigmoidLoss(
          images: images, texts: texts, positives: positives, scale: encoder.scale,
          bias: encoder.bias.value)
      }
    }
  }
}
