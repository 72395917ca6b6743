internal import CVips

extension Augmentation {
  /// Takes detail away, or hides it under noise.
  func soften(_ canvas: inout Canvas, using random: inout RandomStream) {
    if blur > 0, random.chance(blur) {
      let sigma = random.uniform(blurRadius) * Double(canvas.width) / 64
      if sigma > 0.05 { canvas.blur(Float(sigma)) }
    }
    if coarseness > 0, random.chance(coarseness) {
      let side = max(4, Int(Double(canvas.width) * random.uniform(0.35...0.75)))
      let small = canvas.picture.resized(width: side, height: side, filter: .bilinear)
      canvas = Canvas(
        small.resized(width: canvas.width, height: canvas.height, filter: .bilinear))
    }
    if noise > 0 { canvas.addNoise(deviation: random.uniform(0...noise), using: &random) }
  }

  /// Draws over a rectangle.
  func erase(_ canvas: inout Canvas, using random: inout RandomStream) {
    guard random.chance(erasing) else { return }
    let area = random.uniform(erasedArea) * Double(canvas.width * canvas.height)
    let proportion = random.uniform(0.5...2)
    let width = min(canvas.width, max(1, Int((area * proportion).squareRoot())))
    let height = min(canvas.height, max(1, Int((area / proportion).squareRoot())))
    let left = random.below(canvas.width - width + 1)
    let top = random.below(canvas.height - height + 1)
    let colour = (0..<3).map { _ in UInt8(random.below(256)) }
    for y in top..<top + height {
      for x in left..<left + width {
        let at = (y * canvas.width + x) * 3
        for channel in 0..<3 { canvas.pixels[at + channel] = colour[channel] }
      }
    }
  }
}

extension Canvas {
  mutating func blur(_ sigma: Float) {
    let (width, height) = (width, height)
    let count = (height + 16) * width * 3 + 48
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { work in
      augment_blur(&pixels, width, height, work.baseAddress, sigma)
    }
  }

  mutating func addNoise(deviation: Double, using random: inout RandomStream) {
    // Four bytes' sum has a deviation of 147.8.
    let strength = Int32(min(deviation, 255) / 147.8 * 65_536)
    let key = UInt32(truncatingIfNeeded: random.next())
    augment_noise(&pixels, pixels.count, key, strength)
  }
}
