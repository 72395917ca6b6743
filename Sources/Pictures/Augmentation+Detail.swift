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
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pixels.count) { work in
      augment_blur(&pixels, width, height, work.baseAddress, sigma)
    }
  }

  /// Adds noise to each channel of each pixel; the sum of two dice is near enough to normal.
  mutating func addNoise(deviation: Double, using random: inout RandomStream) {
    // Two bytes' difference has a deviation of 104.5.
    let factor = Int32(deviation / 104.5 * 65_536)
    if factor == 0 { return }
    pixels.withUnsafeMutableBufferPointer { pixels in
      var at = 0
      while at < pixels.count {
        var bits = random.next()
        for _ in 0..<4 where at < pixels.count {
          let dice = Int32(bits & 255) - Int32(bits >> 8 & 255)
          let value = Int32(pixels[at]) + (dice * factor + 32_768) >> 16
          pixels[at] = UInt8(clamping: value)
          bits >>= 16
          at += 1
        }
      }
    }
  }
}
