package import Layers
import Settings
package import Torch

/// The encoder of BERT, and of RoBERTa, XLM-RoBERTa and MiniLM after it.
///
///     ids → tokens + positions + segment → norm → depth × (attention, perceptron) → pooling → head
///
/// They differ in settings and in tokenizer, not in shape; blocks normalize what they give. A
/// caption is one sentence: of the table of segments only row 0 is used.
///
/// - Shapes: ids `[batch, length]` → `[batch, width]`
/// - Source: Devlin et al. 2019, arXiv:1810.04805; Liu et al. 2019, arXiv:1907.11692; Conneau et al.
///   2020, arXiv:1911.02116.
package struct BERT: TextTower {
  package struct Settings: Codable, Sendable, Equatable {
    /// Which row of the table of positions the first token has.
    package enum PositionScheme: String, Choice {
      /// Row 0: BERT, and KoCLIP as it was trained.
      case zeroBased = "zero_based"
      /// The row after the padding token's id: fairseq's models (RoBERTa, XLM-R) in PyTorch.
      case afterPadding = "after_padding"
    }

    /// How the vectors of the tokens become one.
    package enum Pooling: String, Choice {
      /// The first token's.
      case first
      /// The first token's through a linear map and tanh: BERT's “pooler”.
      case firstTanh = "first_tanh"
      /// The mean over the real tokens.
      case mean
    }

    package var vocabulary: Int
    package var width: Int
    package var depth: Int
    package var heads: Int
    /// Width between the two maps of a perceptron.
    package var inner: Int
    /// Rows of the table of positions.
    package var positions: Int
    package var positionScheme: PositionScheme
    /// Kinds of sentence in the checkpoint's table; 0 if there is no table, as in DistilBERT.
    package var segments: Int
    package var activation: Activation
    /// What layer normalization adds to the variance.
    package var epsilon: Double
    /// The padding token's id.
    package var padding: Int32
    package var dropout: DropoutRates
    package var pooling: Pooling
    /// Two more maps behind the pooling, as in open_clip's XLM-R models; none, if not given.
    package var head: PerceptronHead.Settings?

    package init(
      vocabulary: Int, width: Int, depth: Int, heads: Int, inner: Int, positions: Int,
      positionScheme: PositionScheme, segments: Int, activation: Activation = .gelu,
      epsilon: Double, padding: Int32, dropout: DropoutRates = .none, pooling: Pooling,
      head: PerceptronHead.Settings? = nil
    ) {
      self.vocabulary = vocabulary
      self.width = width
      self.depth = depth
      self.heads = heads
      self.inner = inner
      self.positions = positions
      self.positionScheme = positionScheme
      self.segments = segments
      self.activation = activation
      self.epsilon = epsilon
      self.padding = padding
      self.dropout = dropout
      self.pooling = pooling
      self.head = head
    }

    /// The most tokens a text may have.
    package var contextLength: Int { positions - firstPosition }

    fileprivate var firstPosition: Int {
      positionScheme == .zeroBased ? 0 : Int(padding) + 1
    }
  }

  package var width: Int { settings.head?.width ?? settings.width }
  package var contextLength: Int { settings.contextLength }

  private let settings: Settings
  private let tokens: Embedding
  private let positions: Parameter
  private let segments: Parameter?
  private let norm: LayerNorm
  private let dropout: Dropout
  private let blocks: [TransformerBlock]
  private let pooler: Linear?
  private let head: PerceptronHead?

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    let width = settings.width
    tokens = try Embedding(settings.vocabulary, width, in: scope / "tokens")
    positions = try scope.parameter(
      "positions", [settings.positions, width], .normal(standardDeviation: 0.02))
    segments =
      settings.segments == 0
      ? nil
      : try scope.parameter(
        "segments", [settings.segments, width], .normal(standardDeviation: 0.02))
    norm = try LayerNorm(width, epsilon: settings.epsilon, in: scope / "norm")
    dropout = Dropout(settings.dropout.hidden, in: scope / "dropout")
    let style = TransformerBlock.Style(
      inner: settings.inner, activation: settings.activation, normPlace: .after,
      epsilon: settings.epsilon, dropout: settings.dropout)
    blocks = try [TransformerBlock](
      depth: settings.depth, width: width, heads: settings.heads, style: style,
      in: scope / "blocks")
    pooler =
      settings.pooling == .firstTanh ? try Linear(width, width, in: scope / "pooler") : nil
    head = try PerceptronHead(settings.head, inputs: width, in: scope / "head")
  }

  package func callAsFunction(_ texts: TokenBatch) -> Tensor {
    let padded = texts.padded
    let pooled = pool(states(padded.ids, lengths: padded.lengths), padded)
    return head?(pooled) ?? pooled
  }

  /// The vectors of all tokens.
  ///
  /// - Parameters:
  ///   - ids: `[batch, length]`.
  ///   - lengths: How many of each text are read, from the first on; nil for all.
  /// - Returns: `[batch, length, width]`
  func states(_ ids: Tensor, lengths: [Int]?) -> Tensor {
    let length = ids.shape[1]
    let first = settings.firstPosition
    var x = tokens(ids) + positions.value.narrowed(0, to: first..<first + length)
    if let segments { x = x + segments.value.selected(0, 0) }
    x = dropout(norm(x), VectorPlaces(paddedLike: x))
    return blocks(x, lengths: lengths)
  }

  private func pool(_ states: Tensor, _ padded: TokenBatch.Padded) -> Tensor {
    switch settings.pooling {
    case .mean: return padded.mean(of: states)
    case .first, .firstTanh:
      let first = states.selected(1, 0)
      return pooler.map { $0(first).tanh() } ?? first
    }
  }
}

