import Foundation
import Layers
import Losses
import Recipes
import TestSupport
import Testing
import Torch
import Towers
import Training

@Suite("A closer look at a step")
struct ObservationTests {
  private let scope = Scope(RandomSource(seed: 2))
  private let encoder: DualEncoder
  private let batch: TrainingData.Batch

  init() throws {
    encoder = try DualEncoder(
      DualEncoder.Settings(
        image: .vit(ViT.Settings(size: 8, patch: 4, width: 16, depth: 2, heads: 2)),
        text: .bag(BagOfTokens.Settings(vocabulary: 20, contextLength: 6, width: 16, depth: 1)),
        width: 8), in: scope)
    let pixels = Tensor.normal([4, 3, 8, 8], using: Generator(seed: 3)).floats
    batch = TrainingData.Batch(
      step: 0, views: [.init(size: 8, pixels: pixels)], imageGroups: [0, 1, 0, 2],
      texts: [[1], [2], [3, 4], [5, 6], [7, 8, 9]], textGroups: [0, 1, 2, 0, 9],
      textOwners: [0, 1, 3, 2, -1], languages: ["ko", "ko", "sw", "sw", "sw"], sampleIDs: [])
  }

  private func take(
    observed: Bool, chunk: Int = 0, recipe: ((Step) -> Tensor)? = nil
  ) throws -> (outcome: GradientStep.Outcome, gradients: [[Float]]) {
    // Without the gradients of another step.
    AdamW([.init(scope.parameters, weightDecay: 0)]).clearGradients()
    let step = GradientStep(
      device: .cpu, precision: .float32, chunk: chunk, padding: 0)
    let outcome = try step(batch, seed: 4, observing: observed ? encoder : nil) { step in
      recipe?(step)
        ?? contrastiveLoss(
          images: step.images(by: encoder), texts: step.texts(by: encoder),
          positives: step.positives, scale: encoder.scale)
    }
    return (outcome, scope.parameters.compactMap { $0.gradient?.floats })
  }

  @Test("Changes neither the loss nor a gradient, to the bit", arguments: [0, 3])
  func changesNothing(chunk: Int) throws {
    let (plain, looked) = (
      try take(observed: false, chunk: chunk), try take(observed: true, chunk: chunk)
    )
    #expect(plain.outcome.loss == looked.outcome.loss)
    #expect(plain.gradients == looked.gradients && !plain.gradients.isEmpty)
    #expect(plain.outcome.observation == nil)
    #expect((looked.outcome.observation?.operations ?? 0) > 0)
  }

  @Test(
    "Tells each language's loss, from captions to pictures, with all pictures of a concept right")
  func languages() throws {
    let (images, texts) = withoutGradient {
      Phase.training {
        let step = Step(inputs())
        return (step.images(by: encoder).floats, step.texts(by: encoder).floats)
      }
    }
    // In double precision, term by term.
    let scale = encoder.scale.item
    func loss(_ text: Int) -> Double {
      let scores = (0..<4).map { picture in
        (0..<8).reduce(0.0) { $0 + Double(images[picture * 8 + $1]) * Double(texts[text * 8 + $1]) }
          * scale
      }
      let right = (0..<4).filter { batch.imageGroups[$0] == batch.textGroups[text] }
      let mean = right.reduce(0) { $0 + scores[$1] } / Double(right.count)
      return log(scores.reduce(0) { $0 + exp($1) }) - mean
    }
    let pairs = try #require(try take(observed: true).outcome.observation?.pairs)
    #expect(Set(pairs.languageLoss.keys) == ["ko", "sw"])
    #expect(isClose(pairs.languageLoss["ko"] ?? 0, (loss(0) + loss(1)) / 2, tolerance: 2e-4))
    // The last caption is of nothing in the batch.
    #expect(isClose(pairs.languageLoss["sw"] ?? 0, (loss(2) + loss(3)) / 2, tolerance: 2e-4))
  }

  @Test("Tells the share of strangers' pairs that are of one concept")
  func falseNegatives() throws {
    let pairs = try #require(try take(observed: true).outcome.observation?.pairs)
    // 20 pairs less the four own ones; pictures 0 and 2 share a concept, and so do their captions.
    #expect(isClose(pairs.falseNegatives, 2.0 / 16))
  }

  @Test("Computes nothing for recipes that do not embed pairs")
  func noPairs() throws {
    let (outcome, _) = try take(observed: true) { $0.texts(by: encoder).sum() }
    #expect(outcome.observation != nil && outcome.observation?.pairs == nil)
  }

  private func inputs() -> Step.Inputs {
    var inputs = Step.Inputs(
      imageGroups: Tensor(batch.imageGroups.map(Int64.init)),
      textGroups: Tensor(batch.textGroups.map(Int64.init)))
    inputs.views = [Step.View(pixels: Tensor(batch.views[0].pixels, shape: [4, 3, 8, 8]))]
    inputs.texts = [TokenBatch(batch.texts, padding: 0)]
    return inputs
  }

  @Test("A ViT's step counts what its sizes come to, within two per cent")
  func vit() throws {
    let (size, patch, width, depth, count) = (32, 4, 48, 3, 5)
    let scope = Scope(RandomSource(seed: 1))
    let tower = try DualEncoder(
      DualEncoder.Settings(
        image: .vit(
          ViT.Settings(
            size: size, patch: patch, width: width, depth: depth, heads: 3, pooling: .mean)),
        text: .bag(BagOfTokens.Settings(vocabulary: 4, contextLength: 4, width: 8, depth: 1)),
        width: 16), in: scope)
    let pixels = Tensor.normal([count, 3, size, size], using: Generator(seed: 3))
    let operations = try Engine.countingWork {
      try Phase.training { try tower.embed(images: pixels).sum().backward() }
    }.operations
    let patches = (size / patch) * (size / patch)
    let tokens = patches + 1
    // Of a token: queries, keys, values and their map, and a perceptron of four times the width.
    let maps = 12 * width * width * tokens
    let scores = tokens * tokens * width
    // Forward and both gradients; attention 2 + 5 products; of the patches, pixels need no gradient.
    let blocks = depth * (3 * 2 * maps + 7 * 2 * scores)
    let ends = 2 * 2 * patches * 3 * patch * patch * width + 3 * 2 * width * 16
    #expect(isClose(Double(operations), Double(count * (blocks + ends)), tolerance: 0.02))
  }
}
