package import Layers
package import Torch

/// A convolutional network whose width, depth and resolution grow together.
///
///     3×3 convolution, stride 2 → seven stages of inverted bottlenecks → 1×1 convolution
///
/// An inverted bottleneck widens, convolves each channel by itself, weights the channels by what is
/// in the whole picture, and narrows again.
///
/// - Shapes: `[batch, 3, height, width] → [batch, width]`, the mean over places
/// - Source: Tan & Le 2019, arXiv:1905.11946; numbers and padding as TensorFlow's release and timm's
///   `tf_efficientnet` have them.
package struct EfficientNet: DenseImageTower {
  package struct Settings: Codable, Sendable, Equatable {
    /// Side of the picture in use, in pixels.
    package var size: Int
    /// What the widths of B0 are multiplied with.
    package var widthFactor: Double
    /// What the numbers of blocks of B0's stages are multiplied with.
    package var depthFactor: Double
    package var dropout: DropoutRates

    package init(
      size: Int, widthFactor: Double, depthFactor: Double, dropout: DropoutRates = .none
    ) {
      self.size = size
      self.widthFactor = widthFactor
      self.depthFactor = depthFactor
      self.dropout = dropout
    }

    /// The network whose features are so wide and whose stages have so many blocks; nil if there is
    /// none.
    package init?(size: Int, width: Int, blocks: [Int]) {
      let factors = zip(blocks, EfficientNet.stages).map { Double($0) / Double($1.4) }
      guard blocks.count == EfficientNet.stages.count, let least = factors.min() else { return nil }
      self.init(size: size, widthFactor: Double(width) / 1280, depthFactor: least)
      let made = EfficientNet.stages.map { repeats($0.4) }
      guard made == blocks, self.width == width else { return nil }
    }

    package static let b0 = Settings(size: 224, widthFactor: 1, depthFactor: 1)
    package static let b3 = Settings(size: 300, widthFactor: 1.2, depthFactor: 1.4)
    package static let b5 = Settings(size: 456, widthFactor: 1.6, depthFactor: 2.2)
    package static let b7 = Settings(size: 600, widthFactor: 2, depthFactor: 3.1)

    /// A width of B0 in this size: a multiple of 8, and no more than a tenth too small.
    func channels(_ base: Int) -> Int {
      let wanted = Double(base) * widthFactor
      let rounded = max(8, Int(wanted + 4) / 8 * 8)
      return Double(rounded) < 0.9 * wanted ? rounded + 8 : rounded
    }

    func repeats(_ base: Int) -> Int { Int((Double(base) * depthFactor).rounded(.up)) }

    /// Width of the features.
    package var width: Int { channels(1280) }
  }

  /// A stage of B0: kernel, stride, how much wider inside, channels, blocks.
  fileprivate static let stages = [
    (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
  ]

  package let width: Int

  private let stem, head: NormedConvolution
  private let blocks: [Block]

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    width = settings.width
    var channels = settings.channels(32)
    stem = try NormedConvolution(3, channels, size: 3, stride: 2, in: scope / "stem")
    let depth = Self.stages.reduce(0) { $0 + settings.repeats($1.4) }
    var blocks: [Block] = []
    for (number, (size, stride, expansion, base, count)) in Self.stages.enumerated() {
      for index in 0..<settings.repeats(count) {
        let outputs = settings.channels(base)
        blocks.append(
          try Block(
            channels, outputs, size: size, stride: index == 0 ? stride : 1, expansion: expansion,
            // As TensorFlow's release has it, the last block does not quite reach the rate.
            settings.dropout.ofBlock(blocks.count, of: depth + 1),
            in: scope / "stages" / number / index))
        channels = outputs
      }
    }
    self.blocks = blocks
    head = try NormedConvolution(channels, width, size: 1, in: scope / "head")
  }

  package func callAsFunction(_ images: Tensor) -> Tensor {
    features(images).to(.float32).mean(axis: 3).mean(axis: 2)
  }

  package func patches(_ images: Tensor) -> PatchGrid {
    PatchGrid(averaged: features(images).to(.float32))
  }

  /// What is seen at each place; a place is 32 pixels wide.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, width, ⌈height / 32⌉, ⌈width / 32⌉]`
  package func features(_ images: Tensor) -> Tensor {
    var x = stem(channelsLast(images)).silu()
    for block in blocks { x = block(x) }
    return head(x).silu()
  }
}

extension EfficientNet {
  /// A convolution without bias, padded as TensorFlow pads, and the normalization behind it.
  private struct NormedConvolution {
    let convolution: Convolution
    let norm: BatchNorm
    let size, stride: Int

