package import Layers

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
    let imageScope = scope / ParameterRole.imageTower.rawValue
    let images = towers == .texts ? nil : try settings.image?.makeTower(in: imageScope)
    let textScope = scope / ParameterRole.textTower.rawValue
    let texts = towers == .images ? nil : try settings.text?.makeTower(in: textScope)
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
