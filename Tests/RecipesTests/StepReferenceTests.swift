import Checkpoints
import Foundation
import Layers
import Pictures
import Recipes
import TestSupport
import Testing
import Torch
import Towers

@Suite("A step of every published recipe against PyTorch")
struct StepReferenceTests {
  private let file: SafetensorsFile

  init() throws { file = try SafetensorsFile(path: fixture("learning/steps.safetensors")) }

  @Test("CLIP's, where several captions and pictures are of one concept")
  func clip() throws {
    try expectStep("clip", of: CLIP.self, TinySteps.shrunk(CLIP.published), inputs())
  }

  @Test("SigLIP's, on a tower that reads a picture by one learned question")
  func siglip() throws {
    var settings = TinySteps.shrunk(SigLIP.published)
    settings.model.image = .vit(
      .siglip(
        size: 6, patch: 2, width: 6, depth: 1, heads: 2, inner: 8, activation: .tanhGELU))
    settings.model.text = .transformer(
      TinySteps.text(isCausal: false, activation: .tanhGELU, epsilon: 1e-6))
    settings.model.imageProjection = .none
    settings.model.textProjection = .affine
    try expectStep("siglip", of: SigLIP.self, settings, inputs())
  }

  @Test("KoCLIP's, with a tanh pooler behind both towers")
  func koclip() throws {
    var settings = TinySteps.shrunk(KoCLIP.published)
    var image = TinySteps.image
    image.hasTanhPooler = true
    settings.model.image = .vit(image)
    settings.model.text = .bert(
      BERT.Settings(
        vocabulary: 12, width: 6, depth: 1, heads: 2, inner: 8, positions: 6,
        positionScheme: .zeroBased, segments: 1, epsilon: 1e-5, padding: 0, pooling: .firstTanh))
    try expectStep("koclip", of: KoCLIP.self, settings, inputs())
  }

  @Test("KELIP's second stage: crops of two sizes count by their weights, captions are read once")
  func kelip() throws {
    let inputs = try inputs(
      .init(pixels: try file.tensor("result/pixels")),
      .init(pixels: try file.tensor("result/small"), crops: 2, weight: 0.5))
    try expectStep("kelip", of: KELIP.self, TinySteps.kelip, inputs)
  }

  @Test("KELIP's second stage with SLIP's views beside, whose batch norms see one view at a time")
  func selfSupervision() throws {
    var settings = TinySteps.kelip
    settings.selfSupervision = 0.75
    settings.selfSupervisionTemperature = 0.2
    settings.selfSupervisionInner = 5
    settings.selfSupervisionWidth = 4
    let inputs = try inputs(
      .init(pixels: try file.tensor("result/pixels")),
      .init(pixels: try file.tensor("result/strong"), crops: 2, weight: 0))
    // A batch norm over a few pictures multiplies what two libraries round differently.
    try expectStep("slip", of: KELIP.self, settings, inputs, chunks: [0], tolerance: 1e-4)
  }

  @Test("KELIP's first stage paints what its step's own mask hides, from −1 to 1")
  func autoencoding() throws {
    var settings = TinySteps.kelip
    settings.stage = .mae
    settings.model.text = nil
    settings.hidden = 0.6
    settings.decoder = .init(width: 6, depth: 1, heads: 2)
    settings.training.preprocessing.mean = [0.5, 0.25, 0.375]
    settings.training.preprocessing.standardDeviation = [0.25, 0.125, 0.5]
    var inputs = try inputs()
    inputs.seed = 77
    var stream = RandomStream(seed: 77, 2)
    let mask = randomMask(count: 4, patches: 9, ratio: 0.6, using: &stream)
    #expect(mask.floats == (try file.tensor("result/hidden").floats))
    try expectStep("mae", of: KELIP.self, settings, inputs, chunks: [0])
  }

  @Test("NLLB-CLIP's, for the whole width and for half of it")
  func nllb() throws {
    var settings = TinySteps.nllb
    settings.widths = [6, 3]
    try expectStep("nllb", of: NLLBCLIP.self, settings, inputs())
  }

