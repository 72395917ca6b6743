import Layers
import Losses
import Recipes
import TestSupport
import Testing
import Torch
import Towers
import Training

@Suite("Gradients of a step")
struct GradientStepTests {
  @Test("Chunks give the gradients of the whole batch", arguments: [1, 2, 3])
  func chunksChangeNothing(chunk: Int) throws {
    let whole = try gradients(chunk: 0)
    let chunked = try gradients(chunk: chunk)
    #expect(isClose(whole.loss, chunked.loss, tolerance: 1e-6))
    for (name, expected) in whole.gradients {
      #expect(isClose(chunked.gradients[name] ?? [], expected, tolerance: 1e-4), "\(name)")
    }
  }

  private func gradients(chunk: Int) throws -> (loss: Double, gradients: [String: [Float]]) {
    let scope = Scope(RandomSource(seed: 2))
    let encoder = try DualEncoder(
      DualEncoder.Settings(
        image: .vit(ViT.Settings(size: 8, patch: 4, width: 16, depth: 1, heads: 2)),
        text: .transformer(
          TextTransformer.Settings(vocabulary: 20, contextLength: 6, width: 16, depth: 1, heads: 2)),
        width: 8), in: scope)
    let step = GradientStep(
      device: .cpu, precision: .float32, chunk: chunk, padding: 0, pads: true)
    let generator = Generator(seed: 3)
    let views = [
      TrainingData.Batch.View(
        size: 8, pixels: Tensor.normal([5, 3, 8, 8], using: generator).floats),
      TrainingData.Batch.View(
        size: 4, crops: 2, weight: 0.5,
        pixels: Tensor.normal([10, 3, 4, 4], using: generator).floats),
    ]
    let batch = TrainingData.Batch(
      step: 0, views: views,
      imageGroups: [0, 1, 0, 2, 3], texts: [[1], [2], [3, 4], [5, 6], [7, 8, 9], [1, 2, 3, 4]],
      textGroups: [0, 1, 2, 3, 0, 1], languages: Array(repeating: "en", count: 6), sampleIDs: [])
    let outcome = try step(batch) { step in
      let texts = step.texts(by: encoder)
      return step.meanOverCrops(by: encoder) { images in
        contrastiveLoss(
          images: images, texts: texts, positives: step.positives, scale: encoder.scale)
      }
    }
    return (
      outcome.loss,
      Dictionary(
        uniqueKeysWithValues: scope.parameters.compactMap { parameter in
          parameter.gradient.map { (parameter.name, $0.floats) }
        })
    )
  }
}

@Suite("Schedule")
struct ScheduleTests {
  @Test("Climbs straight to the rate, then falls as a cosine to the last rate")
  func shape() throws {
    var plan = Concepts.published.training
    (plan.rate, plan.warmup, plan.finalRate) = (2, 0.1, 0.1)
    let schedule = Schedule(plan)
    #expect(isClose(schedule.rate(at: 0.05), 1))
    #expect(isClose(schedule.rate(at: 0.1), 2))
    #expect(isClose(schedule.rate(at: 0.55), 2 * (0.1 + 0.9 * 0.5)))
    #expect(isClose(schedule.rate(at: 1), 0.2))
  }
  @Test("No step is of a rate of nothing or above the highest, however short the climb")
  func firstStep() {
    var plan = Concepts.published.training
    for (steps, warmup) in [(20, 0.05), (100, 0.1), (1000, 0.0005), (10_000, 0.05)] {
      (plan.steps, plan.warmup) = (steps, warmup)
      let schedule = Schedule(plan)
      let first = schedule.rate(at: 0)
      #expect(first >= plan.rate / max(1, Double(steps) * warmup) * 0.999, "\(steps)")
      #expect(first <= plan.rate, "\(steps)")
      #expect(schedule.rate(at: 1 / Double(steps)) >= first * 0.999)
    }
    (plan.steps, plan.minutes) = (nil, 5)
    #expect(Schedule(plan).rate(at: 0) > 0)
  }
}