    init(
      _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, groups: Int = 1, in scope: Scope
    ) throws(CheckpointError) {
      convolution = try Convolution(
        inputs, outputs, size: size, stride: stride, padding: stride == 1 ? size / 2 : 0,
        groups: groups, bias: false, in: scope / "convolution")
      norm = try BatchNorm(outputs, epsilon: 1e-3, in: scope / "norm")
      (self.size, self.stride) = (size, stride)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      guard stride > 1 else { return norm(convolution(x)) }
      let (rows, columns) = (missing(x.shape[2]), missing(x.shape[3]))
      return norm(
        convolution(
          padded(
            x, left: columns / 2, right: columns - columns / 2, top: rows / 2,
            bottom: rows - rows / 2)))
    }

    /// How much a side lacks to give ⌈side / stride⌉; the odd one is added behind.
    private func missing(_ side: Int) -> Int {
      max(0, ((side + stride - 1) / stride - 1) * stride + size - side)
    }
  }

  /// Weights for channels from what is in the whole picture.
  private struct ChannelGate {
    let reduce, expand: Convolution

    init(_ channels: Int, inner: Int, in scope: Scope) throws(CheckpointError) {
      reduce = try Convolution(channels, inner, size: 1, in: scope / "reduce")
      expand = try Convolution(inner, channels, size: 1, in: scope / "expand")
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      x * expand(reduce(averagePool(x, height: 1, width: 1)).silu()).sigmoid()
    }
  }

  /// Wide inside, narrow outside; added to its input where the shapes agree.
  private struct Block {
    let widen: NormedConvolution?
    let depthwise, project: NormedConvolution
    let gate: ChannelGate
    let isResidual: Bool
    let dropout: Dropout

    init(
      _ inputs: Int, _ outputs: Int, size: Int, stride: Int, expansion: Int,
      _ rates: DropoutRates, in scope: Scope
    ) throws(CheckpointError) {
      let wide = inputs * expansion
      widen =
        expansion == 1 ? nil : try NormedConvolution(inputs, wide, size: 1, in: scope / "widen")
      depthwise = try NormedConvolution(
        wide, wide, size: size, stride: stride, groups: wide, in: scope / "depthwise")
      gate = try ChannelGate(wide, inner: inputs / 4, in: scope / "gate")
      project = try NormedConvolution(wide, outputs, size: 1, in: scope / "project")
      isResidual = stride == 1 && inputs == outputs
      dropout = Dropout(rates.path, in: scope / "path")
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let wide = widen.map { $0(x).silu() } ?? x
      let result = project(gate(depthwise(wide).silu()))
      return isResidual ? x + dropout.whole(result, VectorPlaces(samplesOf: x)) : result
    }
  }
}

extension EfficientNet.Settings: ImageTowerKind {
  package static let kind = "efficientnet"
  package var words: String { "an EfficientNet" }
  package var dropouts: [TowerDropout] { [TowerDropout(dropout, ["path"])] }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any ImageTower {
    try EfficientNet(self, in: scope)
  }
}

extension ImageTowerSettings {
  package static func efficientNet(_ settings: EfficientNet.Settings) -> ImageTowerSettings {
    ImageTowerSettings(settings)
  }
}

extension KeyMap {
  /// timm's `tf_efficientnet_b0` to `b8`.
  ///
  /// The first stage does not widen, so its layers are numbered one lower. The classifier and the
  /// counts of batches (``efficientNetIgnored``) have no place here.
  package static let timmEfficientNet: KeyMap = [
    "stem.convolution.%": "conv_stem.%",
    "stem.norm.%": "bn1.%",
    "stages.0.*.depthwise.convolution.%": "blocks.0.*.conv_dw.%",
    "stages.0.*.depthwise.norm.%": "blocks.0.*.bn1.%",
    "stages.0.*.project.convolution.%": "blocks.0.*.conv_pw.%",
    "stages.0.*.project.norm.%": "blocks.0.*.bn2.%",
    "stages.*.*.widen.convolution.%": "blocks.*.*.conv_pw.%",
    "stages.*.*.widen.norm.%": "blocks.*.*.bn1.%",
    "stages.*.*.depthwise.convolution.%": "blocks.*.*.conv_dw.%",
    "stages.*.*.depthwise.norm.%": "blocks.*.*.bn2.%",
    "stages.*.*.gate.reduce.%": "blocks.*.*.se.conv_reduce.%",
    "stages.*.*.gate.expand.%": "blocks.*.*.se.conv_expand.%",
    "stages.*.*.project.convolution.%": "blocks.*.*.conv_pwl.%",
    "stages.*.*.project.norm.%": "blocks.*.*.bn3.%",
    "head.convolution.%": "conv_head.%",
    "head.norm.%": "bn2.%",
  ]

  /// What timm's files hold besides.
  package static let timmEfficientNetIgnored = [
    "classifier.%", "bn1.num_batches_tracked", "bn2.num_batches_tracked",
    "blocks.*.*.bn1.num_batches_tracked", "blocks.*.*.bn2.num_batches_tracked",
    "blocks.*.*.bn3.num_batches_tracked",
  ]
}
