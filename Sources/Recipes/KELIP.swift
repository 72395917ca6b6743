import Foundation
package import Layers
import Losses
import Pictures
package import Settings
package import Torch
package import Towers

/// KELIP: one encoder for two languages, its image tower first taught to paint what is hidden.
///
/// `--set stage=mae` is the first stage and needs pictures alone; the second begins where it ended,
/// with `--image-from` that run. In the second, captions of both languages are mixed, and nothing
/// but pictures brings the languages together:
///
/// 1. Each picture is cropped at two sizes; each size goes through the tower at once.
/// 2. Captions are embedded once for all crops.
/// 3. The loss is the mean over crops of the symmetric contrastive loss; with `selfSupervision`,
///    SimCLR's loss of two more, strongly varied views is added, which the authors found to harm.
///
/// - Source: Ko & Gu 2022, arXiv:2203.14463; navervision/KELIP at a9af5a2, `kelip/model.py`; SLIP:
///   Mu et al. 2021, arXiv:2112.12750.
/// - Differs: the paper does not say how many crops of which scale there are, the share that is
///   hidden, the decoder's depth, rates, batch and length; these are SwAV's, MAE's and CLIP's.
package struct KELIP: Recipe {
  package static let name = "kelip"
  package static let abstract = "Masked autoencoding, then two languages and several crops (NAVER)."

  package struct Settings: RecipeSettings {
    package enum Stage: String, Choice {
      case mae
      case contrastive
    }
    /// What is painted into a hidden patch.
    package enum Target: String, Choice {
      /// Pixels from −1 to 1, which the decoder's tanh can reach.
      case pixels
      /// Pixels whose mean and deviation in the patch are taken away.
      case normalized
    }

    package var stage = Stage.contrastive
    /// ViT-B/32 and CLIP's text tower. Published: positions of small crops are resampled by scale.
    package var model = {
      var image = ViT.Settings.clip(
        size: 224, patch: 32, width: 768, depth: 12, heads: 12, activation: .quickGELU)
      image.resampling = .byScale
      return DualEncoder.Settings(
        image: .vit(image),
        text: .transformer(
          TextTransformer.Settings(
            vocabulary: 0, contextLength: 77, width: 512, depth: 12, heads: 8, pooling: .last,
            activation: .quickGELU)),
        width: 512)
    }()

    /// Of the first stage: the decoder that is thrown away afterwards.
    package var decoder = MaskedAutoencoder.Settings.kelip
    /// Share of a picture's patches that is hidden. MAE: 0.75.
    package var hidden = 0.75
    package var target = Target.pixels
    /// Whether the loss looks at visible patches, too.
    package var paintsAll = false

    /// Weight of SimCLR's loss beside the contrastive one; 0 for none. SLIP: 1.
    package var selfSupervision = 0.0
    /// SimCLR's τ. SLIP: 0.1.
    package var selfSupervisionTemperature = 0.1
    /// Hidden width of SimCLR's projection head on the image tower. SLIP: 4,096.
    package var selfSupervisionInner = 4_096
    /// Output width of that projection head. SLIP: 256.
    package var selfSupervisionWidth = 256

    package var training = {
      var plan = TrainingPlan.clip
      plan.augmentation = .openCLIP
      plan.augmentation.scale = 0.4...1
      // SwAV's two sizes at CLIP's: 2 × 224 of 0.14 to 1, 6 × 96 of 0.05 to 0.14. Scales are larger
      // here: a captioned thing is easily lost from a crop of a twentieth.
      plan.crops = [
        .init(size: 224, count: 1, scale: [0.4, 1]), .init(size: 96, count: 4, scale: [0.1, 0.4]),
      ]
      plan.vocabulary = 98_816
      plan.validationLanguages = ["ko", "en"]
      return plan
    }()
  }

  package static var published: Settings { Settings() }

  /// The pixel loss of the first stage is not in nats.
  package var isLossInNats: Bool { settings.stage == .contrastive }

  package let encoder: DualEncoder
  private let settings: Settings
  private let autoencoder: MaskedAutoencoder?
  private let head: SelfSupervisedHead?

  package init(_ settings: Settings, in scope: Scope) throws {
    encoder = try DualEncoder(settings.model, in: scope)
    autoencoder =
      settings.stage == .mae
      ? try MaskedAutoencoder(settings.decoder, of: encoder, in: scope / "decoder") : nil
    head =
      settings.stage == .contrastive && settings.selfSupervision > 0
      ? try SelfSupervisedHead(
        encoder.images?.width ?? 0, inner: settings.selfSupervisionInner,
        outputs: settings.selfSupervisionWidth, in: scope / "self_supervision") : nil
    self.settings = settings
  }

  package func loss(_ step: Step) -> Tensor {
    if let autoencoder { return paintingLoss(step, autoencoder) }
    let loss = step.contrastiveLoss(by: encoder)
    guard let head else { return loss }
    let last = step.inputs.views[step.inputs.views.count - 1].pixels
    let features = step.computing { encoder.imageFeatures(of: last) }.to(.float32)
    // The head's batch norms see one view at a time, as SLIP's do.
    let added = selfSupervisedLoss(
      head(features.narrowed(0, to: 0..<step.count)),
      head(features.narrowed(0, to: step.count..<2 * step.count)),
      temperature: settings.selfSupervisionTemperature)
    step.note("contrastive", loss)
    step.note("self_supervision", added)
    return loss + added * settings.selfSupervision
  }

  /// The mean squared error of what is painted into hidden patches.
  private func paintingLoss(_ step: Step, _ autoencoder: MaskedAutoencoder) -> Tensor {
    let pixels = step.inputs.views[0].pixels
    let patch = autoencoder.patch
    let patches = (pixels.shape[2] / patch) * (pixels.shape[3] / patch)
    var random = RandomStream(seed: step.inputs.seed, 2)
    let mask = randomMask(
      count: pixels.shape[0], patches: patches, ratio: settings.hidden, using: &random)
    let painted = step.computing { autoencoder(pixels, hidden: mask) }.to(.float32)
    var targets: Tensor
    switch settings.target {
    case .pixels:
      let preprocessing = settings.training.preprocessing
      let unit = unitPixels(
        pixels, mean: preprocessing.mean, standardDeviation: preprocessing.standardDeviation)
      targets = pixelPatches(of: unit, side: patch, order: .channelsFirst)
    case .normalized:
      targets = normalizedPatches(pixelPatches(of: pixels, side: patch, order: .channelsFirst))
    }
    targets = targets.detached()
    return maskedPatchLoss(
      predictions: painted, targets: targets, hidden: settings.paintsAll ? nil : mask)
  }
}

