internal import Files
internal import Foundation

/// How a corpus lies on disk, told from its path.
///
/// A folder is what most of it is: with at least as many pictures as archives it is a folder of
/// pictures, whatever lists lie in it (``PictureFolder``); with more archives it is a collection of
/// shards, which it also is where `collection.json` says so; with neither, its list says where the
/// pictures are.
struct CorpusForm {
  enum Kind {
    case lines(String)
    case table(String)
    case shards([String])
    case parquet([String])
    case folder(FolderContents)
  }

  let kind: Kind
  /// What of a folder could not be looked into.
  private(set) var problems: [CorpusProblem] = []
  /// What lies in a folder and is no part of the corpus; a folder of pictures tells it itself.
  private(set) var passedOver: [PassedOver] = []

  init(detecting path: String) throws(CorpusError) {
    guard let facts = fileFacts(path) else {
      let error = FileError(.read, path)
      if !error.isMissing { throw .unreadable(path: path, reason: error.reason) }
      guard let shards = expandedBraces(path) else { throw .missing(path: path) }
      for shard in shards where !isRegularFile(shard) { throw .missing(path: shard) }
      kind = .shards(shards)
      return
    }
    guard facts.isFolder else {
      kind = try Self.kind(ofFile: path)
      return
    }
    let contents = try FolderContents(path)
    kind = try Self.kind(of: contents, at: path)
    switch kind {
    case .folder: return
    case .shards(let files), .parquet(let files): passedOver = contents.beside(files)
    case .lines(let file), .table(let file): passedOver = contents.beside([file])
    }
    problems = contents.problems
  }

  private static func kind(ofFile path: String) throws(CorpusError) -> Kind {
    switch path.fileSuffix {
    case "jsonl", "ndjson": return .lines(path)
    case "tsv", "csv": return .table(path)
    case "tar": return .shards([path])
    case "parquet": return .parquet([path])
    case let suffix where unpackers[suffix] != nil:
      throw .unknownForm(
        path: path, reason: "it is packed; unpack it with “\(unpackers[suffix] ?? "")” first")
    case let suffix:
      let head = try InputFile(path).read(at: 0, upTo: 4096)
      guard pictureSuffixes.contains(suffix) || FolderContents.isPicture(head) else {
        throw .unknownForm(path: path, reason: "neither its name nor its bytes say what it holds")
      }
      let folder = path.parentPath
      return .folder(
        FolderContents(root: folder.isEmpty ? "." : folder, picture: fileName(path)))
    }
  }

  private static func kind(of contents: FolderContents, at path: String) throws(CorpusError) -> Kind
  {
    let archives = contents.archives
    let says = CollectionDescription(folder: contents.root) != nil
    if !archives.isEmpty, says || archives.count > contents.pictures.count {
      return .shards(archives.map { contents.root + "/" + $0 })
    }
    guard contents.pictures.isEmpty else { return .folder(contents) }
    let lists = contents.lists.filter { !$0.contains("/") }
    let named = FolderLists.names.compactMap { name in lists.first { $0 == name } }
    if let list = named.first ?? (lists.count == 1 ? lists[0] : nil) {
      return try kind(ofFile: contents.root + "/" + list)
    }
    if lists.count > 1 {
      throw .unknownForm(
        path: path,
        reason:
          "it holds \(lists.count) lists (\(lists.prefix(3).joined(separator: ", "))); name one of them"
      )
    }
    if !contents.parquet.isEmpty {
      return .parquet(contents.parquet.map { contents.root + "/" + $0 })
    }
    let packed = contents.passedOver.first { unpackers[$0.name.fileSuffix] != nil }
    if let packed { return try kind(ofFile: contents.root + "/" + packed.name) }
    return .folder(contents)
  }
}

/// What unpacks files that end so.
private let unpackers = [
  "gz": "gunzip", "tgz": "gunzip", "bz2": "bunzip2", "xz": "unxz", "zst": "unzstd", "zip": "unzip",
]

/// The paths that `prefix{000..012}suffix` stands for, `nil` if `path` has no such braces.
///
/// Braces in the name of a folder that is there are a part of its name.
func expandedBraces(_ path: String) -> [String]? {
  for match in path.matches(of: /\{([0-9]+)\.\.([0-9]+)\}/) {
    let end = path[match.range.upperBound...].firstIndex(of: "/")
    if let end, fileFacts(String(path[..<end])) != nil { continue }
    guard let first = Int(match.1), let last = Int(match.2), first <= last,
      last - first < 10_000_000
    else { return nil }
    let width = match.1.count
    return (first...last).map { number in
      let digits = String(number)
      let zeros = String(repeating: "0", count: max(0, width - digits.count))
      return path[..<match.range.lowerBound] + zeros + digits + path[match.range.upperBound...]
    }
  }
  return nil
}
