package import Layers
package import Torch

/// The image tower of BriVL (WenLan): a convolutional network looked at through boxes.
///
///     picture → EfficientNet → features in each box → each to length one
///     → depth × (attention, perceptron) → mean over boxes → perceptron
///
/// The first release was trained with the boxes of an object detector, its follow-up with even parts
/// of the picture instead. The whole picture is always one box more.
///
/// - Shapes: `[batch, 3, size, size] → [batch, width]`
/// - Source: Huo et al. 2021, §3, arXiv:2103.06561; Fei et al. 2022 (parts instead of objects),
///   doi:10.1038/s41467-022-30761-2; BAAI-WuDao/BriVL, as released.
/// - Differs: features are averaged over a box before the 1×1 convolution, not behind it. Both are
///   linear, so the result is the same but for rounding, in a sixteenth of the work.
package struct BriVLImage: ImageTower {
  package struct Settings: Codable, Sendable, Equatable {
    package var network: EfficientNet.Settings
    /// Rows, and columns, of even parts that stand for the boxes where none are given; 0 for the
    /// whole picture alone.
    package var parts: Int
    /// Points a side at which the features in a box are read.
    package var points: Int
    /// Blocks on top of the boxes, and their heads and inner width.
    package var depth: Int
    package var heads: Int
    package var inner: Int
    /// What those blocks drop.
    package var dropout: DropoutRates
    package var head: PerceptronHead.Settings

    package init(
      network: EfficientNet.Settings, parts: Int = 6, points: Int = 4, depth: Int = 4,
      heads: Int = 4, inner: Int = 2048, dropout: DropoutRates = .none,
      head: PerceptronHead.Settings = .init(
        inner: 2048, width: 2048, activation: .relu, hasBias: true)
    ) {
      self.network = network
      self.parts = parts
      self.points = points
      self.depth = depth
      self.heads = heads
      self.inner = inner
      self.dropout = dropout
      self.head = head
    }

    /// As released, with EfficientNet-B5.
    ///
    /// - Parameters:
    ///   - size: 380 in BriVL 1.0, 456 in its follow-up.
    package static func base(size: Int) -> Settings {
      var network = EfficientNet.Settings.b5
      network.size = size
      return Settings(network: network, dropout: .encoderLayer)
    }
  }

  /// Boxes of a picture that the release was trained with, besides the whole: those that its
  /// detector was surest of.
  package static let mostBoxes = 36

  package var width: Int { settings.head.width }

  private let settings: Settings
  private let network: EfficientNet
  private let boxes: Convolution
  private let blocks: [TransformerBlock]
  private let head: PerceptronHead

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    network = try EfficientNet(settings.network, in: scope / "network")
    let inside = network.width
    boxes = try Convolution(inside, inside, size: 1, in: scope / "boxes")
    let style = TransformerBlock.Style(
      inner: settings.inner, activation: .relu, normPlace: .after, dropout: settings.dropout)
    blocks = try [TransformerBlock](
      depth: settings.depth, width: inside, heads: settings.heads, style: style,
      in: scope / "blocks")
    head = try PerceptronHead(settings.head, inputs: inside, in: scope / "head")
  }

  package func callAsFunction(_ images: Tensor) -> Tensor {
    self(images, boxes: Array(repeating: nil, count: images.shape[0]))
  }

  /// Pictures looked at through boxes of their own.
  ///
  /// - Parameters:
  ///   - boxes: Those of each picture, any number of them; nil for even parts. The whole picture is
  ///     added. The first release was trained with the 36 that its detector was surest of.
  package func callAsFunction(_ images: Tensor, boxes: [[ImageBox]?]) -> Tensor {
    precondition(boxes.count == images.shape[0], "Each picture needs its list of boxes.")
    let whole = ImageBox(
      left: 0, top: 0, right: Float(images.shape[3]), bottom: Float(images.shape[2]))
    let parts = Self.parts(settings.parts, height: images.shape[2], width: images.shape[3])
    let all = boxes.map { ($0 ?? parts) + [whole] }
    let longest = all.map(\.count).max() ?? 1
    let mask = Tensor(
      all.flatMap { list in (0..<longest).map { UInt8($0 < list.count ? 1 : 0) } },
      shape: [all.count, longest]
    ).to(.bool).to(images.device)

    let x = blocks(features(images, all, longest).normalized(), lengths: all.map(\.count))
    let weights = mask.to(.float32).insertingAxis(-1)
    return head((x.to(.float32) * weights).sum(axis: 1) / weights.sum(axis: 1))
  }

  /// One vector for each box; those of lists shorter than `count` are filled up.
  ///
  /// - Returns: `[batch, count, features]`
  private func features(_ images: Tensor, _ boxes: [[ImageBox]], _ count: Int) -> Tensor {
    let features = network.features(images)
    let (height, width) = (features.shape[2], features.shape[3])
    let steps = (
      x: Float(images.shape[3]) / Float(width), y: Float(images.shape[2]) / Float(height)
    )
    let nothing = ImageBox(left: 0, top: 0, right: 0, bottom: 0)
    var places: [Float] = []
    places.reserveCapacity(boxes.count * count * settings.points * settings.points * 2)
    for list in boxes {
      for index in 0..<count {
        let box = index < list.count ? list[index] : nothing
        let across = points(from: box.left / steps.x, to: box.right / steps.x, in: width)
        let down = points(from: box.top / steps.y, to: box.bottom / steps.y, in: height)
        for y in down { for x in across { places += [x, y] } }
      }
    }
    let side = settings.points
    let grid = Tensor(places, shape: [boxes.count, count * side, side, 2]).to(images.device)
    let means = gridSample(features.to(.float32), at: grid)
      .reshaped(boxes.count, features.shape[1], count, side * side).mean(axis: 3)
    return self.boxes(means.insertingAxis(-1)).selected(3, 0).transposed()
  }

  /// Where a box is read along one side, as the sampler counts: its range is from −1 to 1.
  ///
  /// The box is placed as if the middles of the first and the last feature were at ±1, while the
  /// sampler puts the features' outer edges there. The model was trained with that mismatch.
  private func points(from start: Float, to end: Float, in count: Int) -> [Float] {
    // A lone feature is read in its middle.
    guard count > 1 else { return Array(repeating: 0, count: settings.points) }
    let last = Float(count - 1)
    let (scale, shift) = ((end - start) / last, (start + end - last) / last)
    return (0..<settings.points).map { index in
      scale * (Float(2 * index + 1) / Float(settings.points) - 1) + shift
    }
  }

  /// Whether of the even parts of a picture of so many pixels a side the last are read wholly beside
  /// it, because of the mismatch: they hold nothing then, and the gradient of their direction has no
  /// bound.
  package func losesParts(ofSide side: Int) -> Bool {
    let count = (side + 31) / 32
    let start = Float(count * (settings.parts - 1)) / Float(max(1, settings.parts))
    let places = points(from: start, to: Float(count), in: count)
    return places.allSatisfy { $0 > 1 + 1 / Float(count) }
  }

  package func doubt(aboutImagesOfSide side: Int) -> String? {
    guard losesParts(ofSide: side) else { return nil }
    return "At \(side) pixels, BriVL's last parts lie outside the picture, as its release places "
      + "them, and the first gradients are huge: use larger pictures, or a smaller "
      + "model.image.parts."
  }

  /// `count` × `count` even parts of a picture.
  private static func parts(_ count: Int, height: Int, width: Int) -> [ImageBox] {
    func edge(_ index: Int, _ side: Int) -> Float { Float(index * side) / Float(count) }
    return (0..<count).flatMap { row in
      (0..<count).map { column in
        ImageBox(
          left: edge(column, width), top: edge(row, height), right: edge(column + 1, width),
          bottom: edge(row + 1, height))
      }
    }
  }
}

