package import Layers

/// The kinds of image tower that a model file can name.
package enum ImageTowerSettings: Sendable, Equatable {
  case vit(ViT.Settings)
  case resNet(ResNet.Settings)
  case efficientNet(EfficientNet.Settings)
  case brivl(BriVLImage.Settings)

  /// Side of the pictures it takes, in pixels.
  package var size: Int {
    switch self {
    case .vit(let settings): settings.size
    case .resNet(let settings): settings.size
    case .efficientNet(let settings): settings.size
    case .brivl(let settings): settings.network.size
    }
  }

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package func makeTower(in scope: Scope) throws(CheckpointError) -> any ImageTower {
    switch self {
    case .vit(let settings): try ViT(settings, in: scope)
    case .resNet(let settings): try ResNet(settings, in: scope)
    case .efficientNet(let settings): try EfficientNet(settings, in: scope)
    case .brivl(let settings): try BriVLImage(settings, in: scope)
    }
  }
}

/// The kinds of text tower that a model file can name.
package enum TextTowerSettings: Sendable, Equatable {
  case transformer(TextTransformer.Settings)
  case bag(BagOfTokens.Settings)
  case bert(BERT.Settings)
  case nllb(NLLBEncoder.Settings)
  case brivl(BriVLText.Settings)

  /// Token ids that it knows.
  package var vocabulary: Int {
    get {
      switch self {
      case .transformer(let settings): settings.vocabulary
      case .bag(let settings): settings.vocabulary
      case .bert(let settings): settings.vocabulary
      case .nllb(let settings): settings.vocabulary
      case .brivl(let settings): settings.bert.vocabulary
      }
    }
    set {
      switch self {
      case .transformer(var settings):
        settings.vocabulary = newValue
        self = .transformer(settings)
      case .bag(var settings):
        settings.vocabulary = newValue
        self = .bag(settings)
      case .bert(var settings):
        settings.vocabulary = newValue
        self = .bert(settings)
      case .nllb(var settings):
        settings.vocabulary = newValue
        self = .nllb(settings)
      case .brivl(var settings):
        settings.bert.vocabulary = newValue
        self = .brivl(settings)
      }
    }
  }

  /// The most tokens a text may have.
  package var contextLength: Int {
    switch self {
    case .transformer(let settings): settings.contextLength
    case .bag(let settings): settings.contextLength
    case .bert(let settings): settings.contextLength
    case .nllb(let settings): settings.contextLength
    case .brivl(let settings): settings.length
    }
  }

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package func makeTower(in scope: Scope) throws(CheckpointError) -> any TextTower {
    switch self {
    case .transformer(let settings): try TextTransformer(settings, in: scope)
    case .bag(let settings): try BagOfTokens(settings, in: scope)
    case .bert(let settings): try BERT(settings, in: scope)
    case .nllb(let settings): try NLLBEncoder(settings, in: scope)
    case .brivl(let settings): try BriVLText(settings, in: scope)
    }
  }
}

// In files, a tower is its settings with one more field: `"kind": "vit"`.

extension KeyedDecodingContainer {
  /// Towers of files from before there was dropout have none.
  func decode(_ type: DropoutRates.Type, forKey key: Key) throws -> DropoutRates {
    try decodeIfPresent(type, forKey: key) ?? .none
  }
}

private enum KindKey: String, CodingKey { case kind }

extension ImageTowerSettings: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: KindKey.self)
    switch try container.decode(String.self, forKey: .kind) {
    case "vit": self = .vit(try ViT.Settings(from: decoder))
    case "resnet": self = .resNet(try ResNet.Settings(from: decoder))
    case "efficientnet": self = .efficientNet(try EfficientNet.Settings(from: decoder))
    case "brivl": self = .brivl(try BriVLImage.Settings(from: decoder))
    case let kind:
      throw unknown(kind, known: "vit, resnet, efficientnet, brivl", in: container)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: KindKey.self)
    switch self {
    case .vit(let settings):
      try container.encode("vit", forKey: .kind)
      try settings.encode(to: encoder)
    case .resNet(let settings):
      try container.encode("resnet", forKey: .kind)
      try settings.encode(to: encoder)
    case .efficientNet(let settings):
      try container.encode("efficientnet", forKey: .kind)
      try settings.encode(to: encoder)
    case .brivl(let settings):
      try container.encode("brivl", forKey: .kind)
      try settings.encode(to: encoder)
    }
  }
}