  @Test(
    "NLLB-CLIP's with a locked image side, which learns nothing and may be read from a cache",
    arguments: [false, true])
  func lockedTower(isCached: Bool) throws {
    var settings = TinySteps.nllb
    settings.loss = .sigmoid
    var inputs = try inputs()
    if isCached {
      inputs.views = []
      inputs.features = try file.tensor("result/features")
    }
    let parameters = try expectStep(
      "locked", of: NLLBCLIP.self, settings, inputs, freezing: ["image.", "image_projection."])
    let locked = parameters.filter { !$0.isTrainable }
    #expect(locked.count > 10 && locked.allSatisfy { $0.gradient == nil })
  }

  @Test("M-CLIP's, from a teacher's vectors and no picture")
  func mclip() throws {
    var settings = TinySteps.shrunk(MCLIP.published)
    settings.model.image = nil
    settings.model.textProjection = .affine
    var inputs = try inputs()
    inputs.views = []
    inputs.teacher = try file.tensor("result/teacher")
    try expectStep("mclip", of: MCLIP.self, settings, inputs)
  }

  @Test(
    "Two of BriVL's: the momentum copy moves between queries and keys, keys come before older ones",
    arguments: [
      ("brivl", true, 0, 0), ("brivl", true, 0, 1), ("brivl_published", false, 1, 0),
      ("brivl_published", false, 1, 3),
    ])
  func brivl(name: String, leavesOutConcept: Bool, neighbours: Int, chunk: Int) throws {
    var settings = TinySteps.shrunk(BriVL.published)
    settings.model.imageProjection = .linear
    settings.model.textProjection = .linear
    settings.queueLength = 6
    settings.momentum = 0.75
    settings.temperature = 0.2
    settings.neighbours = neighbours
    settings.leavesOutConcept = leavesOutConcept
    let scope = Scope(RecipeNumbers(file: file, recipe: "brivl"))
    let recipe = try BriVL(settings, in: scope)
    for (number, pixels) in ["pixels", "later"].enumerated() {
      let inputs = try inputs(.init(pixels: try file.tensor("result/\(pixels)")))
      try expectStep("\(name).\(number)", of: recipe, scope.parameters, inputs, chunk: chunk)
      for parameter in scope.parameters {
        guard let gradient = parameter.gradient else { continue }
        parameter.assign(parameter.value.detached() - gradient * 0.125)
      }
    }
    let kept = Dictionary(uniqueKeysWithValues: scope.parameters.map { ($0.name, $0.value.floats) })
    for queue in ["image_queue", "text_queue"] {
      let expected = try file.tensor("result/\(name).\(queue)").floats
      #expect(isClose(kept["\(queue).embeddings"] ?? [], expected, tolerance: 1e-5))
      #expect(kept["\(queue).concepts"] == (try file.tensor("result/\(name).concepts").floats))
    }
    let slow = kept.filter { $0.key.hasPrefix("momentum.") }.sorted { $0.key < $1.key }
    let expected = try file.tensor("result/\(name).slow").floats
    #expect(isClose(slow.flatMap(\.value), expected, tolerance: 1e-5))
  }

  /// Four pictures, two of one concept, and five captions, two of one picture.
  private func inputs(_ views: Step.View...) throws -> Step.Inputs {
    let (groups, owners) = ([0, 1, 2, 0] as [Int64], [2, 0, 3, 0, 1])
    var inputs = Step.Inputs(
      imageGroups: Tensor(groups), textGroups: Tensor(owners.map { groups[$0] }))
    inputs.views = try views.isEmpty ? [.init(pixels: file.tensor("result/pixels"))] : views
    inputs.texts = [
      TokenBatch([[3, 7], [5, 4]], padding: 0),
      TokenBatch([[2, 9, 4], [8, 3, 6], [1, 10, 11, 2]], padding: 0),
    ]
    inputs.textOwners = owners
    return inputs
  }

