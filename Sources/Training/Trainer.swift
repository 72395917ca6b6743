import Checkpoints
import Foundation
package import Layers
package import Models
import Pictures
package import Recipes
package import Torch
package import Towers

/// The one training loop: any recipe, on one device.
///
/// Not sendable: it owns a network. Everything random is a function of the seed and the step, so a
/// run by steps that is interrupted and resumed ends with the same numbers to the bit.
package final class Trainer {
  private let recipe: any Recipe
  private let plan: TrainingPlan
  private let data: TrainingData
  private let folder: RunFolder
  private let card: ModelCard
  private let tokenizerBytes: [UInt8]?
  private let device: Device
  private let seed: UInt64

  private let parameters: [Parameter]
  private let optimizer: AdamW
  private let average: WeightAverage?
  private let schedule: Schedule
  private let gradients: GradientStep
  private var position = Position()

  /// Where in a run we are; what a checkpoint's metadata hold.
  private struct Position: Codable, Equatable {
    var step = 0
    var seconds = 0.0
  }

  /// How a run ended.
  package enum Outcome: Sendable, Equatable {
    case finished
    case interrupted
  }

  /// What the caller hears and decides while training goes on.
  package struct Hooks {
    /// Called about every second or every step, whichever is longer.
    package var report: (TrainingReport) -> Void
    /// Recalls of the encoder on the validation part, by language.
    package var validate: ((DualEncoder) throws -> [String: Double])?
    /// Asked after each step.
    package var isInterrupted: () -> Bool

    package init(
      report: @escaping (TrainingReport) -> Void = { _ in },
      validate: ((DualEncoder) throws -> [String: Double])? = nil,
      isInterrupted: @escaping () -> Bool = { false }
    ) {
      self.report = report
      self.validate = validate
      self.isInterrupted = isInterrupted
    }
  }

  /// Builds the network, drawn from `seed`.
  ///
  /// - Parameters:
  ///   - scope: The scope `recipe` was made in, which knows all its parameters.
  /// - Throws: ``TrainingError/noLength`` if the plan sets neither steps nor minutes, or
  ///   ``TrainingError/badSetting(key:value:need:)``.
  package init(
    _ recipe: any Recipe, in scope: Scope, plan: TrainingPlan, data: TrainingData,
    folder: RunFolder, card: ModelCard, tokenizer: [UInt8]?, seed: UInt64, device: Device
  ) throws(TrainingError) {
    guard plan.steps != nil || plan.minutes != nil else { throw .noLength }
    try plan.check()
    self.recipe = recipe
    self.plan = plan
    self.data = data
    self.folder = folder
    self.card = card
    tokenizerBytes = tokenizer
    self.seed = seed
    self.device = device
    parameters = scope.parameters
    try Self.freeze(parameters, plan.frozen)
    if device != .cpu { for parameter in parameters { parameter.move(to: device) } }
    optimizer = AdamW(
      Self.groups(of: parameters, plan), betas: (plan.beta1, plan.beta2), epsilon: plan.epsilon)
    average =
      plan.average > 0
      ? WeightAverage(of: recipe.encoder.parameters, decay: plan.average) : nil
    schedule = Schedule(plan)
    gradients = GradientStep(
      device: device, precision: plan.precision == .bfloat16 ? .bfloat16 : .float32,
      chunk: plan.chunk, padding: card.text.padding, pads: recipe.encoder.texts?.pads == true,
      buckets: plan.lengthBuckets)
  }

  /// - Throws: ``TrainingError/badSetting(key:value:need:)`` for a name that no parameter has.
  private static func freeze(_ parameters: [Parameter], _ names: [String]) throws(TrainingError) {
    for name in names {
      let named = parameters.filter { $0.name.hasPrefix(name) }
      guard !named.isEmpty else {
        let parts = Set(parameters.map { $0.name.prefix { $0 != "." } + "." }).sorted()
        throw .badSetting(
          key: "training.frozen", value: "“\(name)”",
          need: "the beginning of parameters' names, such as \(parts.joined(separator: ", "))")
      }
      for parameter in named { parameter.isTrainable = false }
    }
  }

  /// Matrices decay, vectors do not; each rate scale makes groups of its own.
  private static func groups(of parameters: [Parameter], _ plan: TrainingPlan) -> [AdamW.Group] {
    struct Key: Hashable {
      let decays: Bool
      let scale: Double
    }
    var groups: [Key: [Parameter]] = [:]
    for parameter in parameters where parameter.isTrainable {
      let spared = plan.undecayed.contains { parameter.name.contains($0) }
      let scale = plan.rateScales.first { parameter.name.hasPrefix($0.key) }?.value ?? 1
      let decays = (plan.decaysVectors || parameter.shape.count > 1) && !spared
      let key = Key(decays: decays, scale: scale)
      groups[key, default: []].append(parameter)
    }
    return groups.sorted { ($0.key.scale, $0.value.count) < ($1.key.scale, $1.value.count) }.map {
      AdamW.Group($1, weightDecay: $0.decays ? plan.weightDecay : 0, rateScale: $0.scale)
    }
  }

  private var progress: Double {
    if let steps = plan.steps { return min(1, Double(position.step) / Double(max(1, steps))) }
    return min(1, position.seconds / ((plan.minutes ?? 1) * 60))
  }

  /// Trains to the end, or until interrupted; saves a checkpoint and the model in both cases.
  ///
  /// - Throws: ``TrainingError``, ``TorchError`` or ``CheckpointError``; the last checkpoint on
  ///   disk stays whole.
  package func run(_ hooks: Hooks) throws -> Outcome {
    Engine.keepMemory()
    let log = try TrainingLog(folder: folder, keepingSteps: position.step)
    let batches = Prefetcher(data, from: position.step)
    defer { batches.stop() }
    var meter = Meter()
    // Validation and checkpoints count too: minutes are minutes of the clock.
    let (began, before) = (ContinuousClock.now, position.seconds)
    var lastCheckpoint = position.seconds
    var lastValidation = position.seconds
    while progress < 1 {
      let start = ContinuousClock.now
      let batch = batches.batch(ofStep: position.step)
      let waited = (ContinuousClock.now - start) / .seconds(1)
      let rate = schedule.rate(at: progress)
      let (outcome, norm) = try step(batch, rate: rate)
      position.step += 1
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      position.seconds = before + (ContinuousClock.now - began) / .seconds(1)
      meter.add(
        outcome, norm: norm, pictures: batch.imageGroups.count, captions: batch.texts.count,
        seconds: elapsed, waited: waited)

      let isInterrupted = hooks.isInterrupted()
      let isDue =
        plan.validationMinutes > 0
        && position.seconds - lastValidation >= plan.validationMinutes * 60
      if meter.seconds >= 1 || progress >= 1 || isDue {
        var report = meter.report(
          step: position.step, progress: progress, epochs: data.epochs(afterSteps: position.step),
          rate: rate, scale: recipe.encoder.scale.item, seconds: position.seconds)
        if let validate = hooks.validate, isDue || (progress >= 1 && plan.validationMinutes > 0) {
          lastValidation = position.seconds
          report.validation = try withAveragedWeights { try validate(recipe.encoder) }
        }
        try log.append(report)
        hooks.report(report)
        meter = Meter()
      }
      let isStep = plan.checkpointSteps > 0 && position.step % plan.checkpointSteps == 0
      if isInterrupted || isStep
        || position.seconds - lastCheckpoint >= plan.checkpointMinutes * 60
      {
        try save()
        lastCheckpoint = position.seconds
      }
      if isInterrupted { return .interrupted }
    }
    try save()
    return .finished
  }

  /// What a run would take.
  package struct Rehearsal: Sendable, Encodable {
    /// Of one step, the optimizer's part included.
    package let secondsPerStep: Double
    /// Of the whole run; told by the steps, or by the minutes and the step.
    package let steps: Int
    package let minutes: Double
    /// Times every picture would be seen.
    package let epochs: Double
    /// The most memory that the program has taken so far, in bytes; 0 where the system does not say.
    package let memory: Int
  }

  /// The most memory that the program has taken so far, in bytes; 0 where the system does not say.
  private static var peakMemory: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }

  /// Takes three steps to see what a run would need; nothing is written.
  ///
  /// - Throws: ``TrainingError`` or ``TorchError`` as a run would.
  package func rehearse() throws -> Rehearsal {
    var seconds: [Double] = []
    for number in 0..<3 {
      let start = ContinuousClock.now
      _ = try step(data.batch(ofStep: number), rate: schedule.rate(at: 0))
      position.step += 1
      seconds.append((ContinuousClock.now - start) / .seconds(1))
    }
    // The first step also finds its memory.
    let fastest = seconds.dropFirst().min() ?? seconds[0]
    let steps = plan.steps ?? Int((plan.minutes ?? 0) * 60 / fastest)
    return Rehearsal(
      secondsPerStep: fastest, steps: steps, minutes: plan.minutes ?? Double(steps) * fastest / 60,
      epochs: data.epochs(afterSteps: steps), memory: Self.peakMemory)
  }

  private func step(_ batch: TrainingData.Batch, rate: Double) throws -> (
    GradientStep.Outcome, norm: Double
  ) {
    // Dropout's stream, begun anew each step so that no state needs keeping.
    let seed = seed &+ 0x9E37_79B9 &* UInt64(position.step + 1)
    Engine.seed(seed)
    optimizer.clearGradients()
    let result: GradientStep.Outcome
    do {
      // As a result, so that the first failure is told and not what followed from it.
      let outcome = try catchingTorchErrors {
        Result {
          try gradients(
            batch, pictureSize: plan.smallPictures.isEmpty ? nil : plan.pictureSize(at: progress),
            seed: seed
          ) { $0.loss(of: recipe, distilling: plan.distillation) }
        }
      }
      result = try outcome.get()
    } catch let error as TorchError {
      let reason = error.message.prefix { !$0.isNewline }
      throw TrainingError.stepFailed(step: position.step + 1, reason: String(reason))
    }
    guard result.loss.isFinite else {
      throw TrainingError.diverged(
        step: position.step + 1, loss: result.loss, samples: batch.sampleIDs)
    }
    let norm = try optimizer.clipGradients(to: plan.clip > 0 ? plan.clip : .infinity)
    try optimizer.step(rate: rate)
    average?.follow(step: position.step)
    return (result, norm)
  }

  /// Lends the averaged weights to the encoder, if there is an average.
  private func withAveragedWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withoutGradient { try average.map { try $0.lending(body) } ?? body() }
  }
}

