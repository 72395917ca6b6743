import Corpora
import Models
import Recipes
import Torch
import Towers
import Training

/// Options of every recipe that trains on pairs: hard negatives, and distillation from a teacher.
struct PairOptions {
  private let teacher: ModelFiles?

  /// Checks the options before anything is computed.
  ///
  /// - Parameters:
  ///   - recipe: Its name.
  ///   - teacher: A model's folder or name, if one was given.
  ///   - counts: The captions' languages, and how many pictures have captions in each.
  ///   - isResumed: Whether the run was checked when it started.
  /// - Throws: ``PairOptionsError``, or ``ModelError`` if the teacher is not here.
  init(
    _ settings: some RecipeSettings, recipe: String, teacher: String?, counts: [String: Int],
    isResumed: Bool
  ) throws {
    let plan = settings.training
    if settings.input != .pairs {
      for (key, value) in [
        ("hardNegatives", plan.hardNegatives), ("distillation", plan.distillation),
      ] where value > 0 {
        throw PairOptionsError.notOfPairs(setting: "training.\(key)", recipe: recipe)
      }
    }
    guard plan.distillation > 0 else {
      if teacher != nil, settings.teacherLanguage == nil, !isResumed {
        throw PairOptionsError.idleTeacher(recipe: recipe)
      }
      self.teacher = nil
      return
    }
    guard let teacher else { throw PairOptionsError.noTeacher }
    if let language = plan.distillationLanguage, counts[language] == nil {
      throw PairOptionsError.noStandIn(
        language: language, closest: counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key)
    }
    let files = try modelFiles(named: teacher)
    let encoder = files.card.encoder
    for (isMissing, tower) in [(encoder.image == nil, "image"), (encoder.text == nil, "text")]
    where isMissing {
      throw PairOptionsError.halfTeacher(model: files.card.name, tower: tower)
    }
    self.teacher = files
  }

  /// The teacher and its license, one line.
  var sources: [String] {
    teacher.map { ["teacher \($0.card.name) (\($0.card.license ?? "no license stated"))"] } ?? []
  }

  /// Adds the hard negatives and the teacher to the sources of a run.
  ///
  /// - Parameters:
  ///   - sources: With pictures and a reader, where there are pairs.
  ///   - corpus: Of exactly the samples of its pictures.
  ///   - folder: Where the teacher's vectors are kept.
  /// - Throws: ``PairOptionsError``, ``TrainingError``, ``ModelError`` or ``TorchError``.
  func complete(
    _ sources: inout TrainingData.Sources, of corpus: Corpus, plan: TrainingPlan,
    folder: String, device: Device, on event: @Sendable (TrainingRun.Event) -> Void,
    isInterrupted: @Sendable () -> Bool
  ) throws {
    if plan.hardNegatives > 0, let reader = sources.reader {
      let neighbours = CaptionNeighbours(
        of: corpus, read: reader, count: plan.hardNegativeNeighbours)
      guard neighbours.neighboured > 0 else {
        throw PairOptionsError.noNeighbours(corpus: corpus.path)
      }
      event(
        .message(
          "\(neighbours.neighboured) of \(corpus.samples.count) pictures have captions similar to "
            + "those of another concept"))
      sources.neighbours = neighbours
    }
    if let teacher, let pictures = sources.pictures {
      let model = try Model(teacher, towers: .both, device: device)
      sources.pairTeacher = try TeacherCache(
        in: folder, of: model, corpus: corpus, pictures: pictures,
        language: plan.distillationLanguage
      ) { done, total in
        event(.preparing("pictures and texts for the teacher", done: done, total: total))
        return !isInterrupted()
      }
      if let scale = plan.distillationScale, let own = sources.pairTeacher {
        sources.pairTeacher = RescaledTeacher(teacher: own, scale: scale)
      }
    }
  }
}

/// A teacher with the 1/τ of training.distillationScale.
private struct RescaledTeacher: PairTeacher {
  let teacher: any PairTeacher
  let scale: Double

  func picture(of sample: Int) -> [Float] { teacher.picture(of: sample) }
  func caption(_ text: String, in language: String, of sample: Int) -> [Float]? {
    teacher.caption(text, in: language, of: sample)
  }
}

/// Why an option does not fit the recipe, the collection or the teacher.
package enum PairOptionsError: Error, Equatable, CustomStringConvertible {
  case notOfPairs(setting: String, recipe: String)
  case noTeacher
  case idleTeacher(recipe: String)
  case halfTeacher(model: String, tower: String)
  case noStandIn(language: String, closest: String?)
  case noNeighbours(corpus: String)

  package var description: String {
    switch self {
    case .notOfPairs(let setting, let recipe):
      "\(setting) needs pictures with captions, but the recipe \(recipe) does not train on such "
        + "pairs. Set it to 0."
    case .noTeacher:
      "training.distillation needs a teacher: name one with --teacher, or set it to 0."
    case .idleTeacher(let recipe):
      "The recipe \(recipe) does not use --teacher with these settings. Set training.distillation "
        + "to its weight, such as 1, or leave --teacher out."
    case .halfTeacher(let model, let tower):
      "\(model) has no \(tower) tower, but training.distillation needs both. Give --teacher a "
        + "model with both towers."
    case .noStandIn(let language, let closest):
      "training.distillationLanguage must be a language of the collection's captions, not "
        + "“\(language)”" + (closest.map { "; \($0) has the most." } ?? ".")
    case .noNeighbours(let corpus):
      "No caption of \(corpus) is similar to one of another concept, so training.hardNegatives has "
        + "nothing to draw from. Set it to 0, or make training.vocabulary smaller."
    }
  }
}
