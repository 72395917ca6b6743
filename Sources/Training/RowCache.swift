import Files
import Foundation

/// A file of vectors that a network computes once and a run reads many times.
///
/// The file's name is a digest of its inputs, which a JSON file beside it lists: other inputs give
/// another file. An interrupted computation continues from where it stopped; a damaged file is
/// computed again.
///
/// | file | what |
/// |---|---|
/// | `KEY.KIND` | float16, `[rows, width]`; `.part` behind its name until it is whole |
/// | `KEY.json` | the digests, the shape, and how many rows are done |
struct RowCache {
  /// Length of a row.
  let width: Int
  private let file: MappedFile

  /// What the rows are.
  struct Origin: Codable, Equatable {
    /// The end of the file's name.
    let kind: String
    /// Digests of the inputs, by name: a tower, pictures, captions.
    let digests: [String: String]
    let rows: Int
    let width: Int

    fileprivate var key: String {
      var digest = ContentDigest()
      digest.combine(kind)
      for (name, part) in digests.sorted(by: { $0.key < $1.key }) {
        digest.combine(name)
        digest.combine(part)
      }
      return digest.text
    }
  }

  private struct Note: Codable {
    var origin: Origin
    var done = 0
    /// A digest of the numbers, once they are complete.
    var numbers: String?
  }

  /// Opens the file of these rows, computing what is missing of it.
  ///
  /// - Parameters:
  ///   - folder: The folder of such files; it is created if it does not exist.
  ///   - compute: Computes at least one row, from `first` on; returns the rows one after another.
  ///   - progress: How many rows are done; return false to stop.
  /// - Throws: ``FileError`` if the folder cannot be written; ``TrainingError`` if the work was
  ///   stopped or the file belongs to other inputs than its name says; what `compute` throws.
  init(
    _ origin: Origin, in folder: String, progress: (Int) -> Bool,
    computing compute: (_ first: Int) throws -> [Float]
  ) throws {
    let path = folder + "/\(origin.key).\(origin.kind)"
    let (part, description) = (path + ".part", folder + "/\(origin.key).json")
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw FileError(.write, folder, because: error) }
    let rowBytes = origin.width * 2
    var note = try Self.note(of: origin, at: description)
    let isWhole = Self.size(path) == origin.rows * rowBytes
    // Cut short, or not what was written: it is made anew.
    if isWhole, let known = note.numbers {
      if try MappedFile(path).digest != known { note = Note(origin: origin) }
    } else if Self.size(part) < note.done * rowBytes {
      note = Note(origin: origin)
    }
    if note.numbers == nil || !isWhole {
      let writer = try OutputFile(part, existing: .kept(bytes: note.done * rowBytes))
      while note.done < origin.rows {
        let made = try compute(note.done)
        // On the disk before the note says so, or a machine that stops would leave rows of zeros.
        try writer.write(numbers: made.map { Float16($0).bitPattern.littleEndian })
        try writer.synchronize()
        note.done += made.count / max(1, origin.width)
        if note.done == origin.rows { note.numbers = try MappedFile(part).digest }
        try Self.write(note, to: description)
        guard progress(note.done) else { throw TrainingError.interrupted }
      }
      try moveIntoPlace(part, to: path)
    }
    file = try MappedFile(path)
    width = origin.width
  }

  /// The numbers of a row, `[width]`.
  subscript(row: Int) -> [Float] { file.halves(ofRow: row, width: width) }

  /// What is known of an earlier computation.
  ///
  /// - Throws: ``TrainingError/otherCache(path:)``
  private static func note(of origin: Origin, at path: String) throws(TrainingError) -> Note {
    let earlier = FileManager.default.contents(atPath: path).flatMap {
      try? JSONDecoder().decode(Note.self, from: $0)
    }
    guard let earlier, (0...origin.rows).contains(earlier.done) else { return Note(origin: origin) }
    guard earlier.origin == origin else { throw .otherCache(path: path) }
    return earlier
  }

  private static func write(_ note: Note, to path: String) throws {
    let json = JSONEncoder()
    json.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try writeWhole(try json.encode(note), to: path)
  }

  private static func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? -1
  }
}
