package import Layers
package import Torch

/// The mean of the tokens' vectors, then perceptrons: a text without word order.
///
///     ids → tokens → mean → norm → depth × (x + perceptron(norm(x)))
///
/// Captions that name what is seen lose little by it, and it costs a hundredth of a transformer: a
/// step can read many languages for each picture.
///
/// - Shapes: texts `[batch]` → `[batch, width]`
/// - Source: Iyyer et al. 2015 (deep averaging network), ACL P15-1162.
/// - Differs: residual perceptrons with layer normalization.
package struct BagOfTokens: TextTower {
  package struct Settings: Codable, Sendable, Equatable {
    package var vocabulary: Int
    /// The most tokens a text may have.
    package var contextLength: Int
    package var width: Int
    /// Perceptrons behind the mean.
    package var depth: Int
    package var dropout: DropoutRates

    package init(
      vocabulary: Int, contextLength: Int, width: Int, depth: Int, dropout: DropoutRates = .none
    ) {
      self.vocabulary = vocabulary
      self.contextLength = contextLength
      self.width = width
      self.depth = depth
      self.dropout = dropout
    }
  }

  package var width: Int { settings.width }
  package var contextLength: Int { settings.contextLength }

  private let settings: Settings
  private let tokens: Embedding
  private let norm: LayerNorm
  private let dropout: Dropout
  private let perceptrons: [Perceptron]

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    tokens = try Embedding(settings.vocabulary, settings.width, in: scope / "tokens")
    norm = try LayerNorm(settings.width, in: scope / "norm")
    dropout = Dropout(settings.dropout.hidden, in: scope / "dropout")
    var perceptrons: [Perceptron] = []
    for index in 0..<settings.depth {
      perceptrons.append(
        try Perceptron(
          settings.width, settings.dropout.ofBlock(index, of: settings.depth),
          in: scope / "perceptrons" / index))
    }
    self.perceptrons = perceptrons
  }

  package func callAsFunction(_ texts: TokenBatch) -> Tensor {
    let bags = texts.bags
    var x = norm(embeddingBag(tokens.weight.value, bags.ids, offsets: bags.offsets))
    let places = VectorPlaces(samplesOf: x)
    x = dropout(x, places)
    for perceptron in perceptrons { x = perceptron(x, places) }
    return x
  }

  private struct Perceptron {
    let norm: LayerNorm
    let inner, outer: Linear
    let activationDropout: Dropout
    let dropout: BranchDropout

    init(_ width: Int, _ rates: DropoutRates, in scope: Scope) throws(CheckpointError) {
      let deviation = 1 / Double(width).squareRoot()
      norm = try LayerNorm(width, in: scope / "norm")
      inner = try Linear(
        width, 4 * width, initializer: .normal(standardDeviation: deviation), in: scope / "inner")
      outer = try Linear(
        4 * width, width, initializer: .normal(standardDeviation: deviation / 2),
        in: scope / "outer")
      activationDropout = Dropout(rates.activation, in: scope / "inner" / "dropout")
      dropout = BranchDropout(rates, in: scope / "outer")
    }

    func callAsFunction(_ x: Tensor, _ places: VectorPlaces) -> Tensor {
      let inside = activationDropout(inner(norm(x)).gelu(), places)
      return x + dropout(outer(inside), places)
    }
  }
}

extension BagOfTokens.Settings: TextTowerKind {
  package static let kind = "bag"
  package var words: String { "a bag of tokens" }
  package var tableWidth: Int { width }
  package var dropouts: [TowerDropout] {
    [TowerDropout(dropout, ["hidden", "activation", "path"])]
  }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any TextTower {
    try BagOfTokens(self, in: scope)
  }

  package func check(_ name: String) throws(CheckpointError) {
    try requireSize(name + ".width", 1...1_000_000, width)
    try requireSize(name + ".depth", 0...10_000, depth)
  }
}

extension TextTowerSettings {
  package static func bag(_ settings: BagOfTokens.Settings) -> TextTowerSettings {
    TextTowerSettings(settings)
  }
}
