package import Layers
package import Torch

/// A residual convolutional network.
///
///     3×3 convolution, stride 2 → stages of residual blocks, each beginning with stride 2 → mean
///
/// Takes pictures of any size: training may begin with small ones. On a CPU it learns small pictures
/// several times faster than a vision transformer.
///
/// - Shapes: `[batch, 3, height, width] → [batch, width]`
/// - Source: He et al. 2016, arXiv:1512.03385; He et al. 2019 (shortcuts by averaging, residual
///   branches that begin as nothing), arXiv:1812.01187.
/// - Differs: the stem is one small convolution without pooling, for small pictures.
package struct ResNet: DenseImageTower {
  package struct Settings: Codable, Sendable, Equatable {
    package struct Stage: Codable, Sendable, Equatable {
      package var width: Int
      package var blocks: Int

      package init(width: Int, blocks: Int) {
        self.width = width
        self.blocks = blocks
      }
    }

    /// Side of the picture in use, in pixels.
    package var size: Int
    /// Channels after the first convolution.
    package var stem: Int
    package var stages: [Stage]
    package var dropout: DropoutRates

    package init(size: Int, stem: Int, stages: [Stage], dropout: DropoutRates = .none) {
      self.size = size
      self.stem = stem
      self.stages = stages
      self.dropout = dropout
    }
  }

  package let width: Int

  private let stem: NormedConvolution
  private let blocks: [Block]

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    stem = try NormedConvolution(3, settings.stem, size: 3, stride: 2, in: scope / "stem")
    var channels = settings.stem
    let depth = settings.stages.reduce(0) { $0 + $1.blocks }
    var blocks: [Block] = []
    for (number, stage) in settings.stages.enumerated() {
      for index in 0..<stage.blocks {
        blocks.append(
          try Block(
            channels, stage.width, halves: index == 0,
            settings.dropout.ofBlock(blocks.count, of: depth),
            in: scope / "stages" / number / index))
        channels = stage.width
      }
    }
    self.blocks = blocks
    width = channels
  }

  package func callAsFunction(_ images: Tensor) -> Tensor {
    features(images).mean(axis: 3).mean(axis: 2)
  }

  package func patches(_ images: Tensor) -> PatchGrid { PatchGrid(averaged: features(images)) }

  /// A place is large beside the small pictures in use, and things in a scene are smaller than those
  /// learned alone.
  package var patchMagnification: Int { 2 }

  /// `[batch, 3, height, width] → [batch, width, rows, columns]`
  private func features(_ images: Tensor) -> Tensor {
    var x = stem(channelsLast(images)).relu()
    for block in blocks { x = block(x) }
    return x.to(.float32)
  }

  /// A convolution without bias, and the normalization behind it.
  private struct NormedConvolution {
    let convolution: Convolution
    let norm: BatchNorm

    init(
      _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, scale: Initializer = .ones,
      in scope: Scope
    ) throws(CheckpointError) {
      convolution = try Convolution(
        inputs, outputs, size: size, stride: stride, padding: size / 2, bias: false,
        in: scope / "convolution")
      norm = try BatchNorm(outputs, scale: scale, in: scope / "norm")
    }

    func callAsFunction(_ x: Tensor) -> Tensor { norm(convolution(x)) }
  }

  /// Two convolutions added to a shortcut.
  private struct Block {
    let first, second: NormedConvolution
    let shortcut: NormedConvolution?
    let halves: Bool
    let dropout: Dropout

    init(
      _ inputs: Int, _ outputs: Int, halves: Bool, _ rates: DropoutRates, in scope: Scope
    ) throws(CheckpointError) {
      first = try NormedConvolution(
        inputs, outputs, size: 3, stride: halves ? 2 : 1, in: scope / "first")
      second = try NormedConvolution(outputs, outputs, size: 3, scale: .zeros, in: scope / "second")
      shortcut =
        halves || inputs != outputs
        ? try NormedConvolution(inputs, outputs, size: 1, in: scope / "shortcut") : nil
      self.halves = halves
      dropout = Dropout(rates.path, in: scope / "path")
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let direct = shortcut.map { $0(halves ? averagePool(x, size: 2) : x) } ?? x
      let added = second(first(x).relu())
      return (direct + dropout.whole(added, VectorPlaces(samplesOf: x))).relu()
    }
  }
}

extension ResNet.Settings: ImageTowerKind {
  package static let kind = "resnet"
  package var words: String { "a ResNet" }
  package var dropouts: [TowerDropout] { [TowerDropout(dropout, ["path"])] }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any ImageTower {
    try ResNet(self, in: scope)
  }
}

extension ImageTowerSettings {
  package static func resNet(_ settings: ResNet.Settings) -> ImageTowerSettings {
    ImageTowerSettings(settings)
  }
}
