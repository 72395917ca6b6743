package import Layers
import Tokens
package import Torch
import Towers

/// What a model becomes in another library: its files of settings, and where its numbers go.
struct ExportLayout {
  /// The class that loads it: `CLIPModel`.
  let architecture: String
  /// Files of settings by their names.
  var settings: [String: [String: Any]]
  /// The file of the weights.
  let weights: String
  /// From our names to theirs.
  let keys: KeyMap
  /// Tensors that they have and we do not: an identity map, a bias of zeros.
  var additions: [(name: String, tensor: Tensor)] = []
  /// Our parameters that the network does not use.
  var dropped: Set<String> = []
  /// Axes of one that their tensors have in front of ours, by the ends of their names.
  var leadingAxes: [String: Int] = [:]
  /// What a user of the checkpoint must do, one sentence each.
  var notes: [String] = []
}

/// What an architecture needs to know of a model besides its settings.
struct ExportSource {
  let name: String
  let card: Card
  let tokens: ExportTokens
  /// What is done to a text before the tokenizer sees it.
  let cleaning: TextCleaning
  /// Where the checkpoint will be loaded from: a folder, or the name of a repository.
  let place: String

  /// The parts of a card that both libraries' settings are made of.
  struct Card {
    let image: any ImageTowerKind
    let text: any TextTowerKind
    let encoder: DualEncoder.Settings
    let isSigmoid: Bool
  }
}

/// The special tokens that a model's texts are made with.
struct ExportTokens: Equatable {
  var start: Int32?
  var end: Int32?
  var padding: Int32
  /// The most tokens of a text.
  var length: Int
}

extension KeyMap {
  /// The tensors of another library that a parameter becomes: the reverse of reading them.
  ///
  /// What they keep in several is cut along the first axis. All are of one height but for timm's
  /// pooling, `{q,kv}`, whose first is a third.
  ///
  /// - Returns: Nil if they have no place for it.
  package func tensors(for key: String, _ numbers: Tensor) -> [(name: String, tensor: Tensor)]? {
    guard let place = self(key) else { return nil }
    guard place.keys.count > 1 else {
      return [(place.keys[0], place.isTransposed ? numbers.transposed().contiguous() : numbers)]
    }
    let rows = numbers.shape[0]
    let height = rows / (place.keys.count == 2 ? 3 : place.keys.count)
    return place.keys.enumerated().map { index, name in
      let isLast = index == place.keys.count - 1
      let range = index * height..<(isLast ? rows : (index + 1) * height)
      return (name, numbers.narrowed(0, to: range).contiguous())
    }
  }
}
