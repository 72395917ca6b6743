package import Files

/// Why an index cannot be opened or made.
package enum IndexError: Error, Equatable {
  case missing(folder: String)
  case unfinished(folder: String)
  case damaged(file: String, reason: String)
  case newer(folder: String, version: Int)
  case otherModel(folder: String, index: IndexedModel, asked: IndexedModel)
  case otherWidth(folder: String, index: Int, asked: Int)
  case notAnIndex(folder: String)
  case busy(folder: String)
  case file(FileError)
  case diskFull(path: String)
  case badVector(entry: String, reason: String)
  case badSettings(reason: String)
  case duplicate(entry: String)
  case nothingToIndex(folder: String)
}

extension IndexError {
  /// What the system refused; a full disk has a remedy of its own.
  init(_ error: FileError) {
    let isFull = error.action == .write && error.isDiskFull
    self = isFull ? .diskFull(path: error.path) : .file(error)
  }
}

extension IndexError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let folder):
      "There is no index in \(folder). Make one with “pictoglot index”."
    case .unfinished(let folder):
      "The index in \(folder) was never finished. Run the same “pictoglot index” again to continue."
    case .damaged(let file, let reason):
      "The index file \(file) is damaged: \(reason). Build the index again."
    case .newer(let folder, let version):
      "The index in \(folder) has format \(version); this version of Pictoglot reads up to "
        + "\(IndexManifest.currentVersion). Use a newer Pictoglot or build the index again."
    case .otherModel(let folder, let index, let asked) where index.name == asked.name:
      "The index in \(folder) was made with another state of the model “\(index.name)” "
        + "(\(index.id), now \(asked.id)). Build the index again."
    case .otherModel(let folder, let index, let asked):
      "The index in \(folder) was made with the model “\(index.name)”, not “\(asked.name)”. "
        + "Search with that model or build the index again."
    case .otherWidth(let folder, let index, let asked):
      "The vectors in the index \(folder) have \(index) dimensions, but the model's have \(asked). "
        + "Build the index again."
    case .notAnIndex(let folder):
      "\(folder) has other files in it and is not an index. Choose another folder."
    case .busy(let folder):
      "Another program is building the index in \(folder). Wait for it or choose another folder."
    case .file(let error): "\(error)"
    case .diskFull(let path):
      "The disk is full: \(path) cannot be written. Make room and run the same command to continue."
    case .badVector(let entry, let reason):
      "The vector of “\(entry)” cannot be indexed: \(reason)."
    case .badSettings(let reason):
      "An index cannot be made like this: \(reason)."
    case .duplicate(let entry):
      "“\(entry)” was given to the index twice."
    case .nothingToIndex(let folder):
      "There are no pictures to put into the index \(folder)."
    }
  }
}
