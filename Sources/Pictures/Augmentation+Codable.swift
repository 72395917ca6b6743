extension Augmentation: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case fit, cut, scale, ratio, rotation, shear, translation, bending, flip
    case background, jitter, brightness, contrast, saturation, hue
    case grayscale, channelSwap, inversion, posterization
    case blur, blurRadius, coarseness, noise, erasing, erasedArea
  }

  private static var numbers: [(CodingKeys, WritableKeyPath<Augmentation, Double>)] {
    [
      (.rotation, \.rotation), (.shear, \.shear), (.translation, \.translation),
      (.bending, \.bending), (.flip, \.flip), (.background, \.background), (.jitter, \.jitter),
      (.brightness, \.brightness), (.contrast, \.contrast), (.saturation, \.saturation),
      (.hue, \.hue), (.grayscale, \.grayscale), (.channelSwap, \.channelSwap),
      (.inversion, \.inversion), (.posterization, \.posterization), (.blur, \.blur),
      (.coarseness, \.coarseness), (.noise, \.noise), (.erasing, \.erasing),
    ]
  }

  private static var probabilities: Set<CodingKeys> {
    [
      .flip, .background, .jitter, .grayscale, .channelSwap, .inversion, .posterization, .blur,
      .coarseness, .erasing,
    ]
  }

  private static var ranges: [(CodingKeys, WritableKeyPath<Augmentation, ClosedRange<Double>>)] {
    [
      (.scale, \.scale), (.ratio, \.ratio), (.blurRadius, \.blurRadius),
      (.erasedArea, \.erasedArea),
    ]
  }

  /// Reads the settings that are there; the others change nothing.
  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    fit = try values.decodeIfPresent(Preprocessing.Fit.self, forKey: .fit) ?? fit
    cut = try values.decodeIfPresent(Cut.self, forKey: .cut) ?? cut
    for (key, path) in Self.numbers {
      guard let value = try values.decodeIfPresent(Double.self, forKey: key) else { continue }
      guard value.isFinite, value >= 0 else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "it must be a number of at least 0")
      }
      guard value <= 1 || !Self.probabilities.contains(key) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values,
          debugDescription: "it is a probability, from 0 to 1, and cannot be \(value)")
      }
      self[keyPath: path] = value
    }
    for (key, path) in Self.ranges {
      guard let ends = try values.decodeIfPresent([Double].self, forKey: key) else { continue }
      guard ends.count == 2, ends[0] > 0, ends[0] <= ends[1], ends[1].isFinite else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values,
          debugDescription: "it must be two numbers above 0, the smaller first")
      }
      self[keyPath: path] = ends[0]...ends[1]
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(fit, forKey: .fit)
    try values.encode(cut, forKey: .cut)
    for (key, path) in Self.numbers { try values.encode(self[keyPath: path], forKey: key) }
    for (key, path) in Self.ranges {
      let range = self[keyPath: path]
      try values.encode([range.lowerBound, range.upperBound], forKey: key)
    }
  }
}
