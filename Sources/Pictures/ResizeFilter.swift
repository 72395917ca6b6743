import Settings

/// How the pixels under a new pixel are weighted.
///
/// - Source: Pillow 13, `src/libImaging/Resample.c`: `precompute_coeffs`, `normalize_coeffs_8bpc`.
package enum ResizeFilter: String, Choice {
  case bicubic, bilinear, box
  /// Bilinear between the four nearest pixels, however much the picture shrinks: what torch's
  /// `interpolate` and torchvision's `Resize` of a float tensor do without `antialias`.
  ///
  /// ``Preprocessing`` gives its numbers unrounded, as torch does; a ``Picture`` is rounded.
  case aliasedBilinear

  /// Whether all pixels of a picture that shrinks are averaged.
  var isAntialiased: Bool { self != .aliasedBilinear }

  /// How far the filter reaches, in pixels of the smaller picture.
  var support: Double {
    switch self {
    case .bicubic: 2
    case .bilinear, .aliasedBilinear: 1
    case .box: 0.5
    }
  }

  func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    case .bilinear, .aliasedBilinear:
      return x < 1 ? 1 - x : 0
    case .box:
      return distance > -0.5 && distance <= 0.5 ? 1 : 0
    }
  }

  /// The weights of one axis in 22-bit fixed point.
  struct Weights {
    /// For each new pixel the first old one it sees, and how many.
    var first: [Int32]
    var count: [Int32]
    /// `stride` numbers for each new pixel, of which `count` are used.
    var values: [Int32]
    var stride: Int
  }

  /// The weights that bring the stretch `start..<end` of `size` old pixels to `newSize` new ones.
  func weights(size: Int, start: Double, end: Double, newSize: Int) -> Weights {
    let scale = Double(Float(end) - Float(start)) / Double(newSize)
    let filterScale = isAntialiased ? max(scale, 1) : 1
    let reach = support * filterScale
    let stride = Int(reach.rounded(.up)) * 2 + 1
    let inverse = 1 / filterScale
    var weights = Weights(
      first: [], count: [], values: [Int32](repeating: 0, count: newSize * stride), stride: stride)
    weights.first.reserveCapacity(newSize)
    weights.count.reserveCapacity(newSize)
    var exact = [Double](repeating: 0, count: stride)
    for new in 0..<newSize {
      let centre = start + (Double(new) + 0.5) * scale
      let first = max(0, Int(centre - reach + 0.5))
      let count = min(size, Int(centre + reach + 0.5)) - first
      var sum = 0.0
      for k in 0..<count {
        let value = weight((Double(k + first) - centre + 0.5) * inverse)
        exact[k] = value
        sum += value
      }
      for k in 0..<count {
        let share = sum == 0 ? exact[k] : exact[k] / sum
        let fixed = share * Double(1 << 22)
        weights.values[new * stride + k] = Int32(share < 0 ? fixed - 0.5 : fixed + 0.5)
      }
      weights.first.append(Int32(first))
      weights.count.append(Int32(count))
    }
    return weights
  }
}
