package import Layers
import Losses
import Pictures
package import Settings
package import Torch
package import Towers

/// M-CLIP: trains a multilingual text tower on sentences and their translations, so that its
/// embeddings equal those of a teacher's text tower for the English ones. It needs no pictures.
///
/// Start it with `--text-from` a multilingual text model and `--teacher` the model whose image
/// embeddings are to be searched.
///
/// The loss compares embeddings before normalization; searches normalize them, as the authors do.
///
/// - Source: Carlsson et al. 2022, “Cross-lingual and Multilingual CLIP”, LREC; FreddeFrallan/
///   Multilingual-CLIP at 39c0237, `mclip/TeacherLearning/Training.py`, and `larger_mclip.md`.
/// - Differs: if 1,000 steps of warm-up are more than a twentieth of the run, warm-up takes a
///   twentieth; captions in the teacher's own language are trained on, too; captions of more than
///   32 tokens are cut, where the authors left them out; steps run in chunks, to save memory.
package struct MCLIP: Recipe {
  package static let name = "m-clip"
  package static let abstract = "Many languages learn from a teacher's English, without pictures."

  package struct Settings: RecipeSettings {
    /// XLM-R base, the mean of its tokens, and a map with bias.
    package var model = DualEncoder.Settings(
      image: nil,
      text: .bert(
        BERT.Settings(
          vocabulary: 250_002, width: 768, depth: 12, heads: 12, inner: 3072, positions: 514,
          positionScheme: .afterPadding, segments: 1, epsilon: 1e-5, padding: 1,
          dropout: .init(hidden: 0.1, attention: 0.1), pooling: .mean)),
      width: 512, textProjection: .affine)
    /// The language that the teacher reads.
    package var source = "en"
    package var training = {
      var plan = TrainingPlan.clip
      // Published: Adam without decay, batches of 2,048, a climb of 1,000 steps to 1e-5; float32.
      plan.batch = 2_048
      plan.chunk = 64
      plan.rate = 1e-5
      plan.warmupSteps = 1_000
      plan.schedule = .constant
      plan.weightDecay = 0
      plan.beta2 = 0.999
      plan.epsilon = 1e-8
      plan.clip = 0
      plan.precision = .float32
      plan.validationMinutes = 0
      return plan
    }()
  }

  package static var published: Settings { Settings() }

  /// Squares of what a teacher's vectors are in.
  package var isLossInNats: Bool { false }

  package let encoder: DualEncoder

  package init(_ settings: Settings, in scope: Scope) throws {
    encoder = try DualEncoder(settings.model, in: scope)
  }

  package func loss(_ step: Step) -> Tensor {
    guard let teacher = step.inputs.teacher else {
      preconditionFailure("A step of m-clip needs a teacher's vectors.")
    }
    return teacherLoss(students: step.textVectors(by: encoder), teachers: teacher)
  }
}

extension MCLIP.Settings {
  package var input: TrainingInput { .texts }
  package var teacherLanguage: String? { source }

  package func check(languages: [String]) throws(SettingsError) {
    guard languages.contains(source) else {
      throw .unfit(
        reason: "m-clip learns from sentences in \(source) and their translations, and the "
          + "collection has none in \(source). Set source to one it has.")
    }
    guard languages.count > 1 else {
      throw .unfit(
        reason: "m-clip needs parallel sentences, and the collection's are in \(source) "
          + "alone. Add translations.")
    }
  }
}
