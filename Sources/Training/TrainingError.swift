package import Files

/// Why a training run cannot start or continue.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
  case folderInUse(path: String)
  case nothingToResume(path: String)
  case file(FileError)
  case otherSettings(path: String, key: String)
  case noPictures(corpus: String)
  case noCaptions(corpus: String)
  case noLength
  case otherCache(path: String)
  case interrupted
  case badSetting(key: String, value: String, need: String)
  case stepFailed(step: Int, reason: String)
  case diverged(Divergence, rollbacks: Int)

  package var description: String {
    switch self {
    case .folderInUse(let path):
      "\(path) already holds a run. Add --resume to continue it, or give --out another name."
    case .nothingToResume(let path):
      "\(path) holds no checkpoint to continue from. Start the run without --resume."
    case .file(let error): "\(error)"
    case .otherSettings(let path, let key):
      "The run in \(path) started with another \(key). A run keeps its settings: give the same "
        + "ones, or start a new run."
    case .noPictures(let corpus):
      "\(corpus) has no pictures to learn from; if it has splits, none in “train”. “pictoglot data "
        + "describe” shows what it has."
    case .noCaptions(let corpus):
      "\(corpus) has no captions to learn from; if it has splits, none in “train”. “pictoglot data "
        + "describe” shows what it has."
    case .noLength:
      "How long to train? Set training.steps or training.minutes (--steps N or --minutes N)."
    case .otherCache(let path):
      "\(path) belongs to another model or collection than its name says. Remove it, or choose "
        + "another cache folder."
    case .interrupted: "Preparation was interrupted; run the same command to continue."
    case .badSetting(let key, let value, let need):
      "The setting “\(key)” must be \(need), not \(value)."
    case .stepFailed(let step, let reason):
      "Step \(step) could not be computed: \(reason). What was saved before is intact. If memory ran out, "
        + "try a smaller training.batch, or training.chunk; if sizes do not fit, look at model.*."
    case .diverged(let divergence, let rollbacks):
      "Training stopped because \(divergence)"
        + (rollbacks > 0 ? " after \(rollbacks) rollbacks" : "")
        + "; what was saved before is intact. Try a lower training.rate"
        + (rollbacks > 0 ? "" : ", or training.divergence=rollback")
        + ". The batch held: \(divergence.someSamples)"
    }
  }
}
