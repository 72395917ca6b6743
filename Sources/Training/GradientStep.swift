import Corpora
package import Recipes
package import Torch
package import Towers

/// One step's loss and gradients.
package struct GradientStep {
  private let device: Device
  private let precision: DType
  /// Pictures, or captions, that go through a tower at once; 0 for all.
  private let chunk: Int
  private let padding: Int32
  private let buckets: LengthBuckets

  /// - Parameters:
  ///   - buckets: Parts of like length in which captions go through the text tower.
  package init(
    device: Device, precision: DType, chunk: Int, padding: Int32, buckets: Int = 1
  ) {
    self.device = device
    self.precision = precision
    self.chunk = chunk
    self.padding = padding
    self.buckets = LengthBuckets(buckets, largest: chunk)
  }

  /// What came of a step.
  package struct Outcome {
    /// In nats.
    package let loss: Double
    /// What the recipe puts in the log besides.
    package let notes: [(name: String, value: Double)]
    /// What a closer look at the step told, if it was asked for.
    package var observation: Observation?
  }

  /// What is measured in some steps only, since it takes a little time.
  package struct Observation: Sendable, Equatable {
    /// Floating-point operations of the step; see ``Engine/countingWork(_:)``.
    package let operations: Int
    /// Nil for recipes that do not learn from pairs.
    package let pairs: PairStatistics?
  }

  /// Computes the loss and adds its gradients to the parameters.
  ///
  /// - Parameters:
  ///   - pictureSize: Side to which the pictures of the first view are shrunk first, in pixels; nil
  ///     leaves them.
  ///   - seed: For what the step draws.
  ///   - observed: The encoder whose pairs are looked at closely; nil for no closer look. It changes
  ///     nothing of the loss and the gradients.
  /// - Throws: ``TorchError``.
  package func callAsFunction(
    _ batch: TrainingData.Batch, pictureSize: Int? = nil, seed: UInt64 = 0,
    observing observed: DualEncoder? = nil, loss: (Step) -> Tensor
  ) throws -> Outcome {
    try Phase.training(Draws(seed: seed)) {
      let step = Step(
        inputs(batch, pictureSize, seed), chunk: chunk, precision: precision, device: device)
      func learn() throws -> (loss: Tensor, pairs: (images: Tensor, texts: Tensor)?) {
        let result = loss(step)
        try result.backward()
        let pairs = observed.flatMap { step.embeddedPairs(by: $0) }
        try step.finish()
        return (result, pairs)
      }
      func outcome(_ loss: Tensor) -> Outcome {
        Outcome(loss: loss.item, notes: step.notes.map { ($0.name, $0.value.item) })
      }
      guard let observed else { return outcome(try learn().loss) }
      let (learned, operations) = try Engine.countingWork(learn)
      var result = outcome(learned.loss)
      result.observation = Observation(
        operations: operations,
        pairs: try learned.pairs.flatMap {
          try PairStatistics($0, of: batch, scale: observed.scale)
        })
      return result
    }
  }

  private func inputs(_ batch: TrainingData.Batch, _ pictureSize: Int?, _ seed: UInt64)
    -> Step.Inputs
  {
    var inputs = Step.Inputs(
      imageGroups: Tensor(batch.imageGroups.map(Int64.init)).to(device),
      textGroups: Tensor(batch.textGroups.map(Int64.init)).to(device))
    let count = batch.imageGroups.count
    for (place, view) in batch.views.enumerated() {
      var pixels = Tensor(
        view.pixels, shape: [view.crops * count, 3, view.size, view.size]
      ).to(device)
      if place == 0, let pictureSize, pictureSize < view.size {
        pixels = averagePool(pixels, height: pictureSize, width: pictureSize)
      }
      inputs.views.append(Step.View(pixels: pixels, crops: view.crops, weight: view.weight))
    }
    if let features = batch.features {
      inputs.features = Tensor(features, shape: [count, features.count / max(1, count)]).to(device)
    }
    inputs.texts = buckets.ranges(of: batch.texts.count).map { range in
      TokenBatch(Array(batch.texts[range]), padding: padding, on: device)
    }
    if let teacher = batch.teacher {
      inputs.teacher = Tensor(
        teacher, shape: [batch.texts.count, teacher.count / max(1, batch.texts.count)]
      ).to(device)
    }
    if let taught = batch.taught {
      func rows(_ numbers: [Float], _ count: Int) -> Tensor {
        Tensor(numbers, shape: [count, numbers.count / max(1, count)]).to(device)
      }
      inputs.teacherImages = rows(taught.images, count)
      inputs.teacherTexts = rows(taught.texts, taught.places.count)
      if taught.places.count < batch.texts.count {
        inputs.taughtTexts = Tensor(taught.places.map(Int64.init)).to(device)
      }
      inputs.teacherScale = taught.scale
    }
    inputs.textOwners = batch.textOwners
    inputs.textLanguages = batch.languages
    inputs.number = batch.step
    inputs.seed = seed
    return inputs
  }
}
