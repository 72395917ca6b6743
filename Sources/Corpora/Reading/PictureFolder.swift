internal import Foundation

/// Reads a folder of pictures, with folders inside it.
///
/// A `.json` or `.txt` of the same name beside a picture is its caption, as in what img2dataset
/// writes with `--output_format files`; otherwise there are no captions, and that is no problem.
enum PictureFolder {
  static func read(_ path: String, _ names: [String], into collector: inout SampleCollector) {
    // Compared as bytes: to String, composed and decomposed names of files are one.
    let others = Set(names.filter { ["json", "txt"].contains(suffix($0)) }.map { Array($0.utf8) })
    for name in names where pictureSuffixes.contains(suffix(name)) {
      let stem = (name as NSString).deletingPathExtension
      var raw = RawSample()
      do {
        if others.contains(Array((stem + ".json").utf8)) {
          let bytes = try InputFile(path + "/" + stem + ".json").all()
          guard let object = collector.object(in: bytes, at: stem + ".json") else { continue }
          raw = SampleRecord.read(object, at: stem + ".json", reporting: &collector)
        }
        if raw.captions.isEmpty, others.contains(Array((stem + ".txt").utf8)) {
          let bytes = try InputFile(path + "/" + stem + ".txt").all()
          switch TextEncoding.decoded(bytes) {
          case .success(let text): raw.captions = [("und", [text])]
          case .failure(let fault):
            collector.report(.wrongEncoding, stem + ".txt", fault.reason)
            continue
          }
        }
      } catch {
        collector.report(.badRecord, name, "\(error)")
        continue
      }
      raw.id = raw.id.isEmpty ? name : raw.id
      collector.add(raw, at: name, picture: .file(path: path + "/" + name))
    }
  }

  /// The files below `path`, relative to it, in the order of their names; hidden ones left out.
  static func files(below path: String) throws(CorpusError) -> [String] {
    var failure: CorpusError?
    let keys: [URLResourceKey] = [.isRegularFileKey]
    let root = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
    guard
      let walker = FileManager.default.enumerator(
        at: root, includingPropertiesForKeys: keys, options: [.skipsHiddenFiles],
        errorHandler: { url, error in
          failure = .unreadable(path: url.path, reason: "\(error.localizedDescription)")
          return false
        })
    else { throw .unreadable(path: path, reason: "the folder cannot be listed") }
    var names: [String] = []
    for case let url as URL in walker where isRegularFile(url.path) {
      names.append(String(url.path.dropFirst(root.path.count).drop { $0 == "/" }))
    }
    if let failure { throw failure }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func suffix(_ name: String) -> String {
    (name as NSString).pathExtension.lowercased()
  }
}
