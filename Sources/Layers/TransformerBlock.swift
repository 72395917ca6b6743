import Settings
package import Torch

/// Attention, then a perceptron; each adds to what it has read.
///
///     before:  y = x + attention(norm(x));   y + perceptron(norm(y))
///     after:   y = norm(x + attention(x));   norm(y + perceptron(y))
///
/// - Shapes: `[batch, length, width] → [batch, length, width]`
/// - Source: Xiong et al. 2020 (norm before), arXiv:2002.04745; Vaswani et al. 2017 (norm after),
///   arXiv:1706.03762; initial values of OpenAI's CLIP.
package struct TransformerBlock {
  /// Where a block normalizes: what each part reads, or what each part's sum gives.
  package enum NormPlace: String, Choice {
    case before, after
  }

  /// How a block computes, besides its width and heads.
  package struct Style: Sendable {
    /// Width between the two linear maps of the perceptron; four times the block's, if not given.
    package var inner: Int?
    package var activation: Activation
    package var normPlace: NormPlace
    package var epsilon: Double
    package var dropout: DropoutRates

    package init(
      inner: Int? = nil, activation: Activation = .gelu, normPlace: NormPlace = .before,
      epsilon: Double = 1e-5, dropout: DropoutRates = .none
    ) {
      self.inner = inner
      self.activation = activation
      self.normPlace = normPlace
      self.epsilon = epsilon
      self.dropout = dropout
    }
  }

  private let attentionNorm, perceptronNorm: LayerNorm
  private let attention: SelfAttention
  private let inner, outer: Linear
  private let attentionDropout, perceptronDropout: BranchDropout
  private let activationDropout: Dropout
  private let style: Style

  /// - Parameters:
  ///   - depth: How many blocks the tower has; the deeper, the smaller each one's first output.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(width: Int, heads: Int, depth: Int, style: Style = Style(), in scope: Scope)
    throws(CheckpointError)
  {
    let deviation = 1 / Double(width).squareRoot()
    let innerWidth = style.inner ?? 4 * width
    attentionNorm = try LayerNorm(width, epsilon: style.epsilon, in: scope / "attention_norm")
    attention = try SelfAttention(
      width: width, heads: heads, depth: depth, dropout: style.dropout.attention,
      in: scope / "attention")
    perceptronNorm = try LayerNorm(width, epsilon: style.epsilon, in: scope / "perceptron_norm")
    inner = try Linear(
      width, innerWidth,
      initializer: .normal(standardDeviation: deviation / 2.0.squareRoot()), in: scope / "inner")
    outer = try Linear(
      innerWidth, width,
      initializer: .normal(standardDeviation: deviation / Double(2 * depth).squareRoot()),
      in: scope / "outer")
    attentionDropout = BranchDropout(style.dropout, in: scope / "attention" / "out")
    activationDropout = Dropout(style.dropout.activation, in: scope / "inner" / "dropout")
    perceptronDropout = BranchDropout(style.dropout, in: scope / "outer")
    self.style = style
  }

  /// What the block makes of the tokens of sequences.
  ///
  /// - Returns: The tokens' vectors.
  package func callAsFunction(_ x: Tensor, isCausal: Bool = false) -> Tensor {
    [self](x, isCausal: isCausal)
  }

  /// In layers, to which gradients can go back.
  ///
  /// - Parameters:
  ///   - tokens: How the tokens stand, if without padding: `[tokens, width]`.
  fileprivate func output(_ x: Tensor, _ tokens: Unpadded?, isCausal: Bool, rows: [Int]?) -> Tensor
  {
    let kept = rows.map { rows in tokens?.rows(rows, of: x) ?? x.tokens(rows) } ?? x
    let places: VectorPlaces =
      if let rows { .rows(rows) } else if let tokens { .unpadded(tokens.lengths) } else {
        VectorPlaces(paddedLike: x)
      }
    func attention(_ x: Tensor) -> Tensor {
      attentionDropout(self.attention(x, tokens, isCausal: isCausal, rows: rows), places)
    }
    func perceptron(_ x: Tensor) -> Tensor {
      perceptronDropout(outer(activationDropout(style.activation(inner(x)), places)), places)
    }
    switch style.normPlace {
    case .before:
      let attended = kept + attention(attentionNorm(x))
      return attended + perceptron(perceptronNorm(attended))
    case .after:
      let attended = attentionNorm(kept + attention(x))
      return perceptronNorm(attended + perceptron(attended))
    }
  }

  /// The same, for when nothing is learned; nil where something is dropped all the same, because the
  /// network around it learns, or what it follows.
  fileprivate var frozen: FrozenBlock? {
    guard attention.dropout.current == nil, attentionDropout.isOff, activationDropout.current == nil
    else { return nil }
    return FrozenBlock(
      attentionNorm: FrozenMap(attentionNorm.weight, attentionNorm.bias),
      queryKeyValue: FrozenMap(attention.queryKeyValue.weight, attention.queryKeyValue.bias),
      out: FrozenMap(attention.out.weight, attention.out.bias),
      perceptronNorm: FrozenMap(perceptronNorm.weight, perceptronNorm.bias),
      inner: FrozenMap(inner.weight, inner.bias), outer: FrozenMap(outer.weight, outer.bias),
      heads: attention.heads, activation: style.activation,
      normIsAfter: style.normPlace == .after, epsilon: style.epsilon)
  }
}