extension KELIP.Settings {
  package var input: TrainingInput { stage == .mae ? .pictures : .pairs }

  package var views: [TrainingPlan.View] {
    if stage == .mae {
      // MAE's: one crop and its mirror image.
      var varied = training.augmentation
      varied.scale = 0.2...1
      varied.flip = 0.5
      return [.init(size: training.preprocessing.size, augmentation: varied)]
    }
    guard selfSupervision > 0 else { return training.views }
    var strong = Augmentation.simCLR
    strong.fit = training.augmentation.fit
    return training.views
      + [.init(size: training.preprocessing.size, count: 2, weight: 0, augmentation: strong)]
  }

  package func check(languages: [String]) throws(SettingsError) {
    for (key, width) in [
      ("selfSupervisionInner", selfSupervisionInner),
      ("selfSupervisionWidth", selfSupervisionWidth),
    ] where width < 1 {
      throw .unreadable(key: key, reason: "it must be at least 1, not \(width)")
    }
    guard (0..<1).contains(hidden), hidden > 0 else {
      throw .unreadable(key: "hidden", reason: "it must lie between 0 and 1, not be \(hidden)")
    }
    if training.chunk > 0, stage == .mae || selfSupervision > 0 {
      throw .unfit(
        reason: "training.chunk works only with pair losses; set it to 0 for masked "
          + "autoencoding and self-supervision, and make training.batch smaller.")
    }
    guard stage == .contrastive, languages.count < 2 else { return }
    throw .unfit(
      reason: "kelip trains on two or more languages, but the captions to learn from are in "
        + "\(languages.first.map { "one, \($0)" } ?? "none"). Add captions in another (or name it in "
        + "training.captionLanguages), or take the recipe clip.")
  }
}
