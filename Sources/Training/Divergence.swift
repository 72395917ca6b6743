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
  /// How often the run has gone back, and how often it may.
  package let count: Int
  package let limit: Int

  package var description: String {
    "Rolled back (\(count) of \(limit)): \(divergence). Going on from step \(step) without that batch, at "
      + "\(rateFactor) of the rate. It held: \(divergence.someSamples)"
  }
}

/// Tells losses that explode from merely unlucky ones, and remembers how a run went around them.
///
/// It is part of what a checkpoint says, so that a resumed run decides as it would have.
struct DivergenceGuard: Codable, Equatable {
  /// The running mean of the loss; nil before the first step.
  private(set) var usualLoss: Double?
  /// Of the first step.
  private var firstLoss: Double?
  /// Losses that it is the mean of.
  private var count = 0
  /// Numbers of the batches that are left out.
  private(set) var leftOut: [Int] = []
  private(set) var rateFactor = 1.0
  private(set) var rollbacks = 0

  /// Sees a step's loss.
  ///
  /// - Parameters:
  ///   - norm: Of all gradients together; nil if it is not known yet.
  ///   - explosion: A loss above so many times the running mean explodes; 0 for never.
  ///   - isInNats: Losses near zero may multiply. So the mean counts as one nat at least; or a loss in
  ///     another unit, in which one may be out of reach, must be above the first one.
  /// - Returns: Nil if all is well.
  func cause(loss: Double, norm: Double? = nil, explosion: Double, isInNats: Bool = true)
    -> Divergence.Cause?
  {
    if !loss.isFinite { return .loss }
    if let norm, !norm.isFinite { return .gradients }
    guard explosion > 0, let usualLoss, let firstLoss else { return nil }
    let most = isInNats ? explosion * max(1, usualLoss) : max(explosion * usualLoss, firstLoss)
    return loss > most ? .explosion : nil
  }

  /// Remembers the loss of a step that was taken.
  mutating func follow(loss: Double) {
    count += 1
    firstLoss = firstLoss ?? loss
    let mean = usualLoss ?? loss
    usualLoss = mean + (loss - mean) * max(0.02, 1 / Double(count))
  }

  /// As it is after going back to `earlier`: what is usual is as it was then, and the rest is kept.
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
