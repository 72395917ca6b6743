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
    // Pictures and captions are really cut, and into nothing larger than a chunk.
    #expect(whole.texts == [6])
    #expect(chunked.texts.count == (6 + chunk - 1) / chunk && chunked.texts.max() == chunk)
    #expect(whole.gradients.count > 20 && whole.gradients.keys == chunked.gradients.keys)
    #expect(isClose(whole.loss, chunked.loss, tolerance: 1e-6))
    for (name, expected) in whole.gradients {
      #expect(isClose(chunked.gradients[name] ?? [], expected, tolerance: 1e-4), "\(name)")
    }
  }

  private func gradients(chunk: Int) throws -> (
    loss: Double, gradients: [String: [Float]], texts: [Int]
  ) {
    let scope = Scope(RandomSource(seed: 2))
    let encoder = try DualEncoder(
      DualEncoder.Settings(
        image: .vit(ViT.Settings(size: 8, patch: 4, width: 16, depth: 1, heads: 2)),
        text: .transformer(
          TextTransformer.Settings(vocabulary: 20, contextLength: 6, width: 16, depth: 1, heads: 2)),
        width: 8), in: scope)
    let step = GradientStep(
      device: .cpu, precision: .float32, chunk: chunk, padding: 0)
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
    var parts: [Int] = []
    let outcome = try step(batch) { step in
      parts = step.inputs.texts.map(\.texts.count)
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
        }), parts
    )
  }
}

@Suite("Gradients of a step with all that composes")
struct ComposedGradientTests {
  @Test(
    "Any number of parts of like length, with chunks or without, gives the gradients of one part",
    arguments: [(2, 0), (3, 0), (8, 0), (1, 2), (8, 2)])
  func partsChangeNothing(buckets: Int, chunk: Int) throws {
    let whole = try gradients(buckets: 1, chunk: 0)
    let parted = try gradients(buckets: buckets, chunk: chunk)
    #expect(whole.parts == [300])
    #expect(parted.parts.count > 1 && parted.parts.reduce(0, +) == 300)
    if chunk > 0 { #expect(parted.parts.allSatisfy { $0 <= chunk }) }
    #expect(isClose(whole.loss, parted.loss, tolerance: 1e-5))
    #expect(whole.gradients.count > 10 && whole.gradients.keys == parted.gradients.keys)
    #expect(whole.gradients["image_projection.weight"] == nil, "the image side is locked")
    for (name, expected) in whole.gradients {
      #expect(isClose(parted.gradients[name] ?? [], expected, tolerance: 1e-5), "\(name)")
    }
  }

  /// A recipe of pairs beside a locked image tower from its features, ten captions a picture, and a
  /// teacher that knows nine of ten.
  private func gradients(buckets: Int, chunk: Int) throws -> (
    loss: Double, gradients: [String: [Float]], parts: [Int]
  ) {
    var settings = NLLBCLIP.published
    settings.model = DualEncoder.Settings(
      image: .vit(ViT.Settings(size: 8, patch: 4, width: 16, depth: 1, heads: 2)),
      text: .nllb(.init(vocabulary: 40, width: 16, depth: 1, heads: 2, inner: 32)), width: 8)
    let scope = Scope(RandomSource(seed: 2))
    let recipe = try NLLBCLIP(settings, in: scope)
    for parameter in scope.parameters where parameter.name.hasPrefix("image") {
      parameter.isTrainable = false
    }
    func numbers(_ rows: Int, _ width: Int, _ seed: UInt64) -> [Float] {
      Tensor.normal([rows, width], using: Generator(seed: seed)).normalized().floats
    }
    let (pictures, count) = (30, 300)
    let owners = (0..<count).map { $0 * 7 % pictures }
    let places = (0..<count).filter { $0 % 10 != 3 }
    let texts = (0..<count).map { (text: Int) -> [Int32] in
      (0..<2 + text / 20).map { (place: Int) -> Int32 in Int32(3 + (text * 13 + place * 5) % 37) }
    }
    var batch = TrainingData.Batch(
      step: 0, views: [], features: numbers(pictures, 16, 3), imageGroups: Array(0..<pictures),
      texts: texts, textGroups: owners, textOwners: owners,
      languages: Array(repeating: "en", count: count), sampleIDs: [])
    batch.taught = TrainingData.Batch.Taught(
      images: numbers(pictures, 6, 4), texts: numbers(places.count, 6, 5), places: places, scale: 9)
    var parts: [Int] = []
    let step = GradientStep(
      device: .cpu, precision: .float32, chunk: chunk, padding: 1, buckets: buckets)
    let outcome = try step(batch) { step in
      parts = step.inputs.texts.map { $0.texts.count }
      return step.loss(of: recipe, distilling: 2)
    }
    #expect(outcome.notes.map(\.name) == ["distillation"])
    let found = scope.parameters.compactMap { parameter in
      parameter.gradient.map { (parameter.name, $0.floats) }
    }
    return (outcome.loss, Dictionary(uniqueKeysWithValues: found), parts)
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
  @Test("The climb takes as many steps as are named at most, in a run by steps")
  func warmupSteps() {
    var plan = Concepts.published.training
    (plan.rate, plan.warmup, plan.warmupSteps, plan.steps) = (3, 0.05, 2_000, 400_000)
    let long = Schedule(plan)
    #expect(isClose(long.rate(at: 1_000 / 400_000), 1.5))
    #expect(isClose(long.rate(at: 2_000 / 400_000), 3))
    plan.steps = 1_000
    #expect(isClose(Schedule(plan).rate(at: 0.025), 1.5), "a twentieth is less")
    (plan.steps, plan.minutes) = (nil, 5)
    #expect(isClose(Schedule(plan).rate(at: 0.025), 1.5), "minutes have no steps")
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
