import Corpora
import Languages
import Models
import Recipes
import Towers
import Training
import Vectors

/// What a teacher's text tower makes of each picture's caption in the language that it reads, in the
/// length that it has.
struct TeacherVectors: TextTeacher {
  private let vectors: VectorRows

  var width: Int { vectors.width }

  func vector(of sample: Int) -> [Float] { Array(vectors[sample]) }

  /// Embeds the first caption of every sample in a language; each must have one.
  ///
  /// - Throws: ``ModelError`` or ``TorchError`` if the teacher cannot embed them,
  ///   ``TrainingError/interrupted`` if `progress` says so.
  init(
    _ teacher: Model, of samples: [Sample], in language: String, progress: (Int) -> Bool
  ) throws {
    let tag = try LanguageTag(language)
    var vectors = VectorRows(width: teacher.encoder.width)
    for start in stride(from: 0, to: samples.count, by: 512) {
      let part = samples[start..<min(start + 512, samples.count)]
      let texts = part.map { $0.captions[language]?.first ?? "" }
      vectors.append(
        try teacher.embed(
          texts: texts, languages: Array(repeating: tag, count: texts.count), isScaled: false))
      guard progress(start + texts.count) else { throw TrainingError.interrupted }
    }
    self.vectors = vectors
  }
}
