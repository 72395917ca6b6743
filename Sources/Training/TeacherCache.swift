import Checkpoints
package import Corpora
import Foundation
package import Models
import Pictures
import Tokens
import Torch
import Towers

/// What a teacher with both towers makes of every picture and caption, computed once and kept in a
/// file: it never runs during training.
///
/// Pictures are shown to it once, as it is used, prepared in its own way. Beside the numbers lies
/// what they were made of, as digests: the teacher, its preparations, the pictures, the captions.
/// Anything else is another cache. An interrupted computation goes on where it stopped.
///
/// | file | what |
/// |---|---|
/// | `KEY.teacher` | float16, `[pictures + captions, width]`; `.part` behind its name until it is whole |
/// | `KEY.json` | the digests, the shape, and how many rows are done |
///
/// - Source: Vasu et al. 2024 (MobileCLIP), §3.2, arXiv:2311.17049.
/// - Differs: one plain view of each picture and no synthetic captions.
package struct TeacherCache: PairTeacher {
  package let scale: Double
  /// Numbers of a vector.
  package let width: Int
  private let pictures: Int
  private let captions: TaughtCaptions
  private let file: MappedFile

  /// What a cache was made of.
  private struct Note: Codable, Equatable {
    var teacher: String
    var preparation: String
    var pictures: String
    var captions: String
    var rows: Int
    var width: Int
    var done = 0
    /// A digest of the numbers, once they are complete.
    var numbers: String?

    var key: String {
      var digest = ContentDigest()
      for part in ["teacher", teacher, preparation, pictures, captions] { digest.combine(part) }
      return digest.text
    }
  }

  /// Opens the cache of these pictures and captions and this teacher, computing what is missing of it.
  ///
  /// - Parameters:
  ///   - folder: Where caches lie; it is made if need be.
  ///   - teacher: With both towers.
  ///   - corpus: Of exactly the samples of `pictures`; each picture is read from it in full, and
  ///     `pictures` tells whether it is still the same.
  ///   - language: Stands in for those that the teacher does not know; nil to have it read all.
  ///   - progress: How many pictures and captions are done, and how many there are; return false to
  ///     stop.
  /// - Throws: ``TrainingError`` if the folder cannot be written or the work was stopped,
  ///   ``ModelError`` or ``TorchError`` if the teacher cannot embed them.
  package init(
    in folder: String, of teacher: Model, corpus: Corpus, pictures: PictureCache,
    language: String?, progress: (_ done: Int, _ total: Int) -> Bool
  ) throws {
    let json = JSONEncoder()
    json.outputFormatting = .sortedKeys
    captions = TaughtCaptions(
      of: corpus.samples, known: teacher.card.languages, standIn: language)
    let preparation = [
      try json.encode(teacher.card.preprocessing), try json.encode(teacher.card.text),
    ].map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    var note = Note(
      teacher: teacher.identity, preparation: preparation, pictures: pictures.digest,
      captions: captions.digest, rows: corpus.samples.count + captions.count,
      width: teacher.encoder.width)
    let whole = folder + "/\(note.key).teacher"
    let (part, description) = (whole + ".part", folder + "/\(note.key).json")
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw TrainingError.unwritable(path: folder, reason: systemReason(of: error)) }
    let rowBytes = note.width * 2
    func size(_ path: String) -> Int {
      (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? -1
    }
    let earlier = FileManager.default.contents(atPath: description).flatMap {
      try? JSONDecoder().decode(Note.self, from: $0)
    }
    if let earlier, (0...note.rows).contains(earlier.done) {
      (note.done, note.numbers) = (earlier.done, earlier.numbers)
      // Not of what its name says, or cut short: it is made anew.
      if earlier != note || size(whole) != note.rows * rowBytes && size(part) < note.done * rowBytes
      {
        (note.done, note.numbers) = (0, nil)
      }
    }
    if let known = note.numbers, size(whole) >= 0, try MappedFile(path: whole).digest != known {
      (note.done, note.numbers) = (0, nil)
      try? FileManager.default.removeItem(atPath: whole)
    }
    if note.done < note.rows || size(whole) != note.rows * rowBytes {
      let writer = try GrowingFile(path: part, keeping: note.done * rowBytes)
      while note.done < note.rows {
        let (vectors, end) = try Self.vectors(
          from: note.done, by: teacher, corpus: corpus, captions: captions)
        try writer.append(vectors.map { Float16($0).bitPattern })
        note.done = end
        if end == note.rows { note.numbers = try MappedFile(path: part).digest }
        do {
          try json.encode(note).write(to: URL(fileURLWithPath: description), options: .atomic)
        } catch {
          throw TrainingError.unwritable(path: description, reason: systemReason(of: error))
        }
        guard progress(end, note.rows) else { throw TrainingError.interrupted }
      }
      guard rename(part, whole) == 0 else {
        throw TrainingError.unwritable(path: whole, reason: String(cString: strerror(errno)))
      }
    }
    file = try MappedFile(path: whole)
    scale = teacher.encoder.scale.item
    (width, self.pictures) = (note.width, corpus.samples.count)
  }

  package func picture(of sample: Int) -> [Float] { file.halves(ofRow: sample, width: width) }

  package func caption(_ text: String, in language: String, of sample: Int) -> [Float]? {
    captions.row(of: text, in: language, of: sample).map {
      file.halves(ofRow: pictures + $0, width: width)
    }
  }

  /// The next rows, `[rows × width]`, and where they end: 64 pictures, or 512 captions.
  private static func vectors(
    from row: Int, by teacher: Model, corpus: Corpus, captions: TaughtCaptions
  ) throws -> (vectors: [Float], end: Int) {
    let pictures = corpus.samples.count
    guard row >= pictures else {
      let rows = row..<min(row + 64, pictures)
      let preprocessing = teacher.card.preprocessing
      let pixels = concurrentMap(rows.count) { place in
        Result { preprocessing(try corpus.picture(of: corpus.samples[row + place])) }
      }
      let shown = try pixels.flatMap { try $0.get() }
      return (try teacher.embed(pixels: shown, count: rows.count), rows.upperBound)
    }
    let rows = row - pictures..<min(row - pictures + 512, captions.count)
    let texts = captions.texts(ofRows: rows)
    let vectors = try teacher.embed(
      texts: texts.map(\.text), languages: texts.map { try? LanguageTag($0.language) })
    return (vectors, pictures + rows.upperBound)
  }
}