extension TextTowerSettings: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: KindKey.self)
    switch try container.decode(String.self, forKey: .kind) {
    case "transformer": self = .transformer(try TextTransformer.Settings(from: decoder))
    case "bag": self = .bag(try BagOfTokens.Settings(from: decoder))
    case "bert": self = .bert(try BERT.Settings(from: decoder))
    case "nllb": self = .nllb(try NLLBEncoder.Settings(from: decoder))
    case "brivl": self = .brivl(try BriVLText.Settings(from: decoder))
    case let kind:
      throw unknown(kind, known: "transformer, bag, bert, nllb, brivl", in: container)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: KindKey.self)
    switch self {
    case .transformer(let settings):
      try container.encode("transformer", forKey: .kind)
      try settings.encode(to: encoder)
    case .bag(let settings):
      try container.encode("bag", forKey: .kind)
      try settings.encode(to: encoder)
    case .bert(let settings):
      try container.encode("bert", forKey: .kind)
      try settings.encode(to: encoder)
    case .nllb(let settings):
      try container.encode("nllb", forKey: .kind)
      try settings.encode(to: encoder)
    case .brivl(let settings):
      try container.encode("brivl", forKey: .kind)
      try settings.encode(to: encoder)
    }
  }
}

private func unknown(_ kind: String, known: String, in container: KeyedDecodingContainer<KindKey>)
  -> DecodingError
{
  .dataCorruptedError(
    forKey: .kind, in: container, debugDescription: "there is no tower “\(kind)”; known: \(known)")
}

extension DualEncoder {
  /// What a network is built from; all of it stands in a model's file.
  package struct Settings: Codable, Sendable, Equatable {
    /// Nil for a model that only reads texts.
    package var image: ImageTowerSettings?
    /// Nil for a model that only sees pictures.
    package var text: TextTowerSettings?
    /// Width of the shared space.
    package var width: Int
    package var imageProjection: ProjectionSettings
    package var textProjection: ProjectionSettings
    /// With what standard deviation both projections begin when they are trained from nothing;
    /// 1/√(tower's width) as in CLIP, if nil. Published by KoCLIP: 0.02.
    package var projectionDeviation: Double?
    /// What the logarithm of the scale 1/τ begins with. Published by CLIP: ln(1/0.07) = 2.659.
    package var logScale: Double
    /// What the bias of sigmoid losses begins with. Published by SigLIP: −10.
    package var bias: Double

    package init(
      image: ImageTowerSettings?, text: TextTowerSettings?, width: Int,
      imageProjection: ProjectionSettings = .linear, textProjection: ProjectionSettings = .linear,
      projectionDeviation: Double? = nil, logScale: Double = 2.659, bias: Double = -10
    ) {
      self.image = image
      self.text = text
      self.width = width
      self.imageProjection = imageProjection
      self.textProjection = textProjection
      self.projectionDeviation = projectionDeviation
      self.logScale = logScale
      self.bias = bias
    }

    package init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      image = try fields.decodeIfPresent(ImageTowerSettings.self, forKey: .image)
      text = try fields.decodeIfPresent(TextTowerSettings.self, forKey: .text)
      width = try fields.decode(Int.self, forKey: .width)
      // Models of version 0.1 do not say, and have matrices.
      imageProjection =
        try fields.decodeIfPresent(ProjectionSettings.self, forKey: .imageProjection) ?? .linear
      textProjection =
        try fields.decodeIfPresent(ProjectionSettings.self, forKey: .textProjection) ?? .linear
      projectionDeviation =
        try fields.decodeIfPresent(Double.self, forKey: .projectionDeviation)
      logScale = try fields.decode(Double.self, forKey: .logScale)
      bias = try fields.decode(Double.self, forKey: .bias)
    }
  }

  /// - Parameters:
  ///   - towers: Which sides are built; the others' numbers are never read.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, towers: Towers = .both, in scope: Scope)
    throws(CheckpointError)
  {
    try settings.check()
    let images =
      towers == .texts ? nil : try settings.image?.makeTower(in: scope / "image")
    let texts = towers == .images ? nil : try settings.text?.makeTower(in: scope / "text")
    try self.init(
      images, texts, width: settings.width, imageProjection: settings.imageProjection,
      textProjection: settings.textProjection, projectionDeviation: settings.projectionDeviation,
      logScale: settings.logScale, bias: settings.bias, in: scope)
  }

  /// Which sides of a model are in memory.
  package enum Towers: String, Codable, Sendable {
    case both, images, texts
  }
}
