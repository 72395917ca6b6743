internal import Files

/// The lists in a folder of pictures that say something of them.
///
/// `captions.jsonl`, and Hugging Face's `metadata.jsonl` and `metadata.csv`, say what they are and
/// stand for the pictures of their own folder. Where there is none of these, the one list at the top
/// that names some of the pictures is taken; of several none is.
struct FolderLists {
  /// Lists that say what they are; in one folder the first that there is.
  static let names = ["captions.jsonl", "metadata.jsonl", "metadata.csv"]

  /// The lists that are used, with what was read from them, in the order of their folders.
  private(set) var used: [(name: String, contents: SampleCollector)] = []
  private(set) var problems: [CorpusProblem] = []
  private(set) var passedOver: [PassedOver] = []

  init(of folder: FolderContents, options: CorpusOptions) {
    let places = Dictionary(grouping: folder.lists, by: \.parentPath)
    for place in places.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let lists = places[place] ?? []
      guard
        let name = Self.names.lazy.compactMap({ name in lists.first { fileName($0) == name } })
          .first
      else { continue }
      switch Self.contents(of: name, in: folder, options) {
      case .success(let contents): used.append((name, contents))
      case .failure(let error): problems.append(CorpusProblem(.badRecord, name, "\(error)"))
      }
    }
    let others = folder.lists.filter { list in !used.contains { $0.name == list } }
    let candidates = used.isEmpty ? Self.candidates(others, of: folder, options) : []
    if candidates.count == 1 { used = candidates }
    for list in others where !used.contains(where: { $0.name == list }) {
      let isList = candidates.contains { $0.name == list }
      passedOver.append(
        PassedOver(
          .list, list,
          isList
            ? "one of \(candidates.count) lists of these pictures, and ignored; name the one to use"
            : "it does not list these pictures and is ignored"))
    }
  }

  /// Those at the top that name some of the folder's pictures.
  private static func candidates(
    _ lists: [String], of folder: FolderContents, _ options: CorpusOptions
  ) -> [(name: String, contents: SampleCollector)] {
    lists.filter { !$0.contains("/") }.compactMap { list in
      guard case .success(let contents) = contents(of: list, in: folder, options),
        contents.samples.contains(where: { folder.place(of: $0.picture) != nil })
      else { return nil }
      return (list, contents)
    }
  }

  private static func contents(
    of list: String, in folder: FolderContents, _ options: CorpusOptions
  ) -> Result<SampleCollector, CorpusError> {
    var contents = SampleCollector(options: options)
    do throws(CorpusError) {
      switch try CorpusForm(detecting: folder.root + "/" + list).kind {
      case .lines(let path): try CaptionLines.read(path, into: &contents)
      case .table(let path): try CaptionTable.read(path, into: &contents)
      default: break
      }
      return .success(contents)
    } catch {
      return .failure(error)
    }
  }
}
