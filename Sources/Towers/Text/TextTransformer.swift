package import Layers
package import Torch

/// A transformer over the tokens of a text.
///
///     ids → tokens + positions → depth × (attention, perceptron) → norm → mean or last token
///
/// With depth 0 it is the mean of the tokens' vectors: for short captions in many languages a
/// strong and very cheap tower.
///
/// - Shapes: ids `[batch, length]` → `[batch, width]`
/// - Source: Radford et al. 2021, §2.4, arXiv:2103.00020 (causal, last token); Reimers & Gurevych
///   2019, arXiv:1908.10084 (mean).
package struct TextTransformer: TextTower {
  package struct Settings: Codable, Sendable, Equatable {
    package enum Pooling: String, Codable, Sendable {
      case mean
      /// The vector of the last real token; then attention is causal.
      case last
    }

    package var vocabulary: Int
    /// The most tokens a text may have.
    package var contextLength: Int
    package var width: Int
    package var depth: Int
    package var heads: Int
    package var pooling: Pooling

    package init(
      vocabulary: Int, contextLength: Int, width: Int, depth: Int, heads: Int,
      pooling: Pooling = .mean
    ) {
      self.vocabulary = vocabulary
      self.contextLength = contextLength
      self.width = width
      self.depth = depth
      self.heads = heads
      self.pooling = pooling
    }
  }

  package var width: Int { settings.width }
  package var contextLength: Int { settings.contextLength }
  package var pads: Bool { true }

  private let settings: Settings
  private let tokens: Embedding
  private let positions: Parameter
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    tokens = try Embedding(settings.vocabulary, settings.width, in: scope / "tokens")
    positions = try scope.parameter(
      "positions", [settings.contextLength, settings.width], .normal(standardDeviation: 0.01))
    var blocks: [TransformerBlock] = []
    for index in 0..<settings.depth {
      blocks.append(
        try TransformerBlock(
          width: settings.width, heads: settings.heads, depth: settings.depth,
          in: scope / "blocks" / index))
    }
    self.blocks = blocks
    norm = try LayerNorm(settings.width, in: scope / "norm")
  }

  package func callAsFunction(_ texts: TokenBatch) -> Tensor {
    let padded = texts.padded
    let (batch, length) = (padded.ids.shape[0], padded.ids.shape[1])
    var x = tokens(padded.ids) + positions.value.narrowed(0, to: 0..<length)
    let isCausal = settings.pooling == .last
    // Padding stands at the end: a causal tower never sees it from a real token.
    let mask = isCausal ? nil : padded.mask.reshaped(batch, 1, 1, length)
    for block in blocks { x = block(x, mask: mask, isCausal: isCausal) }
    switch settings.pooling {
    case .mean: return norm(padded.mean(of: x))
    case .last:
      let last = Tensor(padded.lengths.map { Int64(max(0, $0 - 1)) }).to(x.device)
      return norm(x.gatheredRows(last))
    }
  }
}