  @discardableResult
  private func expectStep<R: Recipe>(
    _ name: String, of type: R.Type, _ settings: R.Settings, _ inputs: Step.Inputs,
    freezing frozen: [String] = [], chunks: [Int] = [0, 1, 3], tolerance: Float = 1e-5,
    at location: SourceLocation = #_sourceLocation
  ) throws -> [Parameter] {
    let scope = Scope(RecipeNumbers(file: file, recipe: name))
    let recipe = try R(settings, in: scope)
    for parameter in scope.parameters where frozen.contains(where: parameter.name.hasPrefix) {
      parameter.isTrainable = false
    }
    for chunk in chunks {
      try expectStep(
        name, of: recipe, scope.parameters, inputs, chunk: chunk, tolerance: tolerance,
        at: location)
    }
    return scope.parameters
  }

  /// Compares the loss, and the gradient of everything that is learned, parameter by parameter.
  ///
  /// - Parameters:
  ///   - chunk: Pictures that go through a tower at once, as captions do in their two parts; 0 for all.
  private func expectStep(
    _ name: String, of recipe: any Recipe, _ parameters: [Parameter], _ inputs: Step.Inputs,
    chunk: Int, tolerance: Float = 1e-5, at location: SourceLocation = #_sourceLocation
  ) throws {
    AdamW([.init(parameters, weightDecay: 0)]).clearGradients()
    try Phase.training {
      let step = Step(inputs, chunk: chunk)
      let loss = recipe.loss(step)
      let expected = try file.tensor("result/\(name).loss").item
      #expect(isClose(loss.item, expected, tolerance: 1e-5), sourceLocation: location)
      try loss.backward()
      try step.finish()
    }
    let expected = try file.tensor("result/\(name).gradients").floats
    let learned = parameters.filter(\.isTrainable).sorted { $0.name < $1.name }
    try #require(
      learned.reduce(0) { $0 + $1.count } == expected.count, sourceLocation: location)
    let largest = expected.map(abs).max() ?? 0
    var start = 0
    for parameter in learned {
      let numbers = expected[start..<start + parameter.count]
      start += parameter.count
      // What is nothing but rounding, as the slope of a bias before a norm, is measured by the rest.
      let size = max(numbers.map(abs).max() ?? 0, largest / 20)
      let found =
        parameter.gradient?.floats ?? [Float](repeating: 0, count: parameter.count)
      #expect(
        isClose(found.map { $0 / size }, numbers.map { $0 / size }, tolerance: tolerance),
        "\(name): \(parameter.name)", sourceLocation: location)
    }
  }
}

/// The file's numbers for a recipe: its own, or those that all share. A momentum copy begins with
/// what it copies.
private struct RecipeNumbers: ParameterSource {
  let file: SafetensorsFile
  let recipe: String

  func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer) throws(CheckpointError)
    -> Tensor
  {
    let name = key.hasPrefix("momentum.") ? String(key.dropFirst("momentum.".count)) : key
    let own = "\(recipe)/\(name)"
    return try file.tensor(file.entries[own] == nil ? name : own, shape, initializer)
  }
}

/// The towers of the reference.
private enum TinySteps {
  static var image: ViT.Settings {
    var image = ViT.Settings.clip(
      size: 6, patch: 2, width: 6, depth: 1, heads: 2, inner: 8, activation: .quickGELU)
    image.resampling = .byScale
    return image
  }

  static func text(
    isCausal: Bool = true, activation: Activation = .quickGELU, epsilon: Double = 1e-5
  ) -> TextTransformer.Settings {
    TextTransformer.Settings(
      vocabulary: 12, contextLength: 6, width: 6, depth: 1, heads: 2, pooling: .last,
      isCausal: isCausal, inner: 8, activation: activation, epsilon: epsilon)
  }

  static func shrunk<Settings: RecipeSettings>(_ settings: Settings) -> Settings {
    var settings = settings
    settings.model.image = .vit(image)
    settings.model.text = .transformer(text())
    settings.model.width = 6
    return settings
  }

  static var kelip: KELIP.Settings { shrunk(KELIP.published) }

  static var nllb: NLLBCLIP.Settings {
    var settings = shrunk(NLLBCLIP.published)
    settings.model.text = .nllb(
      .init(vocabulary: 12, contextLength: 6, width: 6, depth: 1, heads: 2, inner: 8))
    return settings
  }
}
