package import Layers
import Settings
package import Torch

/// A transformer over the tokens of a text.
///
///     ids → tokens + positions → depth × (attention, perceptron) → norm → mean or last token
///
/// It is the text tower of CLIP and KELIP (causal, last token), and of SigLIP (not causal, filled up
/// to one length, last position). With depth 0 it is the mean of the tokens' vectors: for short
/// captions in many languages a strong and very cheap tower.
///
/// - Shapes: ids `[batch, length]` → `[batch, width]`
/// - Source: Radford et al. 2021, §2.4, arXiv:2103.00020 (causal, last token); Zhai et al. 2023,
///   arXiv:2303.15343 (SigLIP); Reimers & Gurevych 2019, arXiv:1908.10084 (mean).
/// - Differs: CLIP takes the token with the greatest id, which is the end token. Here that is the
///   last one, as texts are not filled up with it, unless ``Settings/end`` or the pooling `greatest`
///   says otherwise.
package struct TextTransformer: TextTower {
  package struct Settings: Codable, Sendable, Equatable {
    package enum Pooling: String, Choice {
      case mean
      /// The vector of the last token: of the last real one, unless texts are filled up.
      case last
      /// The vector of the token with the greatest id, the first of them: CLIP's way to find the
      /// end, which also holds where another tokenizer's end has no such id.
      case greatest
    }

    package var vocabulary: Int
    /// The most tokens a text may have.
    package var contextLength: Int
    package var width: Int
    package var depth: Int
    package var heads: Int
    package var pooling: Pooling
    /// Whether a token sees only itself and earlier ones.
    package var isCausal: Bool
    /// Width between the two maps of a perceptron; four times the tower's, if not given.
    package var inner: Int?
    package var activation: Activation
    /// What layer normalization adds to the variance.
    package var epsilon: Double
    package var dropout: DropoutRates
    /// What every text is filled up to, and reads as well; texts are as long as they are, if not
    /// given.
    package var filling: Filling?
    /// The id of the token that ends a text: for the pooling `last` a text's vector is that of the
    /// first one. The last token's, if not given or not there.
    package var end: Int32?

    /// - Parameters:
    ///   - isCausal: As CLIP where one token is read, and not for the mean, if not given.
    package init(
      vocabulary: Int, contextLength: Int, width: Int, depth: Int, heads: Int,
      pooling: Pooling = .mean, isCausal: Bool? = nil, inner: Int? = nil,
      activation: Activation = .gelu, epsilon: Double = 1e-5, dropout: DropoutRates = .none,
      filling: Filling? = nil, end: Int32? = nil
    ) {
      self.vocabulary = vocabulary
      self.contextLength = contextLength
      self.width = width
      self.depth = depth
      self.heads = heads
      self.pooling = pooling
      self.isCausal = isCausal ?? (pooling != .mean)
      self.inner = inner
      self.activation = activation
      self.epsilon = epsilon
      self.dropout = dropout
      self.filling = filling
      self.end = end
    }

    package init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      // Models of version 0.1 have the first six alone.
      self.init(
        vocabulary: try fields.decode(Int.self, forKey: .vocabulary),
        contextLength: try fields.decode(Int.self, forKey: .contextLength),
        width: try fields.decode(Int.self, forKey: .width),
        depth: try fields.decode(Int.self, forKey: .depth),
        heads: try fields.decode(Int.self, forKey: .heads),
        pooling: try fields.decode(Pooling.self, forKey: .pooling),
        isCausal: try fields.decodeIfPresent(Bool.self, forKey: .isCausal),
        inner: try fields.decodeIfPresent(Int.self, forKey: .inner),
        activation: try fields.decodeIfPresent(Activation.self, forKey: .activation) ?? .gelu,
        epsilon: try fields.decodeIfPresent(Double.self, forKey: .epsilon) ?? 1e-5,
        dropout: try fields.decode(DropoutRates.self, forKey: .dropout),
        filling: try fields.decodeIfPresent(Filling.self, forKey: .filling),
        end: try fields.decodeIfPresent(Int32.self, forKey: .end))
    }

    /// The place of the token that a text is read at.
    fileprivate func place(in ids: ArraySlice<Int32>) -> Int {
      let last = max(0, ids.count - 1)
      switch pooling {
      case .greatest: return ids.max().flatMap { ids.firstIndex(of: $0) } ?? last
      case .last, .mean: return end.flatMap { ids.firstIndex(of: $0) } ?? last
      }
    }
  }

  package var width: Int { settings.width }
  package var contextLength: Int { settings.contextLength }

  private let settings: Settings
  private let tokens: Embedding
  private let positions: Parameter
  private let dropout: Dropout
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    tokens = try Embedding(settings.vocabulary, settings.width, in: scope / "tokens")
    positions = try scope.parameter(
      "positions", [settings.contextLength, settings.width], .normal(standardDeviation: 0.01))
    dropout = Dropout(settings.dropout.hidden, in: scope / "dropout")
    let style = TransformerBlock.Style(
      inner: settings.inner, activation: settings.activation, epsilon: settings.epsilon,
      dropout: settings.dropout)
    blocks = try [TransformerBlock](
      depth: settings.depth, width: settings.width, heads: settings.heads, style: style,
      in: scope / "blocks")
    norm = try LayerNorm(settings.width, epsilon: settings.epsilon, in: scope / "norm")
  }

  package func callAsFunction(_ texts: TokenBatch) -> Tensor {
    let filled = settings.filling?.fill(texts, on: positions.value.device)
    let padded = (filled ?? texts).padded
    let length = padded.ids.shape[1]
    var x = tokens(padded.ids) + positions.value.narrowed(0, to: 0..<length)
    x = dropout(x, VectorPlaces(paddedLike: x))
    // What fills a text up is read like any token; padding is not.
    let lengths = filled == nil ? padded.lengths : nil
    switch settings.pooling {
    case .mean:
      x = blocks(x, lengths: lengths, isCausal: settings.isCausal)
      return norm(filled == nil ? padded.mean(of: x) : x.mean(axis: 1))
    case .last, .greatest:
      let rows = zip(texts.texts, padded.lengths).map {
        filled == nil ? settings.place(in: $0.prefix($1)) : length - 1
      }
      return norm(blocks(x, reading: rows, lengths: lengths, isCausal: settings.isCausal))
    }
  }
}

