import Layers
import Losses
import Recipes
import TestSupport
import Testing
import Torch
import Towers
import Training

@Suite("Dropout in a step")
struct DropoutStepTests {
  private let images = DropoutRates(
    hidden: 0.2, attention: 0.3, activation: 0.1, path: 0.4, patches: 0.5)
  private let texts = DropoutRates(hidden: 0.2, attention: 0.3, activation: 0.1, path: 0.4)

  @Test(
    "Chunks, parts and passes lose the same: the gradients are those of the whole batch",
    arguments: [(1, 1), (2, 1), (3, 1), (0, 3), (2, 8)])
  func chunksChangeNothing(chunk: Int, buckets: Int) throws {
    let whole = try step(images, texts)
    let parted = try step(images, texts, chunk: chunk, buckets: buckets)
    #expect(isClose(whole.loss, parted.loss, tolerance: 1e-6))
    #expect(whole.gradients.count > 20)
    for (name, expected) in whole.gradients {
      #expect(isClose(parted.gradients[name] ?? [], expected, tolerance: 1e-4), "\(name)")
    }
  }

  @Test("A step draws from its seed: the same again for the same, other numbers for another")
  func seeds() throws {
    let first = try step(images, texts)
    let again = try step(images, texts)
    #expect(first.loss == again.loss && first.gradients == again.gradients)
    #expect(first.loss != (try step(images, texts, seed: 2)).loss)
    #expect(first.loss != (try step(.none, .none)).loss)
    #expect((try step(.none, .none)).loss == (try step(.none, .none, seed: 2)).loss)
  }

  @Test("A tower of which nothing is learned drops nothing", arguments: ["image.", "text."])
  func locked(tower: String) throws {
    let (images, texts) = tower == "image." ? (images, .none) : (DropoutRates.none, texts)
    let locked = try step(images, texts, locking: tower)
    #expect(isClose(locked.loss, try step(.none, .none, locking: tower).loss, tolerance: 1e-6))
    #expect(abs(try step(images, texts).loss - locked.loss) > 1e-4)
  }

  @Test("In bfloat16 a step loses the same")
  func halfPrecision() throws {
    let exact = try step(images, texts).loss
    let rounded = try step(images, texts, precision: .bfloat16).loss
    #expect(abs(exact - rounded) < 0.03)
    #expect(abs(exact - (try step(images, texts, seed: 2)).loss) > 0.03)
  }

  private func step(
    _ images: DropoutRates, _ texts: DropoutRates, locking locked: String? = nil,
    chunk: Int = 0, buckets: Int = 1, seed: UInt64 = 1, precision: DType = .float32
  ) throws -> (loss: Double, gradients: [String: [Float]]) {
    var settings = CLIP.published
    settings.model = DualEncoder.Settings(
      image: .vit(
        ViT.Settings(
          size: 16, patch: 4, width: 16, depth: 2, heads: 2, dropout: images,
          pooling: .classToken)),
      text: .transformer(
        TextTransformer.Settings(
          vocabulary: 40, contextLength: 12, width: 16, depth: 2, heads: 2, dropout: texts)),
      width: 8)
    let scope = Scope(RandomSource(seed: 2))
    let recipe = try CLIP(settings, in: scope)
    for parameter in scope.parameters {
      if let locked, parameter.name.hasPrefix(locked) { parameter.isTrainable = false }
    }
    let generator = Generator(seed: 3)
    let count = 60
    let views = [
      TrainingData.Batch.View(
        size: 16, pixels: Tensor.normal([5, 3, 16, 16], using: generator).floats),
      TrainingData.Batch.View(
        size: 8, crops: 2, weight: 0.5,
        pixels: Tensor.normal([10, 3, 8, 8], using: generator).floats),
    ]
    let captions = (0..<count).map { text in
      (0..<1 + text / 6).map { Int32(1 + (text * 13 + $0 * 5) % 39) }
    }
    let batch = TrainingData.Batch(
      step: 0, views: views, imageGroups: [0, 1, 0, 2, 3], texts: captions,
      textGroups: (0..<count).map { $0 % 4 }, languages: Array(repeating: "en", count: count),
      sampleIDs: [])
    let step = GradientStep(
      device: .cpu, precision: precision, chunk: chunk, padding: 0, buckets: buckets)
    let outcome = try step(batch, seed: seed) { recipe.loss($0) }
    let found = scope.parameters.compactMap { parameter in
      parameter.gradient.map { (parameter.name, $0.floats) }
    }
    return (outcome.loss, Dictionary(uniqueKeysWithValues: found))
  }
}
