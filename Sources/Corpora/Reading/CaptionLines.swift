internal import Foundation

/// Reads JSONL: one object a line, with the path of a picture relative to the file, or without one
/// where captions alone are asked for.
enum CaptionLines {
  static func read(_ path: String, into collector: inout SampleCollector) throws(CorpusError) {
    let file = try InputFile(path)
    let name = fileName(path)
    if let mark = TextEncoding.foreignMark(try file.read(at: 0, upTo: 4)) {
      collector.report(.wrongEncoding, name, mark)
      return
    }
    var lines = LineReader(file)
    while let line = try lines.next() {
      guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
      let place = "\(name) line \(lines.number)"
      guard let object = collector.object(in: line, at: place) else { continue }
      let raw = SampleRecord.read(object, at: place, reporting: &collector)
      guard
        let picture = object[
          "image", "path", "image_path", "file_path", "filepath", "file_name", "image_id"]?.text
      else {
        if collector.options.keepsCaptionsWithoutPictures {
          collector.add(raw, at: place, picture: .absent)
          continue
        }
        collector.report(.badRecord, raw.id.isEmpty ? place : raw.id, "no path of a picture")
        continue
      }
      collector.add(raw, at: place, pictureAt: picture, relativeTo: path)
    }
  }
}

extension SampleCollector {
  /// Takes in a sample whose picture is a file of its own, named relative to `record`.
  mutating func add(
    _ raw: RawSample, at place: String, pictureAt picture: String, relativeTo record: String
  ) {
    let folder = (record as NSString).deletingLastPathComponent
    let path =
      picture.hasPrefix("/") || folder.isEmpty
      ? picture : (folder as NSString).appendingPathComponent(picture)
    var raw = raw
    if raw.id.isEmpty { raw.id = picture }
    guard isRegularFile(path) else {
      if options.keepsCaptionsWithoutPictures {
        return add(raw, at: place, picture: .absent)
      }
      report(.missingPicture, raw.id, "there is no picture at \(path)")
      return
    }
    add(raw, at: place, picture: .file(path: path))
  }
}

/// The last part of a path.
func fileName(_ path: String) -> String { (path as NSString).lastPathComponent }

/// Whether there is a file at `path`; a link counts as what it points to.
func isRegularFile(_ path: String) -> Bool {
  var facts = stat()
  return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
}