extension TextTransformer.Settings: TextTowerKind {
  package static let kind = "transformer"
  package var words: String { "a transformer" }
  package var tableWidth: Int { width }
  package var paddingToken: Int32? {
    get { filling?.padding }
    set { if let newValue { filling?.padding = newValue } }
  }
  package var endToken: Int32? {
    get { end }
    set { end = newValue }
  }
  package var readsFilling: Bool { filling != nil }
  package var dropouts: [TowerDropout] { [TowerDropout(dropout, TowerDropout.inBlocks)] }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any TextTower {
    try TextTransformer(self, in: scope)
  }

  package func check(_ name: String) throws(CheckpointError) {
    try checkBlocks(name, width: width, heads: heads, depth: depth)
  }
}

extension TextTowerSettings {
  package static func transformer(_ settings: TextTransformer.Settings) -> TextTowerSettings {
    TextTowerSettings(settings)
  }
}

extension KeyMap {
  /// The text tower in Hugging Face's `CLIPModel` and `SiglipModel`, under `text_model.`.
  package static let huggingFaceCLIPText: KeyMap = [
    "tokens.weight": "embeddings.token_embedding.weight",
    "positions": "embeddings.position_embedding.weight",
    "blocks.*.attention_norm.%": "encoder.layers.*.layer_norm1.%",
    "blocks.*.attention.qkv.%": "encoder.layers.*.self_attn.{q,k,v}_proj.%",
    "blocks.*.attention.out.%": "encoder.layers.*.self_attn.out_proj.%",
    "blocks.*.perceptron_norm.%": "encoder.layers.*.layer_norm2.%",
    "blocks.*.inner.%": "encoder.layers.*.mlp.fc1.%",
    "blocks.*.outer.%": "encoder.layers.*.mlp.fc2.%",
    "norm.%": "final_layer_norm.%",
  ]

  /// The text tower in the files of OpenAI's CLIP, of KELIP and of open_clip (there under `text.`
  /// where the image tower is timm's).
  package static let openCLIPText: KeyMap = [
    "tokens.weight": "token_embedding.weight",
    "positions": "positional_embedding",
    "blocks.*.attention_norm.%": "transformer.resblocks.*.ln_1.%",
    "blocks.*.attention.qkv.%": "transformer.resblocks.*.attn.in_proj_%",
    "blocks.*.attention.out.%": "transformer.resblocks.*.attn.out_proj.%",
    "blocks.*.perceptron_norm.%": "transformer.resblocks.*.ln_2.%",
    "blocks.*.inner.%": "transformer.resblocks.*.mlp.c_fc.%",
    "blocks.*.outer.%": "transformer.resblocks.*.mlp.c_proj.%",
    "norm.%": "ln_final.%",
  ]
}
