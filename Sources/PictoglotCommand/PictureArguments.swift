import Corpora
import Foundation

/// The pictures that a person names: files, or collections of any form, as one collection.
///
/// A file that cannot be read is found out later, when its turn comes; so that one bad name among a
/// thousand does not end the work.
///
/// - Parameters:
///   - split: The part of collections that is wanted.
///   - foldersAreClasses: Whether a picture shows what the folder it lies in is called.
func openPictures(
  _ paths: [String], split: String? = nil, foldersAreClasses: Bool = false, common: CommonOptions
) throws -> Corpus {
  var samples: [Sample] = []
  for path in paths {
    if isCollection(path) {
      let corpus = try openCorpus(path, common: common, keepsUncaptioned: true)
      samples += (split.map { corpus.split($0) } ?? corpus).samples
    } else {
      samples.append(Sample(id: path, captions: [:], picture: .file(path: path)))
    }
  }
  guard !samples.isEmpty else {
    throw CommandError(
      "\(paths.joined(separator: ", ")) has no pictures"
        + (split.map { " in its split “\($0)”" } ?? "") + ".")
  }
  if foldersAreClasses {
    for index in samples.indices {
      let folder = (samples[index].picture.path as NSString).deletingLastPathComponent
      samples[index].concept = (folder as NSString).lastPathComponent
    }
  }
  return Corpus(path: paths.count == 1 ? paths[0] : "", samples: samples)
}

/// Whether a path is a collection and not a picture's own file.
private func isCollection(_ path: String) -> Bool {
  var isFolder: ObjCBool = false
  if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
    return true
  }
  let suffix = (path as NSString).pathExtension.lowercased()
  return ["jsonl", "ndjson", "tsv", "csv", "tar", "parquet"].contains(suffix)
}