extension [TransformerBlock] {
  /// The blocks of a tower, under their numbers.
  ///
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(
    depth: Int, width: Int, heads: Int, style: TransformerBlock.Style, in scope: Scope
  ) throws(CheckpointError) {
    self = []
    for index in 0..<depth {
      var style = style
      style.dropout = style.dropout.ofBlock(index, of: depth)
      append(
        try TransformerBlock(
          width: width, heads: heads, depth: depth, style: style, in: scope / index))
    }
  }

  /// All blocks in turn.
  ///
  /// - Parameters:
  ///   - lengths: The real tokens of each sequence, which stand in front; nil for all. Padding is not
  ///     computed, and its vectors have no meaning.
  /// - Shapes: `[batch, length, width] → [batch, length, width]`
  package func callAsFunction(_ x: Tensor, lengths: [Int]? = nil, isCausal: Bool = false) -> Tensor
  {
    output(x, lengths, isCausal, rows: nil)
  }

  /// All blocks in turn, and of the last the vector of one token of each sequence: all that many
  /// towers need of their last block, for a fraction of the work.
  ///
  /// - Parameters:
  ///   - rows: The place of the token in each sequence, a real one.
  ///   - lengths: As above.
  /// - Shapes: `[batch, length, width] → [batch, width]`
  package func callAsFunction(
    _ x: Tensor, reading rows: [Int], lengths: [Int]? = nil, isCausal: Bool = false
  ) -> Tensor {
    isEmpty ? x.tokens(rows) : output(x, lengths, isCausal, rows: rows)
  }

  private func output(_ x: Tensor, _ lengths: [Int]?, _ isCausal: Bool, rows: [Int]?) -> Tensor {
    var x = x
    // Once layers have computed a block, padding is gone until the end.
    var tokens: Unpadded?
    for (index, block) in enumerated() {
      let wanted = index == count - 1 ? rows : nil
      if tokens == nil {
        if let y = block.frozen?(x, lengths: lengths, rows: wanted, isCausal: isCausal) {
          x = y
          continue
        }
        tokens = Unpadded(lengths, of: x)
        if let tokens { x = tokens.removingPadding(from: x) }
      }
      x = block.output(x, tokens, isCausal: isCausal, rows: wanted)
    }
    guard rows == nil, let tokens else { return x }
    return tokens.addingPadding(to: x)
  }
}