extension PerceptronHead {
  fileprivate init?(_ settings: Settings?, inputs: Int, in scope: Scope) throws(CheckpointError) {
    guard let settings else { return nil }
    try self.init(settings, inputs: inputs, in: scope)
  }
}

extension BERT.Settings: TextTowerKind {
  package static let kind = "bert"
  package var words: String { "a BERT" }
  package var pooler: String? { "pooler" }
  package var tableWidth: Int { width }
  package var countsFromPadding: Bool { positionScheme == .afterPadding }
  package var paddingToken: Int32? {
    get { padding }
    set { if let newValue { padding = newValue } }
  }
  package var dropouts: [TowerDropout] { [TowerDropout(dropout, TowerDropout.inBlocks)] }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any TextTower {
    try BERT(self, in: scope)
  }

  package func check(_ name: String) throws(CheckpointError) {
    try checkBlocks(name, width: width, heads: heads, depth: depth)
  }

  package func adapted(to wanted: any TextTowerKind) -> any TextTowerKind {
    guard let wanted = wanted as? BERT.Settings else { return self }
    var tower = self
    (tower.pooling, tower.head) = (wanted.pooling, wanted.head)
    return tower
  }
}

extension TextTowerSettings {
  package static func bert(_ settings: BERT.Settings) -> TextTowerSettings {
    TextTowerSettings(settings)
  }
}

extension KeyMap {
  /// Hugging Face's `BertModel`, `RobertaModel` and `XLMRobertaModel`.
  package static let huggingFaceBERT: KeyMap = [
    "tokens.weight": "embeddings.word_embeddings.weight",
    "positions": "embeddings.position_embeddings.weight",
    "segments": "embeddings.token_type_embeddings.weight",
    "norm.%": "embeddings.LayerNorm.%",
    "blocks.*.attention.qkv.%": "encoder.layer.*.attention.self.{query,key,value}.%",
    "blocks.*.attention.out.%": "encoder.layer.*.attention.output.dense.%",
    "blocks.*.attention_norm.%": "encoder.layer.*.attention.output.LayerNorm.%",
    "blocks.*.inner.%": "encoder.layer.*.intermediate.dense.%",
    "blocks.*.outer.%": "encoder.layer.*.output.dense.%",
    "blocks.*.perceptron_norm.%": "encoder.layer.*.output.LayerNorm.%",
    "pooler.%": "pooler.dense.%",
  ]

  /// What files of the first BERTs have elsewhere than ``huggingFaceBERT``: layer normalizations, whose
  /// weight and bias are gamma and beta.
  package static let oldBERTNorms: KeyMap = [
    "norm.weight": "embeddings.LayerNorm.gamma",
    "norm.bias": "embeddings.LayerNorm.beta",
    "blocks.*.attention_norm.weight": "encoder.layer.*.attention.output.LayerNorm.gamma",
    "blocks.*.attention_norm.bias": "encoder.layer.*.attention.output.LayerNorm.beta",
    "blocks.*.perceptron_norm.weight": "encoder.layer.*.output.LayerNorm.gamma",
    "blocks.*.perceptron_norm.bias": "encoder.layer.*.output.LayerNorm.beta",
  ]

  /// Hugging Face's `DistilBertModel`.
  package static let huggingFaceDistilBERT: KeyMap = [
    "tokens.weight": "embeddings.word_embeddings.weight",
    "positions": "embeddings.position_embeddings.weight",
    "norm.%": "embeddings.LayerNorm.%",
    "blocks.*.attention.qkv.%": "transformer.layer.*.attention.{q,k,v}_lin.%",
    "blocks.*.attention.out.%": "transformer.layer.*.attention.out_lin.%",
    "blocks.*.attention_norm.%": "transformer.layer.*.sa_layer_norm.%",
    "blocks.*.inner.%": "transformer.layer.*.ffn.lin1.%",
    "blocks.*.outer.%": "transformer.layer.*.ffn.lin2.%",
    "blocks.*.perceptron_norm.%": "transformer.layer.*.output_layer_norm.%",
  ]
}
