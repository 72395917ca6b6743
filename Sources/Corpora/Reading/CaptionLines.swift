internal import Files
internal import Foundation

/// Reads JSONL: one object a line, with the path of a picture, or without one where captions alone are
/// asked for; several lines of one picture are captions of one sample.
enum CaptionLines {
  static func read(_ path: String, into collector: inout SampleCollector) throws(CorpusError) {
    let file = try InputFile(path)
    let name = fileName(path)
    if let mark = TextEncoding.foreignMark(try file.read(at: 0, upTo: 4)) {
      collector.report(.wrongEncoding, name, mark)
      return
    }
    let columns = collector.options.columns
    var records = PictureRecords()
    var lines = LineReader(file)
    while let line = try lines.next() {
      guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
      let place = "\(name) line \(lines.number)"
      guard let object = collector.object(in: line, at: place) else { continue }
      let raw = SampleRecord.read(object, at: place, reporting: &collector)
      // BriVL's image_id is a path.
      let picture = object.member(columns.path + ["image_id"])?.text
      guard picture != nil || collector.options.keepsCaptionsWithoutPictures else {
        collector.report(.badRecord, raw.id.isEmpty ? place : raw.id, "no path of a picture")
        continue
      }
      records.add(raw, at: place, picture: picture)
    }
    records.finish(into: &collector, from: path)
  }
}

extension SampleCollector {
  /// Takes in a sample whose picture is a file of its own, named relative to `record`, or else to the
  /// folder that the program runs in.
  mutating func add(
    _ raw: RawSample, at place: String, pictureAt picture: String, relativeTo record: String
  ) {
    let folder = record.parentPath
    let beside =
      picture.utf8.first == UInt8(ascii: "/") || folder.isEmpty
      ? picture : (folder == "/" ? "/" : folder + "/") + picture
    let path = !isRegularFile(beside) && isRegularFile(picture) ? picture : beside
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

/// The last part of a path, of a folder's also if it ends in a slash.
package func fileName(_ path: String) -> String {
  path.count > 1 && path.hasSuffix("/") ? fileName(String(path.dropLast())) : path.lastPathPart
}

/// Whether there is a file at `path`; a link counts as what it points to.
func isRegularFile(_ path: String) -> Bool { fileFacts(path)?.isFile == true }
