import Corpora
import Files
import Foundation
import Pictoglot

/// Opens a collection and says, in a few lines of each kind, what of it was left out.
func openCorpus(
  _ path: String, common: CommonOptions, keepsUncaptioned: Bool = false,
  columns: TableColumns = TableColumns()
) throws -> Corpus {
  var options = CorpusOptions(keepsPicturesWithoutCaptions: keepsUncaptioned)
  options.columns = columns
  let corpus = try Corpus(opening: path, options: options)
  for line in corpus.problems.shortened(to: 3) + corpus.passedOver.summary { Console.note(line) }
  if !corpus.problems.isEmpty {
    Console.note(
      "\(corpus.problems.count) \(corpus.problems.count == 1 ? "problem" : "problems"); "
        + "\(corpus.samples.count) samples are used. "
        + "“pictoglot data check” lists all.")
  }
  return corpus
}

/// Refuses, before long work, a file that could not be written after it.
func requirePlace(forFile path: String) throws {
  var isFolder: ObjCBool = false
  if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
    throw CommandError("\(path) cannot be written: it is a folder.")
  }
  try requireFolder((path as NSString).deletingLastPathComponent, of: path)
}

/// Refuses, before long work, a folder that could not be made or written after it.
func requirePlace(forFolder path: String) throws {
  var nearest = path
  while !nearest.isEmpty, !FileManager.default.fileExists(atPath: nearest) {
    nearest = (nearest as NSString).deletingLastPathComponent
  }
  try requireFolder(nearest, of: path)
}

/// Checks that `folder` is a folder that can be written to.
private func requireFolder(_ folder: String, of path: String) throws {
  let folder = folder.isEmpty ? "." : folder
  var isFolder: ObjCBool = false
  let isThere = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
  guard !isThere || isFolder.boolValue else {
    throw CommandError("\(path) cannot be written: \(folder) is not a folder.")
  }
  guard access(folder, W_OK) == 0 else {
    throw FileError(.write, path)
  }
}

/// A failure that only a command can find.
struct CommandError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
