internal import Foundation

/// How a corpus lies on disk, told from its path.
enum CorpusForm: Equatable {
  case lines(String)
  case table(String)
  case shards([String])
  case parquet([String])
  case folder(String, names: [String])

  init(detecting path: String) throws(CorpusError) {
    if let braces = expandedBraces(path) {
      for shard in braces where !isRegularFile(shard) { throw .missing(path: shard) }
      self = .shards(braces)
      return
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .missing(path: path)
    }
    self = isFolder.boolValue ? try Self.folderForm(path) : try Self.fileForm(path)
  }

  private static func fileForm(_ path: String) throws(CorpusError) -> CorpusForm {
    switch (path as NSString).pathExtension.lowercased() {
    case "jsonl", "ndjson": return .lines(path)
    case "tsv", "csv": return .table(path)
    case "tar": return .shards([path])
    case "parquet": return .parquet([path])
    case let suffix:
      if pictureSuffixes.contains(suffix) {
        let folder = (path as NSString).deletingLastPathComponent
        return .folder(folder.isEmpty ? "." : folder, names: [fileName(path)])
      }
      throw .unknownForm(path: path, reason: "its name does not say what it holds")
    }
  }

  private static func folderForm(_ path: String) throws(CorpusError) -> CorpusForm {
    var names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .unreadable(path: path, reason: "the folder cannot be listed")
    }
    names = names.filter { !$0.hasPrefix(".") }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    let root = path.hasSuffix("/") ? String(path.dropLast()) : path
    func ending(_ suffixes: String...) -> [String] {
      names.filter { suffixes.contains(($0 as NSString).pathExtension.lowercased()) }
        .map { root + "/" + $0 }
    }
    let shards = ending("tar")
    if !shards.isEmpty { return .shards(shards) }
    let lists = ending("jsonl", "ndjson") + ending("tsv", "csv")
    if let captions = lists.first(where: { fileName($0) == "captions.jsonl" }) {
      return .lines(captions)
    }
    if lists.count == 1 { return try fileForm(lists[0]) }
    if lists.count > 1 {
      throw .unknownForm(
        path: path,
        reason:
          "it holds \(lists.count) lists (\(lists.prefix(3).map(fileName).joined(separator: ", "))); name one of them"
      )
    }
    let files = try PictureFolder.files(below: path)
    // Shards in folders, as several runs of img2dataset leave them.
    let deeper = files.filter { $0.lowercased().hasSuffix(".tar") }
    if !deeper.isEmpty { return .shards(deeper.map { root + "/" + $0 }) }
    func hasSuffix(_ suffixes: Set<String>) -> Bool {
      files.contains { suffixes.contains(($0 as NSString).pathExtension.lowercased()) }
    }
    if hasSuffix(["parquet"]), !hasSuffix(pictureSuffixes) {
      return .parquet(
        files.filter { $0.lowercased().hasSuffix(".parquet") }.map { root + "/" + $0 })
    }
    return .folder(root, names: files)
  }
}

/// The paths that `prefix{000..012}suffix` stands for, `nil` if `path` has no such braces.
func expandedBraces(_ path: String) -> [String]? {
  guard let match = path.firstMatch(of: /\{([0-9]+)\.\.([0-9]+)\}/),
    let first = Int(match.1), let last = Int(match.2), first <= last, last - first < 10_000_000
  else { return nil }
  let width = match.1.count
  return (first...last).map { number in
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return path[..<match.range.lowerBound] + zeros + digits + path[match.range.upperBound...]
  }
}
