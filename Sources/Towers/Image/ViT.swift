package import Layers
package import Torch

/// The vision transformer: a picture is a sequence of square patches.
///
///     patches → linear + positions [→ norm] → depth × (attention, perceptron) → norm → one vector
///
/// Its settings cover the towers of CLIP, KELIP, open_clip, SigLIP and plain ViT. Pictures of another
/// size than the tower's own are taken too: the positions are resampled.
///
/// - Shapes: `[batch, 3, height, width] → [batch, width]`
/// - Source: Dosovitskiy et al. 2021, arXiv:2010.11929; Xiao et al. 2021 (convolutional stem),
///   arXiv:2106.14881.
package struct ViT: DenseImageTower {
  package var width: Int { settings.width }

  let settings: Settings
  private let stem: [Convolution]
  private let stemNorms: [LayerNorm]
  private let classToken: Parameter?
  private let positions: Parameter
  private let dropout: Dropout
  private let patchDropout: PatchDropout
  let preNorm: LayerNorm?
  let blocks: [TransformerBlock]
  let norm: LayerNorm
  private let attentionPooling: AttentionPooling?
  private let pooler: Linear?

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    let (width, side) = (settings.width, settings.size / settings.patch)
    (stem, stemNorms) = try Self.makeStem(settings, in: scope)
    let deviation = 1 / Double(width).squareRoot()
    classToken =
      settings.hasClassToken
      ? try scope.parameter("class", [width], .normal(standardDeviation: deviation)) : nil
    positions = try scope.parameter(
      "positions", [side * side + (settings.hasClassToken ? 1 : 0), width],
      .normal(standardDeviation: deviation))
    dropout = Dropout(settings.dropout.hidden, in: scope / "dropout")
    patchDropout = PatchDropout(settings.dropout.patches, in: scope / "patch_dropout")
    preNorm =
      settings.hasPreNorm
      ? try LayerNorm(width, epsilon: settings.epsilon, in: scope / "pre_norm") : nil
    let style = TransformerBlock.Style(
      inner: settings.inner, activation: settings.activation, epsilon: settings.epsilon,
      dropout: settings.dropout)
    blocks = try [TransformerBlock](
      depth: settings.depth, width: width, heads: settings.heads, style: style,
      in: scope / "blocks")
    norm = try LayerNorm(width, epsilon: settings.epsilon, in: scope / "norm")
    attentionPooling =
      settings.pooling == .attention
      ? try AttentionPooling(
        width: width, heads: settings.heads, style: style, in: scope / "pooling") : nil
    pooler = settings.hasTanhPooler ? try Linear(width, width, in: scope / "pooler") : nil
  }

  private static func makeStem(_ settings: Settings, in scope: Scope) throws(CheckpointError)
    -> ([Convolution], [LayerNorm])
  {
    switch settings.stem {
    case .patch:
      let patches = try Convolution(
        3, settings.width, size: settings.patch, stride: settings.patch, bias: settings.patchBias,
        in: scope / "patches")
      return ([patches], [])
    case .convolutional:
      var (stem, norms): ([Convolution], [LayerNorm]) = ([], [])
      let steps = settings.patch.trailingZeroBitCount
      var inputs = 3
      for step in 0..<steps {
        let outputs = settings.width >> (steps - 1 - step)
        stem.append(
          try Convolution(
            inputs, outputs, size: 3, stride: 2, padding: 1, in: scope / "stem" / step))
        norms.append(try LayerNorm(outputs, in: scope / "stem_norm" / step))
        inputs = outputs
      }
      return (stem, norms)
    }
  }

  package func callAsFunction(_ images: Tensor) -> Tensor {
    var x = sequence(of: images)
    let pooled: Tensor
    if settings.pooling == .classToken {
      pooled = norm(blocks(x, reading: [Int](repeating: 0, count: x.shape[0])))
    } else {
      x = blocks(x)
      pooled = self.pooled(x)
    }
    return pooler.map { $0(pooled).tanh() } ?? pooled
  }

  /// What the blocks read: all tokens, with their positions; some less while patches are dropped.
  private func sequence(of images: Tensor) -> Tensor {
    var x = tokens(images)
    if let classToken {
      let first = classToken.value.reshaped(1, 1, width).expanded(x.shape[0], 1, width)
      x = .concatenated([first.to(x.dtype), x], axis: 1)
    }
    x = x + positions(for: images)
    x = dropout(x, VectorPlaces(paddedLike: x))
    x = patchDropout(x, sparing: classToken == nil ? 0 : 1)
    return preNorm.map { $0(x) } ?? x
  }

  /// A vector for each patch, where the picture's vector would lie if all patches were like it.
  ///
  /// What gathers the patches into one vector reads each of them alone. For a class token that is
  /// the last block, for SigLIP the pooling: their attention to one token is the linear maps of
  /// value and output. Behind a mean there is nothing to undo.
  ///
  /// - Source: Zhou et al. 2022, “Extract Free Dense Labels from CLIP” (MaskCLIP), §3.2,
  ///   arXiv:2112.01071; its released code also keeps the last block's residuals and perceptron.
  package func patches(_ images: Tensor) -> PatchGrid {
    var x = sequence(of: images)
    let isGatheredByBlock = settings.pooling == .classToken
    for block in isGatheredByBlock ? blocks.dropLast() : blocks[...] { x = block(x) }
    x = patches(of: x)
    let count = x.shape[1]
    // Each patch is a sequence of its own.
    x = x.reshaped(x.shape[0] * count, 1, width)
    if isGatheredByBlock, let last = blocks.last { x = last(x) }
    if let attentionPooling {
      x = attentionPooling(settings.finalNorm == .tokens ? norm(x) : x)
      if settings.finalNorm == .pooled { x = norm(x) }
    } else {
      x = norm(x)
    }
    if let pooler { x = pooler(x).tanh() }
    let (rows, columns) = (images.shape[2] / settings.patch, images.shape[3] / settings.patch)
    return PatchGrid(
      vectors: x.reshaped(images.shape[0], count, width), rows: rows, columns: columns,
      seenHeight: Double(rows * settings.patch) / Double(images.shape[2]),
      seenWidth: Double(columns * settings.patch) / Double(images.shape[3]),
      isMean: settings.pooling == .mean && settings.finalNorm == .tokens && pooler == nil)
  }

  /// `[batch, length, width] → [batch, width]`, normalized.
  private func pooled(_ tokens: Tensor) -> Tensor {
    let x = settings.finalNorm == .tokens ? norm(tokens) : tokens
    let pooled = attentionPooling.map { $0(x) } ?? patches(of: x).mean(axis: 1)
    return settings.finalNorm == .pooled ? norm(pooled) : pooled
  }

  /// All tokens but the class token.
  private func patches(of tokens: Tensor) -> Tensor {
    settings.hasClassToken ? tokens.narrowed(1, to: 1..<tokens.shape[1]) : tokens
  }

  /// The positions of a picture's tokens, resampled if it is not of the tower's own size.
  func positions(for images: Tensor) -> Tensor {
    let rows = images.shape[2] / settings.patch
    let columns = images.shape[3] / settings.patch
    let own = settings.size / settings.patch
    guard rows != own || columns != own else { return positions.value }
    let extra = positions.shape[0] - own * own
    let grid = positions.value.narrowed(0, to: extra..<extra + own * own)
    let resampled = settings.resampling(grid, rows: rows, columns: columns)
    return extra == 0
      ? resampled
      : .concatenated([positions.value.narrowed(0, to: 0..<extra), resampled], axis: 0)
  }

  /// `[batch, 3, height, width] → [batch, patches, width]`
  func tokens(_ images: Tensor) -> Tensor {
    var x = images
    for (index, convolution) in stem.enumerated() {
      x = convolution(x)
      if settings.stem == .convolutional {
        // Normalized over channels, as everything behind it is.
        x = stemNorms[index](x.permuted(0, 2, 3, 1)).gelu().permuted(0, 3, 1, 2)
      }
    }
    return x.flattened(from: 2).transposed()
  }
}