// Checkpoints.

extension Trainer {
  /// Everything whose numbers change.
  private var memory: [Parameter] { parameters + (average?.parameters ?? []) + optimizer.memory }

  /// Writes the checkpoint, and the model as it is now.
  ///
  /// - Throws: ``CheckpointError`` or ``ModelError`` if the folder cannot be written.
  package func save() throws {
    let position = String(decoding: try JSONEncoder().encode(position), as: UTF8.self)
    try writeSafetensors(
      memory.map { ($0.name, $0.value) }, metadata: ["position": position], to: folder.checkpoint)
    let averages = average?.values ?? [:]
    try Model.write(
      card, parameters: recipe.encoder.parameters.map { ($0.name, averages[$0.name] ?? $0.value) },
      tokenizer: tokenizerBytes, to: folder.path)
  }

  /// Goes back to where the run in the folder stopped.
  ///
  /// - Throws: ``TrainingError/nothingToResume(path:)``, or ``CheckpointError`` if its checkpoint
  ///   is not of this network.
  package func resume() throws {
    let file = try RunFolder.restore(memory, from: folder.checkpoint)
    guard let text = file.metadata["position"],
      let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8))
    else {
      throw CheckpointError.unreadable(
        path: folder.checkpoint, reason: "it does not say where the run stopped")
    }
    self.position = position
  }
}

