import Files
import Foundation
import Recipes

/// The last checkpoint that is known to be good, kept beside the newest for a run that may go back.
///
/// Where a run by steps goes back to must not depend on the clock or on interruptions, or a resumed run
/// would end with other numbers: so it is at fixed steps. A checkpoint is known to be good when the
/// step after it went well; until then, the one before it stays.
struct RollbackPoint {
  private let folder: RunFolder
  private let isWanted: Bool
  /// Steps between points; nil for every checkpoint of a run by minutes.
  private let interval: Int?
  /// Whether the newest checkpoint becomes the rollback point once it is known to be good.
  private var isPending = false

  init(_ plan: TrainingPlan, folder: RunFolder) {
    self.folder = folder
    isWanted = plan.divergence == .rollback
    interval =
      plan.checkpointSteps > 0
      ? plan.checkpointSteps : plan.steps.map { max(1, ($0 + 19) / 20) }
  }

  var path: String { folder.rollbackPoint }

  /// Whether a run begins that has nothing to go back to yet.
  var needsBeginning: Bool {
    isWanted && !FileManager.default.fileExists(atPath: folder.checkpoint)
  }

  /// Takes up the run where its newest checkpoint is.
  ///
  /// - Parameters:
  ///   - steps: The numbers of steps after which the weights were as they are in it: several, where
  ///     batches were left out.
  /// - Throws: ``TrainingError/file(_:)``
  mutating func begin(at steps: ClosedRange<Int>) throws(TrainingError) {
    guard isWanted else { return }
    isPending = steps.contains(where: isDue)
    if steps.lowerBound == 0 || !FileManager.default.fileExists(atPath: path) { try keep() }
  }

  /// Whether there must be a checkpoint when `step` steps are done.
  func isPlanned(_ step: Int) -> Bool {
    isWanted && interval.map { step % $0 == 0 } == true
  }

  private func isDue(_ step: Int) -> Bool { isWanted && (interval == nil || isPlanned(step)) }

  /// A checkpoint of `step` was written.
  mutating func saved(at step: Int) { isPending = isPending || isDue(step) }

  /// A step went well, so the checkpoint before it was good.
  ///
  /// - Throws: ``TrainingError/file(_:)``
  mutating func wentWell() throws(TrainingError) {
    if isPending { try keep() }
  }

  /// Keeps the newest checkpoint by hard links, since checkpoints are replaced and never changed.
  private mutating func keep() throws(TrainingError) {
    let (manager, beside) = (FileManager.default, path + ".new")
    do {
      try? manager.removeItem(atPath: beside)
      do { try manager.linkItem(atPath: folder.checkpoint, toPath: beside) } catch {
        // A file system without links.
        try manager.copyItem(atPath: folder.checkpoint, toPath: beside)
      }
      try moveIntoPlace(beside, to: path)
    } catch { throw .file(FileError(.write, path, because: error)) }
    isPending = false
  }

  /// A finished run needs no way back.
  func remove() { if isWanted { try? FileManager.default.removeItem(atPath: path) } }
}
