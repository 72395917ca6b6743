package import Layers
package import Settings
package import Torch
package import Towers

/// A published way to train a dual encoder, or one of our own.
///
/// A recipe says what is built and what one step's loss is. The loop around it (data, devices,
/// precision, chunks, optimizer, checkpoints, the log) is `Training`'s and the same for all. What
/// must outlast a step (queues, momentum copies) are parameters of its scope, and so are saved and
/// restored with no further code.
package protocol Recipe: SendableMetatype {
  associatedtype Settings: RecipeSettings

  /// The name that a user types to choose it.
  static var name: String { get }
  /// One line for the list of recipes.
  static var abstract: String { get }
  /// The settings of the paper, or ours where there is none.
  static var published: Settings { get }

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  init(_ settings: Settings, in scope: Scope) throws

  /// How the trained model turns similarities into probabilities: softmax or sigmoid.
  var scoring: PairScoring { get }

  /// Whether the loss is in nats. A loss in another unit counts as exploded only if it also exceeds
  /// the first loss of the run.
  var isLossInNats: Bool { get }

  /// The encoder that is saved and that searches use.
  var encoder: DualEncoder { get }

  /// The loss of one step, `[]`. Called once a step, before the optimizer moves.
  func loss(_ step: Step) -> Tensor
}

extension Recipe {
  package var scoring: PairScoring { .softmax }
  package var isLossInNats: Bool { true }
}

/// What every recipe's settings have.
package protocol RecipeSettings: Overridable, Sendable {
  /// The network.
  var model: DualEncoder.Settings { get set }
  /// What pictures and captions a step sees, and how the optimizer moves.
  var training: TrainingPlan { get set }
  /// How each picture of a step is shown: the plan's views, and what a recipe adds to them.
  var views: [TrainingPlan.View] { get }
  /// What a step learns from: pairs, pictures or texts.
  var input: TrainingInput { get }
  /// Whether the loss contrasts a pair with the other pairs of its step, so that it needs at least
  /// two.
  var contrastsWithinStep: Bool { get }
  /// The language whose captions a teacher reads; nil for recipes without a teacher.
  var teacherLanguage: String? { get }

  /// Says what does not fit together in the settings and the collection.
  ///
  /// - Parameters:
  ///   - languages: The languages of the collection's captions, most pictures first.
  /// - Throws: ``SettingsError/unfit(reason:)``
  func check(languages: [String]) throws(SettingsError)
}

/// What a recipe learns from.
package enum TrainingInput: Sendable {
  case pairs
  /// Pictures alone; they need no captions.
  case pictures
  /// Captions alone; no picture is decoded.
  case texts
}

extension RecipeSettings {
  package var views: [TrainingPlan.View] { training.views }
  package var input: TrainingInput { .pairs }
  package var contrastsWithinStep: Bool { true }
  package var teacherLanguage: String? { nil }
  package func check(languages: [String]) throws(SettingsError) {}

  /// The settings of an earlier run; a setting that its plan lacks has the published value.
  ///
  /// - Throws: ``SettingsError``
  package func restoring(_ tree: SettingsTree) throws -> Self {
    try restoring(tree, completing: "training")
  }
}

/// Every recipe; the command line, its help and the run folder all read this list.
package let recipes: [any Recipe.Type] = [
  Concepts.self, CLIP.self, SigLIP.self, BriVL.self, KELIP.self, KoCLIP.self, NLLBCLIP.self,
  MCLIP.self,
]