/// Sums up steps between two reports.
private struct Meter {
  private var loss = 0.0
  private var notes: [String: Double] = [:]
  private var norm = 0.0
  private var steps = 0
  private var pictures = 0
  private var captions = 0
  private var waited = 0.0
  private(set) var seconds = 0.0

  mutating func add(
    _ outcome: GradientStep.Outcome, norm: Double, pictures: Int, captions: Int, seconds: Double,
    waited: Double
  ) {
    loss += outcome.loss
    for (name, value) in outcome.notes { notes[name, default: 0] += value }
    self.norm += norm
    steps += 1
    self.pictures += pictures
    self.captions += captions
    self.seconds += seconds
    self.waited += waited
  }

  func report(
    step: Int, progress: Double, epochs: Double, rate: Double, scale: Double, seconds total: Double
  ) -> TrainingReport {
    let count = Double(max(1, steps))
    let time = max(seconds, 1e-9)
    return TrainingReport(
      step: step, progress: progress, epochs: epochs, loss: loss / count, learningRate: rate,
      scale: scale, gradientNorm: norm / count, picturesPerSecond: Double(pictures) / time,
      captionsPerSecond: Double(captions) / time, dataWait: waited / time, seconds: total,
      secondsLeft: progress > 0 ? total * (1 - progress) / progress : 0,
      notes: notes.isEmpty ? nil : notes.mapValues { $0 / count })
  }
}
