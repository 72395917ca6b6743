import Foundation
package import Layers
package import Torch

/// The encoder of the translation models M2M-100 and NLLB.
///
///     ids → √width · tokens + sinusoids → depth × (attention, perceptron) → norm → first token
///
/// The first token is the language's code; NLLB-CLIP has learned to gather the text's meaning there.
///
/// - Shapes: ids `[batch, length]` → `[batch, width]`
/// - Source: Fan et al. 2020, arXiv:2010.11125; NLLB Team 2022, arXiv:2207.04672; Visheratin 2023,
///   arXiv:2309.01859 (first token).
/// - Differs: no layer is left out for a whole batch while learning (LayerDrop; Fan et al. 2019,
///   arXiv:1909.11556), as M2M-100 was trained with 0.05 of it; NLLB's published models have none.
package struct NLLBEncoder: TextTower {
  package struct Settings: Codable, Sendable, Equatable {
    package var vocabulary: Int
    /// The most tokens a text may have; positions are computed, so that it is no bound of theirs.
    package var contextLength: Int
    package var width: Int
    package var depth: Int
    package var heads: Int
    /// Width between the two maps of a perceptron.
    package var inner: Int
    package var activation: Activation
    /// What layer normalization adds to the variance.
    package var epsilon: Double
    /// The padding token's id; positions count from the one after it.
    package var padding: Int32
    package var dropout: DropoutRates
    /// Whether tokens are multiplied by √width.
    package var scalesTokens: Bool
    /// Whether one more normalization follows the encoder's own, as in `NLLBCLIPModel`.
    package var hasFinalNorm: Bool

    package init(
      vocabulary: Int = 256_206, contextLength: Int = 77, width: Int = 1024, depth: Int,
      heads: Int = 16, inner: Int, activation: Activation = .relu, epsilon: Double = 1e-5,
      padding: Int32 = 1, dropout: DropoutRates = .none, scalesTokens: Bool = true,
      hasFinalNorm: Bool = false
    ) {
      self.vocabulary = vocabulary
      self.contextLength = contextLength
      self.width = width
      self.depth = depth
      self.heads = heads
      self.inner = inner
      self.activation = activation
      self.epsilon = epsilon
      self.padding = padding
      self.dropout = dropout
      self.scalesTokens = scalesTokens
      self.hasFinalNorm = hasFinalNorm
    }

    /// NLLB-200-distilled-600M.
    package static let distilled600M = Settings(
      depth: 12, inner: 4096, dropout: .init(hidden: 0.1, attention: 0.1))
    /// NLLB-200-distilled-1.3B.
    package static let distilled1B3 = Settings(
      depth: 24, inner: 8192, dropout: .init(hidden: 0.1, attention: 0.1))
  }

  package var width: Int { settings.width }
  package var contextLength: Int { settings.contextLength }

  private let settings: Settings
  private let tokens: Embedding
  private let positions: Tensor
  private let dropout: Dropout
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm
  private let finalNorm: LayerNorm?

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    let (width, epsilon) = (settings.width, settings.epsilon)
    tokens = try Embedding(settings.vocabulary, width, in: scope / "tokens")
    positions = sinusoids(
      from: Int(settings.padding) + 1, count: settings.contextLength, width: width)
    dropout = Dropout(settings.dropout.hidden, in: scope / "dropout")
    let style = TransformerBlock.Style(
      inner: settings.inner, activation: settings.activation, epsilon: epsilon,
      dropout: settings.dropout)
    blocks = try [TransformerBlock](
      depth: settings.depth, width: width, heads: settings.heads, style: style,
      in: scope / "blocks")
    norm = try LayerNorm(width, epsilon: epsilon, in: scope / "norm")
    finalNorm =
      settings.hasFinalNorm
      ? try LayerNorm(width, epsilon: epsilon, in: scope / "final_norm") : nil
  }

  package func callAsFunction(_ texts: TokenBatch) -> Tensor {
    let padded = texts.padded
    let length = padded.ids.shape[1]
    let known = tokens(padded.ids)
    let scale = settings.scalesTokens ? Double(settings.width).squareRoot() : 1
    // Padding has no position; as nothing reads it, it may have any.
    var x = known * scale + positions.narrowed(0, to: 0..<length).to(known.device)
    x = dropout(x, VectorPlaces(paddedLike: x))
    let first = norm(
      blocks(x, reading: [Int](repeating: 0, count: x.shape[0]), lengths: padded.lengths))
    return finalNorm?(first) ?? first
  }
}

/// Positions `from`, `from + 1`, … as sines and then cosines of falling frequency.
///
///     frequency i = 10000^(−i / (width/2 − 1));  row p = sin(p f₀) sin(p f₁) … cos(p f₀) cos(p f₁) …
///
/// - Parameters:
///   - width: An even number.
/// - Returns: `[count, width]`
/// - Source: Vaswani et al. 2017, §3.5, arXiv:1706.03762.
/// - Differs: as in tensor2tensor and fairseq, all sines stand before all cosines, and the last
///   frequency is exactly 1/10000. Computed in float32, as there: the arguments' rounding is part of
///   what the models have learned.
package func sinusoids(from first: Int, count: Int, width: Int) -> Tensor {
  let half = width / 2
  let step = Float(-log(10_000.0) / Double(max(1, half - 1)))
  // libtorch's own exponential differs by a unit in the last place from one processor to another.
  let frequencies = (0..<half).map { Float(exp(Double(Float($0) * step))) }
  var numbers: [Float] = []
  numbers.reserveCapacity(count * width)
  for position in first..<first + count {
    let angles = frequencies.map { $0 * Float(position) }
    numbers += angles.map { sin($0) }
    numbers += angles.map { cos($0) }
  }
  return Tensor(numbers, shape: [count, width])
}

extension NLLBEncoder.Settings: TextTowerKind {
  package static let kind = "nllb"
  package var words: String { "the encoder of NLLB" }
  package var tableWidth: Int { width }
  package var countsFromPadding: Bool { true }
  package var paddingToken: Int32? {
    get { padding }
    set { if let newValue { padding = newValue } }
  }
  package var dropouts: [TowerDropout] { [TowerDropout(dropout, TowerDropout.inBlocks)] }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any TextTower {
    try NLLBEncoder(self, in: scope)
  }

  package func check(_ name: String) throws(CheckpointError) {
    try checkBlocks(name, width: width, heads: heads, depth: depth)
  }

  package func adapted(to wanted: any TextTowerKind) -> any TextTowerKind {
    guard let wanted = wanted as? NLLBEncoder.Settings else { return self }
    var tower = self
    tower.contextLength = wanted.contextLength
    return tower
  }
}

extension TextTowerSettings {
  package static func nllb(_ settings: NLLBEncoder.Settings) -> TextTowerSettings {
    TextTowerSettings(settings)
  }
}

extension KeyMap {
  /// The encoder in Hugging Face's `M2M100Model`, under `model.encoder.` or `encoder.`.
  package static let huggingFaceM2M100Encoder: KeyMap = [
    "tokens.weight": "embed_tokens.weight",
    "blocks.*.attention_norm.%": "layers.*.self_attn_layer_norm.%",
    "blocks.*.attention.qkv.%": "layers.*.self_attn.{q,k,v}_proj.%",
    "blocks.*.attention.out.%": "layers.*.self_attn.out_proj.%",
    "blocks.*.perceptron_norm.%": "layers.*.final_layer_norm.%",
    "blocks.*.inner.%": "layers.*.fc1.%",
    "blocks.*.outer.%": "layers.*.fc2.%",
    "norm.%": "layer_norm.%",
  ]
}