extension BriVLImage.Settings: ImageTowerKind {
  package static let kind = "brivl"
  package var words: String { "BriVL's, a grid over an EfficientNet" }
  package var size: Int {
    get { network.size }
    set { network.size = newValue }
  }
  package var mostBoxes: Int { BriVLImage.mostBoxes }
  package var dropouts: [TowerDropout] {
    [
      TowerDropout(dropout, TowerDropout.inBlocks),
      TowerDropout(network.dropout, ["path"], part: "network"),
    ]
  }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any ImageTower {
    try BriVLImage(self, in: scope)
  }

  package func part(begunWith other: any TowerKind) -> String? {
    other is EfficientNet.Settings ? "network" : nil
  }

  /// What BriVL's network is, and not how it was trained.
  package func holding(_ other: any ImageTowerKind) -> (any ImageTowerKind)? {
    guard var network = other as? EfficientNet.Settings else { return nil }
    (network.size, network.dropout) = (self.network.size, self.network.dropout)
    var tower = self
    tower.network = network
    return tower
  }
}

extension ImageTowerSettings {
  package static func brivl(_ settings: BriVLImage.Settings) -> ImageTowerSettings {
    ImageTowerSettings(settings)
  }
}

extension KeyMap {
  /// The image tower in BriVL's files, under `imgencoder.`.
  package static let brivlImage: KeyMap =
    KeyMap.timmEfficientNet.prefixed(ours: "network.", theirs: "backbone.") + [
      "boxes.%": "learnable.max_pool.0.%",
      "blocks.*.attention.qkv.%": "learnable.imgAtt.layers.*.self_attn.in_proj_%",
      "blocks.*.attention.out.%": "learnable.imgAtt.layers.*.self_attn.out_proj.%",
      "blocks.*.attention_norm.%": "learnable.imgAtt.layers.*.norm1.%",
      "blocks.*.inner.%": "learnable.imgAtt.layers.*.linear1.%",
      "blocks.*.outer.%": "learnable.imgAtt.layers.*.linear2.%",
      "blocks.*.perceptron_norm.%": "learnable.imgAtt.layers.*.norm2.%",
      "head.inner.%": "learnable.imgFC.fc1.%",
      "head.outer.%": "learnable.imgFC.fc2.%",
    ]
}
