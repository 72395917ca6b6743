import Tokens

/// Why a model cannot be loaded, used or kept.
package enum ModelError: Error, Equatable, CustomStringConvertible {
  case notAModel(path: String, missing: String)
  case unknownArchitecture(path: String, found: String)
  case missingFile(path: String, file: String, advice: String)
  case unreadable(path: String, reason: String)
  case contradiction(path: String, reason: String)
  case noTower(model: String, side: String)
  case unknownLanguage(model: String, reason: String)
  case notPulled(name: String)
  /// While a model is being pulled: what tells its sizes is in this file.
  case notFetched(path: String)
  case badName(reason: String)
  /// What it computes, or the tensors named, are not finite.
  case notNumbers(model: String, tensors: [String])

  package var description: String { words.asErrorLine }

  private var words: String {
    switch self {
    case .notAModel(let path, let missing):
      "\(path) is not a model: it has no \(missing). Give the folder of a run made by “pictoglot "
        + "train”, or a published model that “pictoglot pull” has fetched."
    case .unknownArchitecture(let path, let found):
      "\(path) is a model of an architecture that is not known: \(found). “pictoglot models” lists "
        + "those that are."
    case .missingFile(let path, let file, let advice): "\(path) has no \(file). \(advice)"
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
    case .contradiction(let path, let reason): "The model \(path) contradicts itself: \(reason)."
    case .noTower(let model, let side):
      "\(model) has no tower for \(side) in memory, so it cannot embed them."
    case .unknownLanguage(let model, let reason): "\(model) cannot read this text: \(reason)"
    case .notPulled(let name):
      "There is no folder “\(name)”, and no model of that name has been pulled. Try “pictoglot "
        + "pull \(name)”."
    case .notFetched(let path): "\(path) is not here yet. Pull the model again."
    case .badName(let reason): reason
    case .notNumbers(let model, let tensors):
      "\(model) is not usable: "
        + (tensors.isEmpty
          ? "its vectors are not finite. “pictoglot doctor” names the tensors with such weights; "
          : "not all weights are finite in \(tensors.prefix(5).joined(separator: ", ")); ")
        + "pull it again, or train it anew."
    }
  }
}
