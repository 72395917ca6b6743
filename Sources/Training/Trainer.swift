import Checkpoints
import Files
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

  private var rollbackPoint: RollbackPoint
  /// Whether it was said that the log cannot be written: once is enough.
  private var hasToldOfLog = false

  /// How a run ended.
  package enum Outcome: Sendable, Equatable {
    case finished
    case interrupted
  }

  /// Callbacks of a run in progress.
  package struct Hooks {
    /// Called about every second or every step, whichever is longer.
    package var report: (TrainingReport) -> Void
    /// Recalls of the encoder on the validation part, by language.
    package var validate: ((DualEncoder) throws -> [String: Double])?
    /// Called when the run has been rolled back to an earlier step.
    package var rolledBack: (Rollback) -> Void
    /// Called with problems that do not stop the run.
    package var problem: (String) -> Void
    /// Called after each step; true stops the run.
    package var isInterrupted: () -> Bool

    package init(
      report: @escaping (TrainingReport) -> Void = { _ in },
      validate: ((DualEncoder) throws -> [String: Double])? = nil,
      rolledBack: @escaping (Rollback) -> Void = { _ in },
      problem: @escaping (String) -> Void = { _ in },
      isInterrupted: @escaping () -> Bool = { false }
    ) {
      self.report = report
      self.validate = validate
      self.rolledBack = rolledBack
      self.problem = problem
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
    for parameter in try plan.frozenParameters(among: parameters) { parameter.isTrainable = false }
    if device != .cpu { for parameter in parameters { parameter.move(to: device) } }
    optimizer = AdamW(
      Self.groups(of: parameters, plan), betas: (plan.beta1, plan.beta2), epsilon: plan.epsilon)
    average =
      plan.average > 0
      ? WeightAverage(of: recipe.encoder.parameters, decay: plan.average) : nil
    schedule = Schedule(plan)
    rollbackPoint = RollbackPoint(plan, folder: folder)
    gradients = GradientStep(
      device: device, precision: plan.precision == .bfloat16 ? .bfloat16 : .float32,
      chunk: plan.chunk, padding: card.text.padding, buckets: plan.lengthBuckets)
  }

  /// Matrices decay, vectors do not; each rate scale makes groups of its own.
  ///
  /// Their order is always the same: sums over all gradients are made in it.
  private static func groups(of parameters: [Parameter], _ plan: TrainingPlan) -> [AdamW.Group] {
    struct Key: Hashable {
      let decays: Bool
      let scale: Double
    }
    var groups: [Key: [Parameter]] = [:]
    for parameter in parameters where parameter.isTrainable {
      let spared = plan.undecayed.contains { parameter.name.contains($0) }
      let decays = (plan.decaysVectors || parameter.shape.count > 1) && !spared
      let key = Key(decays: decays, scale: plan.rateScale(of: parameter.name))
      groups[key, default: []].append(parameter)
    }
    func place(_ key: Key) -> (Double, Int) { (key.scale, key.decays ? 1 : 0) }
    return groups.sorted { place($0.key) < place($1.key) }.map {
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
    if rollbackPoint.needsBeginning { try save() }
    try rollbackPoint.begin(at: position.stepsOfWeights)
    while true {
      do { return try learn(hooks) } catch let error as TrainingError {
        guard case .diverged(let divergence, _) = error else { throw error }
        hooks.rolledBack(try rollBack(after: divergence, hooks))
      }
    }
  }

  /// Trains from where the run is to the end, or until interrupted or diverged.
  private func learn(_ hooks: Hooks) throws -> Outcome {
    let log = try TrainingLog(folder: folder, keepingSteps: position.step)
    let batches = Lookahead(position.step..<Int.max, depth: 3) { [data] in
      data.batch(ofStep: $0)
    }
    defer { batches.stop() }
    var meter = TrainingMeter()
    // Validation and checkpoints count too: minutes are minutes of the clock.
    let (began, before) = (ContinuousClock.now, position.seconds)
    var lastCheckpoint = position.seconds
    var lastValidation = position.seconds
    while progress < 1 {
      let start = ContinuousClock.now
      let batch = batches.next()
      let waited = (ContinuousClock.now - start) / .seconds(1)
      let rate = schedule.rate(at: progress) * position.divergence.rateFactor
      if position.divergence.leftOut.contains(position.step) {
        position.step += 1
      } else {
        let (outcome, norm) = try step(
          batch, rate: rate, progress: progress, observed: meter.wantsObservation)
        position.step += 1
        try rollbackPoint.wentWell()
        meter.add(
          outcome, norm: norm, pictures: batch.imageGroups.count, captions: batch.texts.count,
          seconds: (ContinuousClock.now - start) / .seconds(1), waited: waited)
      }
      position.seconds = before + (ContinuousClock.now - began) / .seconds(1)

      let isInterrupted = hooks.isInterrupted()
      let isDue =
        plan.validationMinutes > 0
        && position.seconds - lastValidation >= plan.validationMinutes * 60
      if meter.seconds >= 1 || progress >= 1 || isDue || isInterrupted {
        var report = meter.report(
          step: position.step, progress: progress, epochs: data.epochs(afterSteps: position.step),
          rate: rate, scale: recipe.encoder.scale.item, seconds: position.seconds)
        // Only a skipped batch came since the last report.
        if meter.wantsObservation { report.loss = position.divergence.usualLoss ?? 0 }
        if let validate = hooks.validate, isDue || (progress >= 1 && plan.validationMinutes > 0) {
          lastValidation = position.seconds
          report.validation = try withAveragedWeights { try validate(recipe.encoder) }
        }
        if let fault = log.append(report), !hasToldOfLog {
          hasToldOfLog = true
          hooks.problem(
            "\(fault) Training continues; the missing log lines follow as soon as the log can be "
              + "written.")
        }
        hooks.report(report)
        meter = TrainingMeter()
      }
      let isStep = plan.checkpointSteps > 0 && position.step % plan.checkpointSteps == 0
      if isInterrupted || isStep || rollbackPoint.isPlanned(position.step)
        || position.seconds - lastCheckpoint >= plan.checkpointMinutes * 60
      {
        try save()
        lastCheckpoint = position.seconds
      }
      if isInterrupted { return .interrupted }
    }
    try save()
    rollbackPoint.remove()
    return .finished
  }

  /// Takes a few steps of each size of pictures to see what a run would need; nothing is written.
  ///
  /// - Throws: ``TrainingError`` or ``TorchError`` as a run would.
  package func rehearse() throws -> Rehearsal {
    var number = 0
    func fastestStep(at progress: Double, of count: Int) throws -> Double {
      var seconds: [Double] = []
      for _ in 0..<count {
        let start = ContinuousClock.now
        _ = try step(
          data.batch(ofStep: number), rate: schedule.rate(at: 0), progress: progress,
          observed: false
        )
        number += 1
        seconds.append((ContinuousClock.now - start) / .seconds(1))
      }
      // The first step also finds its memory.
      return seconds.dropFirst().min() ?? 0
    }
    let stages = try plan.stages.enumerated().map { index, stage in
      (share: stage.share, seconds: try fastestStep(at: stage.start, of: index == 0 ? 3 : 2))
    }
    return Rehearsal(
      plan, stages, parameters: ParameterCount.counts(of: parameters),
      epochs: data.epochs(afterSteps:))
  }

  /// - Throws: ``TrainingError/diverged(_:rollbacks:)`` before any weight has moved.
  private func step(
    _ batch: TrainingData.Batch, rate: Double, progress: Double, observed: Bool
  ) throws -> (GradientStep.Outcome, norm: Double) {
    // What a step draws, begun anew each step so that no state needs keeping.
    let seed = seed &+ 0x9E37_79B9 &* UInt64(position.step + 1)
    optimizer.clearGradients()
    let result: GradientStep.Outcome
    do {
      // As a result, so that the first failure is told and not what followed from it.
      let outcome = try catchingTorchErrors {
        Result {
          try gradients(
            batch, pictureSize: plan.smallPictures.isEmpty ? nil : plan.pictureSize(at: progress),
            seed: seed, observing: observed ? recipe.encoder : nil
          ) { $0.loss(of: recipe, distilling: plan.distillation) }
        }
      }
      result = try outcome.get()
    } catch let error as TorchError {
      let reason = error.message.prefix { !$0.isNewline }
      throw TrainingError.stepFailed(step: position.step + 1, reason: String(reason))
    }
    try check(batch, loss: result.loss)
    let norm = try optimizer.clipGradients(to: plan.clip > 0 ? plan.clip : .infinity)
    try check(batch, loss: result.loss, norm: norm)
    position.divergence.follow(loss: result.loss)
    try optimizer.step(rate: rate)
    if plan.maximumScale > 0, recipe.encoder.logScale.isTrainable {
      recipe.encoder.limitScale(to: plan.maximumScale)
    }
    average?.follow(step: position.step)
    return (result, norm)
  }

  private func check(_ batch: TrainingData.Batch, loss: Double, norm: Double? = nil) throws {
    let cause = position.divergence.cause(
      loss: loss, norm: norm, explosion: plan.explosion, isInNats: recipe.isLossInNats)
    guard let cause else { return }
    let divergence = Divergence(
      cause: cause, step: position.step + 1, loss: loss,
      usualLoss: position.divergence.usualLoss, gradientNorm: norm, samples: batch.sampleIDs)
    throw TrainingError.diverged(divergence, rollbacks: position.divergence.rollbacks)
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
  /// - Throws: ``CheckpointError`` or ``FileError`` if the folder cannot be written.
  package func save() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let place = String(decoding: try encoder.encode(position), as: UTF8.self)
    try writeSafetensors(
      memory.map { ($0.name, $0.value) }, metadata: ["position": place], to: folder.checkpoint)
    let averages = average?.values ?? [:]
    try Model.write(
      card, parameters: recipe.encoder.parameters.map { ($0.name, averages[$0.name] ?? $0.value) },
      tokenizer: tokenizerBytes, to: folder.path)
    rollbackPoint.saved(at: position.step)
  }

  /// Goes back to where the run in the folder stopped.
  ///
  /// - Throws: ``TrainingError/nothingToResume(path:)``, or ``CheckpointError`` if its checkpoint
  ///   is not of this network.
  package func resume() throws {
    position = try restored(from: folder.checkpoint)
  }

  /// Takes the numbers of a checkpoint.
  private func restored(from checkpoint: String) throws -> Position {
    let file = try RunFolder.restore(memory, from: checkpoint)
    guard let text = file.metadata["position"],
      let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8))
    else {
      throw CheckpointError.unreadable(
        path: checkpoint, reason: "it does not say where the run stopped")
    }
    return position
  }

  /// Goes back to the last good checkpoint, to go on without a batch and slower.
  ///
  /// - Throws: ``TrainingError/diverged(_:rollbacks:)`` if the run is to stop.
  private func rollBack(after divergence: Divergence, _ hooks: Hooks) throws -> Rollback {
    do throws(TrainingError) { try folder.note(divergence) } catch { hooks.problem("\(error)") }
    let known = position.divergence
    guard plan.divergence == .rollback, known.rollbacks < plan.rollbacks else {
      if plan.divergence == .rollback {
        // What is left behind shall be what was last known to be good.
        position = try restored(from: rollbackPoint.path)
        try save()
      }
      throw TrainingError.diverged(divergence, rollbacks: known.rollbacks)
    }
    let earlier = try restored(from: rollbackPoint.path)
    // The clock does not go back.
    position.step = earlier.step
    position.divergence = known.rolledBack(
      to: earlier.divergence, leavingOut: divergence.step - 1, rateTimes: plan.rollbackRate)
    try save()
    return Rollback(
      divergence: divergence, step: position.step, rateFactor: position.divergence.rateFactor,
      count: position.divergence.rollbacks, limit: plan.rollbacks)
  }
}
