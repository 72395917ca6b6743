import Layers
import Pictures
import Recipes
import Torch
import Towers

/// Every recipe with towers so small that a step takes milliseconds.
enum TinyRecipes {
  static let size = 16
  private static let vit = ViT.Settings.clip(
    size: size, patch: 4, width: 64, depth: 1, heads: 2, activation: .quickGELU)
  private static let text = TextTransformer.Settings(
    vocabulary: 20, contextLength: 6, width: 64, depth: 1, heads: 2, activation: .quickGELU)
  static let bert = BERT.Settings(
    vocabulary: 20, width: 64, depth: 1, heads: 2, inner: 128, positions: 16,
    positionScheme: .zeroBased, segments: 1, epsilon: 1e-5, padding: 0, pooling: .firstTanh)

  private static func shrink<Settings: RecipeSettings>(_ settings: Settings) -> Settings {
    var settings = settings
    settings.model.image = .vit(vit)
    settings.model.text = .transformer(text)
    settings.model.width = 32
    settings.training.preprocessing.size = size
    settings.training.crops = []
    settings.training.frozen = []
    return settings
  }

  static var clip: CLIP.Settings { shrink(CLIP.published) }
  static var siglip: SigLIP.Settings {
    var settings = shrink(SigLIP.published)
    settings.model.imageProjection = .linear
    return settings
  }
  static var concepts: Concepts.Settings { shrink(Concepts.published) }
  static var koclip: KoCLIP.Settings {
    var settings = shrink(KoCLIP.published)
    settings.model.text = .bert(bert)
    return settings
  }
  static var kelip: KELIP.Settings {
    var settings = shrink(KELIP.published)
    settings.training.crops = [.init(size: 16), .init(size: 8, count: 2, scale: [0.1, 0.4])]
    return settings
  }
  static var kelipWithViews: KELIP.Settings {
    var settings = kelip
    settings.selfSupervision = 1
    settings.selfSupervisionInner = 64
    settings.selfSupervisionWidth = 32
    return settings
  }
  static var mae: KELIP.Settings {
    var settings = kelip
    settings.stage = .mae
    settings.model.text = nil
    settings.decoder = .init(width: 32, depth: 1, heads: 2)
    return settings
  }
  static var nllb: NLLBCLIP.Settings {
    var settings = shrink(NLLBCLIP.published)
    settings.model.text = .nllb(.init(vocabulary: 20, width: 64, depth: 1, heads: 2, inner: 128))
    settings.widths = [16, 32]
    return settings
  }
  static var brivl: BriVL.Settings {
    var settings = shrink(BriVL.published)
    settings.model.imageProjection = .linear
    settings.model.textProjection = .linear
    settings.queueLength = 8
    // Twenty steps are too few for a copy that moves by a hundredth.
    settings.momentum = 0.5
    return settings
  }
  static var mclip: MCLIP.Settings {
    var settings = shrink(MCLIP.published)
    settings.model.image = nil
    return settings
  }

  /// Eight pictures with a caption each, all of different concepts; the same for the same views.
  static func inputs(_ views: [TrainingPlan.View], texts: Bool = true) -> Step.Inputs {
    let count = 8
    let generator = Generator(seed: 11)
    let groups = Tensor((0..<count).map { Int64($0) })
    var inputs = Step.Inputs(imageGroups: groups, textGroups: groups)
    inputs.views = views.map { view in
      // A picture is a corner of the cube of colours and a little noise: its crops are alike.
      let corners = (0..<count).flatMap { picture in
        (0..<3).map { Float(picture >> $0 & 1) * 4 - 2 }
      }
      let colours = Tensor(corners, shape: [count, 3, 1, 1])
      let one = colours.expanded(count, 3, view.size, view.size)
      let crops = (0..<view.count).map { _ in
        one + Tensor.normal([count, 3, view.size, view.size], using: generator) * 0.1
      }
      return Step.View(
        pixels: .concatenated(crops, axis: 0), crops: view.count, weight: view.weight)
    }
    if texts {
      inputs.texts = [
        TokenBatch((0..<count).map { [2, Int32($0) + 4, Int32($0 * 3 % 8) + 4, 3] }, padding: 0)
      ]
    }
    inputs.textOwners = Array(0..<count)
    inputs.textLanguages = Array(repeating: "ko", count: count)
    inputs.teacher = Tensor.normal([count, 32], using: generator).normalized()
    return inputs
  }
}
