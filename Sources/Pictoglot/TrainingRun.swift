import Checkpoints
import Corpora
import Evaluation
import Foundation
import Layers
import Models
import Pictures
import Recipes
import Settings
import Tokens
import Torch
import Towers
package import Training

/// A run of a recipe on a collection, from its settings to its folder.
package struct TrainingRun {
  /// What a person chooses.
  package struct Request: Sendable {
    package var recipe: String
    package var data: String
    package var out: String
    /// Settings over the recipe's, from a file.
    package var configuration: JSONText?
    /// `key=value` over both.
    package var assignments: [String] = []
    /// A `tokenizer.json`; if nil, the run trains one on the captions.
    package var tokenizer: String?
    /// Models to start the image tower or the text tower from: names or folders.
    package var imageFrom: String?
    package var textFrom: String?
    /// Whether only those tokens of the text model are kept that the collection uses.
    package var trimsVocabulary = false
    /// The teacher: a model with a text tower for m-clip, with both towers for recipes of pairs
    /// with `training.distillation`.
    package var teacher: String?
    /// Where the outputs of a locked image tower and of a teacher are kept; in the run's folder, if
    /// not given.
    package var featureCache: String?
    package var seed: UInt64 = 0
    package var device = "auto"
    /// Whether a person has chosen how many threads compute; else a resumed run has as many as before.
    package var choosesThreads = false
    package var resumes = false
    package var command: [String] = []

    package init(recipe: String, data: String, out: String) {
      self.recipe = recipe
      self.data = data
      self.out = out
    }

    /// Whether a setting was chosen by itself.
    func sets(_ key: String) -> Bool { assignments.contains { $0.hasPrefix(key + "=") } }
  }

  /// What happens while a run is made and learns.
  package enum Event: Sendable {
    case message(String)
    /// Preparations: what is done, how much of it is done, how much there is.
    case preparing(String, done: Int, total: Int)
    case report(TrainingReport)
    /// The run went back to an earlier step.
    case rolledBack(Rollback)
    case problem(String)
  }

  private let trainer: Trainer
  private let hooks: Trainer.Hooks
  /// What stands in the run's `recipe.json`.
  package let record: RunRecord
  /// The network's numbers, by its parts.
  package let parameterCounts: [ParameterCount]

  /// Opens or makes the run's folder, reads the collection and builds the network.
  ///
  /// - Throws: An error that says which of recipe, settings, collection and folder does not fit.
  package init(
    _ request: Request, on event: @escaping @Sendable (Event) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) throws {
    let folder = RunFolder(request.out)
    let previous = request.resumes ? try folder.record() : nil
    let name = previous?.recipe ?? request.recipe
    guard let recipe = recipes.first(where: { $0.name == name }) else {
      throw RunError.unknownRecipe(name, known: recipes.map { $0.name })
    }
    self = try Self.made(
      by: recipe, request, previous, folder, on: event, isInterrupted: isInterrupted)
  }

  private static func made<R: Recipe>(
    by recipe: R.Type, _ request: Request, _ previous: RunRecord?, _ folder: RunFolder,
    on event: @escaping @Sendable (Event) -> Void, isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> TrainingRun {
    var preparation = try RunPreparation<R>(
      request, previous, folder, on: event, isInterrupted: isInterrupted)
    return try preparation.run()
  }

  init(
    trainer: Trainer, hooks: Trainer.Hooks, record: RunRecord, counts: [ParameterCount]
  ) {
    self.trainer = trainer
    self.hooks = hooks
    self.record = record
    parameterCounts = counts
  }

  /// Trains to the end, or until interrupted.
  ///
  /// - Throws: An error that says what stopped it; the last checkpoint stays whole.
  package func run() throws -> Trainer.Outcome { try trainer.run(hooks) }

  /// Takes a few steps to see what the run would need.
  ///
  /// - Throws: As ``run()``.
  package func rehearse() throws -> Rehearsal { try trainer.rehearse() }
}

/// Why a run cannot be prepared; its parts throw errors of their own.
package enum RunError: Error, Equatable, CustomStringConvertible {
  case unknownRecipe(String, known: [String])
  case settingsOnResume
  case nothingToTrim
  case noTeacher(recipe: String)
  case wordlessTeacher(model: String, recipe: String)
  case nothingToTellApart(batch: Int, pictures: Int)
  case noStartingTower(model: String, option: String, tower: String)

  package var description: String {
    switch self {
    case .unknownRecipe(let name, let known):
      "There is no recipe “\(name)”. There is: \(known.joined(separator: ", "))."
    case .settingsOnResume:
      "A resumed run keeps its settings: leave out --set, --config, --image-from, --text-from and "
        + "--trim-vocabulary."
    case .nothingToTrim:
      "There is no vocabulary to trim: --trim-vocabulary keeps the tokens of the model in --text-from "
        + "that the collection uses."
    case .noTeacher(let recipe):
      "The recipe \(recipe) trains towards a teacher's text embeddings: name the teacher with "
        + "--teacher."
    case .wordlessTeacher(let model, let recipe):
      "\(model) has no text tower, but the recipe \(recipe) trains towards a teacher's text "
        + "embeddings. Give --teacher a model that embeds texts."
    case .nothingToTellApart(let batch, let pictures):
      "Contrastive training needs at least two pictures per step: training.batch is \(batch), and "
        + "the collection has \(pictures)."
    case .noStartingTower(let model, let option, let tower):
      "\(model) has no \(tower) tower to start from. Give \(option) another model, or leave it out "
        + "to start from random weights."
    }
  }
}

extension TrainingRun {
  /// The settings that a request results in, as JSON.
  ///
  /// - Throws: ``SettingsError`` or ``RunError``.
  package static func settings(of request: Request) throws -> JSONText {
    guard let recipe = recipes.first(where: { $0.name == request.recipe }) else {
      throw RunError.unknownRecipe(request.recipe, known: recipes.map { $0.name })
    }
    return try settings(of: recipe, request)
  }

  private static func settings<R: Recipe>(of recipe: R.Type, _ request: Request) throws -> JSONText
  {
    try JSONText(overridden(recipe, request, TrainingStart(request)))
  }

  static func overridden<R: Recipe>(
    _ recipe: R.Type, _ request: Request, _ start: TrainingStart
  ) throws -> R.Settings {
    let tree = try request.configuration.map { try SettingsTree(json: $0.text) }
    var base = R.published
    start.apply(to: &base)
    return try base.overriding(with: tree ?? [:], request.assignments)
  }
}
