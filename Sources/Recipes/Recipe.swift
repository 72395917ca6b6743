package import Layers
package import Torch
package import Towers

/// A published way to train a dual encoder, or one of our own.
///
/// A recipe says what is built and what one step's loss is. The loop around it (data, devices,
/// precision, optimizer, checkpoints, the log) is `Training`'s and the same for all.
package protocol Recipe: SendableMetatype {
  associatedtype Settings: RecipeSettings

  /// What a person types to choose it.
  static var name: String { get }
  /// One line for the list of recipes.
  static var abstract: String { get }
  /// The settings of the paper, or ours where there is none.
  static var published: Settings { get }

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  init(_ settings: Settings, in scope: Scope) throws

  /// What training is for: the encoder that is kept and searched with.
  var encoder: DualEncoder { get }

  /// The loss of one step from the embeddings of its pictures and captions, `[]`.
  func loss(_ pairs: EmbeddedPairs) -> Tensor
}

/// What every recipe's settings have.
package protocol RecipeSettings: Codable, Sendable {
  /// The network.
  var model: DualEncoder.Settings { get set }
  /// What pictures and captions a step sees, and how the optimizer moves.
  var training: TrainingPlan { get set }
}

/// One step's embeddings.
package struct EmbeddedPairs {
  /// `[n, width]`, of length one, float32.
  package let images: Tensor
  /// `[m, width]`, of length one, float32.
  package let texts: Tensor
  /// 1 where picture and caption are of one concept, else 0, `[n, m]`.
  package let positives: Tensor
  /// The concept of each caption as a number, `[m]`, int64.
  package let textGroups: Tensor

  package init(images: Tensor, texts: Tensor, positives: Tensor, textGroups: Tensor) {
    self.images = images
    self.texts = texts
    self.positives = positives
    self.textGroups = textGroups
  }
}

/// Every recipe; the command line, its help and the run folder all read this list.
package let recipes: [any Recipe.Type] = [Concepts.self]
