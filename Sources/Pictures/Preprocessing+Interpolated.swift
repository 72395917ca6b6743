extension Preprocessing {
  /// Any picture as the model's input, interpolated between its four nearest pixels in single
  /// precision and never rounded to bytes.
  ///
  /// - Returns: `[3, size, size]`, channel by channel, normalized.
  /// - Source: torch `interpolate(mode: "bilinear", align_corners: false, antialias: false)` after
  ///   torchvision's `ToTensor`.
  func interpolated(_ picture: Picture) -> [Float] {
    switch fit {
    case .squash:
      return interpolated(picture, width: size, height: size, x: 0, y: 0)
    case .pad:
      return interpolated(picture.paddedToSquare(), width: size, height: size, x: 0, y: 0)
    case .crop:
      let frame = frame(width: picture.width, height: picture.height)
      return interpolated(
        picture, width: frame.width, height: frame.height, x: frame.x, y: frame.y)
    }
  }

  /// The part at (x, y) of the picture as it would be in the size `width` × `height`.
  private func interpolated(
    _ picture: Picture, width: Int, height: Int, x: Int, y: Int
  ) -> [Float] {
    let across = Tap.all(from: picture.width, to: width)[x..<x + size]
    let down = Tap.all(from: picture.height, to: height)[y..<y + size]
    let shades = (0..<256).map { Float($0) / 255 }
    var made = [Float](repeating: 0, count: 3 * size * size)
    for channel in 0..<3 {
      let (mean, deviation) = (mean[channel], standardDeviation[channel])
      var at = channel * size * size
      for row in down {
        let upper = row.first * picture.width * 3 + channel
        let lower = row.second * picture.width * 3 + channel
        for column in across {
          func between(_ line: Int) -> Float {
            shades[Int(picture.pixels[line + column.first * 3])] * (1 - column.share)
              + shades[Int(picture.pixels[line + column.second * 3])] * column.share
          }
          let value = between(upper) * (1 - row.share) + between(lower) * row.share
          made[at] = (value - mean) / deviation
          at += 1
        }
      }
    }
    return made
  }

  /// The two old pixels that a new one lies between, and the share of the second.
  private struct Tap {
    let first, second: Int
    let share: Float

    static func all(from size: Int, to newSize: Int) -> [Tap] {
      let scale = Float(size) / Float(newSize)
      return (0..<newSize).map { new in
        let place = max(0, (Float(new) + 0.5) * scale - 0.5)
        let first = min(Int(place), size - 1)
        return Tap(
          first: first, second: min(first + 1, size - 1), share: min(1, place - Float(first)))
      }
    }
  }
}
