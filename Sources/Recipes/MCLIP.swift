package import Layers
import Losses
import Pictures
package import Torch
package import Towers

/// M-CLIP: a text tower of many languages learns from sentences and their translations to give what
/// a teacher's text tower gives for the English ones. No picture is looked at.
///
/// Begin it with `--text-from` a multilingual text model and `--teacher` the model whose pictures
/// shall be found.
///
/// - Source: Carlsson et al. 2022, “Cross-lingual and Multilingual CLIP”, LREC; FreddeFrallan/
///   Multilingual-CLIP.
/// - Differs: the teacher's vectors are of length one, as everything here is that is searched with.
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
      plan.batch = 64
      plan.captionsPerPicture = 4
      plan.rate = 1e-4
      plan.validationMinutes = 0
      return plan
    }()
  }

  package static var published: Settings { Settings() }

  package let encoder: DualEncoder

  package init(_ settings: Settings, in scope: Scope) throws {
    encoder = try DualEncoder(settings.model, in: scope)
  }

  package func loss(_ step: Step) -> Tensor {
    guard let teacher = step.inputs.teacher else {
      preconditionFailure("A step of m-clip needs a teacher's vectors.")
    }
    return teacherLoss(students: step.texts(by: encoder), teachers: teacher)
  }
}

extension MCLIP.Settings {
  package var material: Material { .texts }
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
