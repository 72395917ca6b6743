import Settings

/// How a picture becomes the numbers that one model was trained to see.
///
/// A model carries it as a value: the same pixels with other framing, filter or constants give
/// embeddings that look right and are silently worse.
///
/// - Source: torchvision 0.23, `transforms.functional.resize` and `center_crop`, as put together
///   in open_clip `transform.py`; Pillow's resize.
/// - Differs: `pad` makes a white square before resizing, where open_clip's `longest` resizes
///   first and fills with black.
package struct Preprocessing: Codable, Sendable, Equatable {
  /// How a picture that is not square becomes one.
  package enum Fit: String, Choice {
    /// The shorter side to `size`, or `shortSide`; then the middle.
    case crop
    /// Both sides to `size`, whatever becomes of the proportions.
    case squash
    /// A white square around all of it, then to `size`.
    case pad
  }

  /// Which pixel is left of the middle where an odd number of pixels is cut away.
  package enum Centring: String, Choice {
    /// `round((h - size) / 2)`, halves to even: torchvision, open_clip, transformers' fast
    /// processors.
    case rounded
    /// `(h - size) // 2`: transformers' processors on numpy.
    case floored
  }

  package var size: Int
  package var fit: Fit
  package var filter: ResizeFilter
  /// Per channel, of pixels in `[0, 1]`.
  package var mean: [Float]
  package var standardDeviation: [Float]
  package var centring: Centring
  /// What the shorter side becomes before the middle is cut out, in pixels; `size`, if nil.
  package var shortSide: Int?

  package init(
    size: Int, fit: Fit, filter: ResizeFilter, mean: [Float], standardDeviation: [Float],
    centring: Centring = .rounded, shortSide: Int? = nil
  ) {
    precondition(
      shortSide ?? size >= size && size > 0 && mean.count == 3 && standardDeviation.count == 3)
    self.size = size
    self.fit = fit
    self.filter = filter
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.centring = centring
    self.shortSide = shortSide
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    size = try values.decode(Int.self, forKey: .size)
    fit = try values.decode(Fit.self, forKey: .fit)
    filter = try values.decode(ResizeFilter.self, forKey: .filter)
    mean = try values.decode([Float].self, forKey: .mean)
    standardDeviation = try values.decode([Float].self, forKey: .standardDeviation)
    centring = try values.decodeIfPresent(Centring.self, forKey: .centring) ?? .rounded
    shortSide = try values.decodeIfPresent(Int.self, forKey: .shortSide)
    guard (1...16_384).contains(size), (size...65_536).contains(shortSide ?? size), mean.count == 3,
      standardDeviation.count == 3,
      standardDeviation.allSatisfy({ $0 > 0 && $0.isFinite }), mean.allSatisfy(\.isFinite)
    else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription:
            "A preprocessing needs a size, a shortSide of no less if any, and three "
            + "means and deviations above 0."))
    }
  }

  /// The square picture a model sees.
  package func picture(_ picture: Picture) -> Picture {
    switch fit {
    case .squash:
      return picture.resized(width: size, height: size, filter: filter)
    case .pad:
      return picture.paddedToSquare().resized(width: size, height: size, filter: filter)
    case .crop:
      let frame = frame(width: picture.width, height: picture.height)
      return picture.resized(width: frame.width, height: frame.height, filter: filter)
        .cropped(x: frame.x, y: frame.y, width: size, height: size)
    }
  }

  /// What `crop` does with a picture of some size: its new size, and the corner of the middle.
  package func frame(width: Int, height: Int) -> (width: Int, height: Int, x: Int, y: Int) {
    let side = shortSide ?? size
    // As in Python, one rounding by the division and then the cut.
    func longer(_ long: Int, _ short: Int) -> Int { Int(Double(side * long) / Double(short)) }
    let (newWidth, newHeight) =
      width <= height ? (side, longer(height, width)) : (longer(width, height), side)
    return (newWidth, newHeight, centre(newWidth), centre(newHeight))
  }

  private func centre(_ side: Int) -> Int {
    switch centring {
    case .rounded: Int((Double(side - size) / 2).rounded(.toNearestOrEven))
    case .floored: floorHalf(side - size)
    }
  }

  /// Any picture as the model's input.
  ///
  /// - Returns: `[3, size, size]`, channel by channel, normalized.
  package func callAsFunction(_ picture: Picture) -> [Float] {
    filter == .aliasedBilinear ? interpolated(picture) : normalized(self.picture(picture))
  }

  /// A picture that already has the right size, as the model's input.
  ///
  /// - Returns: `[3, height, width]`, channel by channel: `(value / 255 - mean) / deviation`.
  package func normalized(_ picture: Picture) -> [Float] {
    let area = picture.width * picture.height
    return [Float](unsafeUninitializedCapacity: area * 3) { to, count in
      normalize(picture, into: to.baseAddress)
      count = area * 3
    }
  }

  /// Writes what ``normalized(_:)`` returns to memory of `3 * width * height` numbers.
  package func normalize(_ picture: Picture, into to: UnsafeMutablePointer<Float>?) {
    guard let to else { return }
    let area = picture.width * picture.height
    // Each of the 256 values once: the same divisions as in Python, and no cost a pixel.
    let table = (0..<3 * 256).map { entry in
      let (channel, value) = (entry / 256, entry % 256)
      return (Float(value) / 255 - mean[channel]) / standardDeviation[channel]
    }
    picture.pixels.withUnsafeBufferPointer { from in
      table.withUnsafeBufferPointer { table in
        let (green, blue) = (to + area, to + 2 * area)
        for pixel in 0..<area {
          to[pixel] = table[Int(from[pixel * 3])]
          green[pixel] = table[256 + Int(from[pixel * 3 + 1])]
          blue[pixel] = table[512 + Int(from[pixel * 3 + 2])]
        }
      }
    }
  }
}
