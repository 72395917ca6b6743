package import Files

/// Why a corpus cannot be opened, read or written at all.
///
/// What is wrong with single samples is a ``CorpusProblem``, which stops nothing.
package enum CorpusError: Error, Equatable {
  case missing(path: String)
  case unreadable(path: String, reason: String)
  case unknownForm(path: String, reason: String)
  case empty(path: String, problems: [CorpusProblem], passedOver: [String] = [])
  case exists(path: String)
  case unwritable(path: String, reason: String)
  case shortRead(path: String, offset: Int, expected: Int, found: Int)
  case unsuitable(sample: String, reason: String)
  case badFile(path: String, what: String, reason: String)
  case absentLanguage(String, path: String, present: [String])
  case toolFailed(command: String, reason: String)
}

extension CorpusError {
  /// What the system refused, its words in the small letters of the middle of a sentence.
  package init(_ error: FileError) {
    let reason = error.reason.lowercased()
    switch error.action {
    case .read: self = .unreadable(path: error.path, reason: reason)
    case .write: self = .unwritable(path: error.path, reason: reason)
    }
  }
}

extension CorpusError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path):
      "There is nothing at \(path)."
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason)."
    case .unknownForm(let path, let reason):
      "\(path) is not a collection that can be read: \(reason). Readable are tar shards, JSONL, "
        + "TSV, CSV, Parquet, folders of pictures, and what img2dataset writes."
    case .empty(let path, let problems, let passedOver):
      switch problems.count {
      case 0: (["\(path) holds no pictures."] + passedOver).joined(separator: " ")
      case 1: "\(path) holds no picture that can be used: \(problems[0])"
      default:
        "\(path) holds no picture that can be used; \(problems.count) problems, "
          + "the first: \(problems[0])"
      }
    case .exists(let path):
      "\(path) already exists; give another name, or remove it first."
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason). Nothing was left behind."
    case .shortRead(let path, let offset, let expected, let found):
      "\(path) has changed or is cut short: \(expected) bytes expected at \(offset), \(found) found."
    case .unsuitable(let sample, let reason):
      "Sample “\(sample)” cannot be written: \(reason)."
    case .badFile(let path, let what, let reason):
      "\(path) is not \(what) that can be read: \(reason)."
    case .absentLanguage(let language, let path, let present):
      "No picture of \(path) to learn from has a caption in “\(language)”. There are captions in "
        + present.prefix(12).joined(separator: ", ")
        + (present.count > 12 ? " and \(present.count - 12) more languages." : ".")
    case .toolFailed(let command, let reason):
      "“\(command)” failed: \(reason)."
    }
  }
}
