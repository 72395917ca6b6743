import Files
import Foundation

/// A step whose loss or gradients would spoil the weights.
package struct Divergence: Sendable, Equatable, Codable, CustomStringConvertible {
  /// How the divergence was detected.
  package enum Cause: String, Sendable, Codable {
    /// The loss is not a number, or infinite.
    case loss
    /// The loss is a number, but the gradients are not all.
    case gradients
    /// The loss is far above what is usual.
    case explosion
  }

  package let cause: Cause
  /// The first step is 1.
  package let step: Int
  /// In nats.
  package let loss: Double
  /// The running mean of the losses before, in nats; nil at the first step.
  package let usualLoss: Double?
  /// Of all gradients together; nil if the loss was enough to detect it.
  package let gradientNorm: Double?
  /// The samples of the batch.
  package let samples: [String]

  /// Without the samples: “the loss became nan at step 12”.
  package var description: String {
    switch cause {
    case .loss: "the loss became \(loss.isNaN ? "nan" : "\(loss)") at step \(step)"
    case .gradients:
      "the gradients became \(gradientNorm.map { $0.isNaN ? "nan" : "\($0)" } ?? "nan") at step \(step), where the loss was \(short(loss))"
    case .explosion:
      "the loss exploded to \(short(loss)) at step \(step), from a mean of \(short(usualLoss ?? .nan))"
    }
  }

  /// A few of the samples, for a line that a person reads.
  var someSamples: String {
    let shown = samples.prefix(5).joined(separator: ", ")
    return samples.count > 5 ? shown + ", … (\(samples.count) samples)" : shown
  }

  private func short(_ value: Double) -> String { "\((value * 1e3).rounded() / 1e3)" }
}

/// A return to an earlier checkpoint after a divergence, and how the run continues.
package struct Rollback: Sendable, Equatable, Codable, CustomStringConvertible {
  package let divergence: Divergence
  /// The step from which the run continues.
  package let step: Int
  /// Factor of the schedule's rate from now on.
  package let rateFactor: Double
  /// Which rollback of the run this is, and how many are allowed.
  package let count: Int
  package let limit: Int

  package var description: String {
    "Rolled back (\(count) of \(limit)): \(divergence). Continuing from step \(step) without that "
      + "batch, at \(rateFactor) of the rate. It held: \(divergence.someSamples)"
  }
}

/// Detects steps that diverge, and keeps the rollbacks of a run.
///
/// Checkpoints store it, so that a resumed run makes the same decisions.
struct DivergenceGuard: Codable, Equatable {
  /// The running mean of the loss; nil before the first step.
  private(set) var usualLoss: Double?
  /// Of the first step.
  private var firstLoss: Double?
  /// How many losses the mean has seen.
  private var count = 0
  /// Numbers of the skipped batches.
  private(set) var leftOut: [Int] = []
  private(set) var rateFactor = 1.0
  private(set) var rollbacks = 0

  /// How a step diverged, if it did.
  ///
  /// - Parameters:
  ///   - norm: Of all gradients together; nil if it is not known yet.
  ///   - explosion: A loss above this many times the running mean counts as exploded; 0 for never.
  ///   - isInNats: Whether the loss is in nats. If so, the running mean counts as at least one nat;
  ///     otherwise the loss must also exceed the first one.
  /// - Returns: Nil if the step did not diverge.
  func cause(loss: Double, norm: Double? = nil, explosion: Double, isInNats: Bool = true)
    -> Divergence.Cause?
  {
    if !loss.isFinite { return .loss }
    if let norm, !norm.isFinite { return .gradients }
    guard explosion > 0, let usualLoss, let firstLoss else { return nil }
    let most = isInNats ? explosion * max(1, usualLoss) : max(explosion * usualLoss, firstLoss)
    return loss > most ? .explosion : nil
  }

  /// Adds the loss of a step to the running mean.
  mutating func follow(loss: Double) {
    count += 1
    firstLoss = firstLoss ?? loss
    let mean = usualLoss ?? loss
    usualLoss = mean + (loss - mean) * max(0.02, 1 / Double(count))
  }

  /// The guard after a rollback to `earlier`: the running mean is that of `earlier`, and the
  /// skipped batches and the rate are kept.
  func rolledBack(to earlier: DivergenceGuard, leavingOut batch: Int, rateTimes factor: Double)
    -> DivergenceGuard
  {
    var next = earlier
    next.leftOut = (leftOut + [batch]).sorted()
    next.rateFactor = rateFactor * factor
    next.rollbacks = rollbacks + 1
    return next
  }
}

extension RunFolder {
  /// Adds a line to `divergence.jsonl`, which names all samples of the batch.
  ///
  /// - Throws: ``TrainingError/file(_:)``
  func note(_ divergence: Divergence) throws(TrainingError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let known = FileManager.default.contents(atPath: divergences) ?? Data()
    do {
      try writeWhole(
        known + encoder.encode(divergence) + Data("\n".utf8), to: divergences)
    } catch { throw .file(FileError(.write, divergences, because: error)) }
  }
}
