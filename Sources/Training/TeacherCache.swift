package import Corpora
import Files
import Foundation
import Languages
package import Models
import Pictures
import Torch
import Towers
import Vectors

/// What a teacher with both towers makes of every picture and caption, computed once and kept in a
/// file (``RowCache``): it never runs during training.
///
/// Pictures are shown to it once, as it is used, prepared in its own way. The rows are those of the
/// pictures and then of the captions.
///
/// - Source: Vasu et al. 2024 (MobileCLIP), §3.2, arXiv:2311.17049.
/// - Differs: one plain view of each picture and no synthetic captions.
package struct TeacherCache: PairTeacher {
  package let scale: Double
  private let pictures: Int
  private let captions: TeacherCaptions
  private let rows: RowCache

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
  /// - Throws: ``FileError`` if the folder cannot be written, ``TrainingError`` if the work was
  ///   stopped, ``ModelError`` or ``TorchError`` if the teacher cannot embed them.
  package init(
    in folder: String, of teacher: Model, corpus: Corpus, pictures: PictureCache,
    language: String?, progress: (_ done: Int, _ total: Int) -> Bool
  ) throws {
    let captions = TeacherCaptions(
      of: corpus.samples, known: teacher.card.languages, standIn: language)
    let json = JSONEncoder()
    json.outputFormatting = .sortedKeys
    let preparation = [
      try json.encode(teacher.card.preprocessing), try json.encode(teacher.card.text),
    ].map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    let count = corpus.samples.count + captions.count
    rows = try RowCache(
      RowCache.Origin(
        kind: "teacher",
        digests: [
          "teacher": teacher.identity, "preparation": preparation, "pictures": pictures.digest,
          "captions": captions.digest,
        ],
        rows: count, width: teacher.encoder.width),
      in: folder, progress: { progress($0, count) }
    ) { row in try Self.vectors(from: row, by: teacher, corpus: corpus, captions: captions) }
    scale = teacher.encoder.scale.item
    self.captions = captions
    self.pictures = corpus.samples.count
  }

  package func picture(of sample: Int) -> [Float] { rows[sample] }

  package func caption(_ text: String, in language: String, of sample: Int) -> [Float]? {
    captions.row(of: text, in: language, of: sample).map { rows[pictures + $0] }
  }

  /// The next rows, `[rows × width]`: of 64 pictures, or 512 captions.
  private static func vectors(
    from row: Int, by teacher: Model, corpus: Corpus, captions: TeacherCaptions
  ) throws -> [Float] {
    let pictures = corpus.samples.count
    guard row >= pictures else {
      let rows = row..<min(row + 64, pictures)
      let preprocessing = teacher.card.preprocessing
      let pixels = concurrentMap(rows.count) { place in
        Result { preprocessing(try corpus.picture(of: corpus.samples[row + place])) }
      }
      let shown = try pixels.flatMap { try $0.get() }
      return try teacher.embed(pixels: shown, count: rows.count).values
    }
    let rows = row - pictures..<min(row - pictures + 512, captions.count)
    let texts = captions.texts(ofRows: rows)
    return try teacher.embed(
      texts: texts.map(\.text), languages: texts.map { try? LanguageTag($0.language) }
    ).values
  }
}
