import Foundation
internal import CVips

/// An affine map of colours in levels of 0 to 255.
struct ColourMap {
  /// Rows for red, green and blue: three factors and an addend.
  private(set) var rows: [SIMD4<Float>] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]

  /// The weights of Rec 601, as in Pillow's `convert("L")`.
  private static let luma = SIMD3<Float>(0.299, 0.587, 0.114)

  var isIdentity: Bool { rows == ColourMap().rows }

  /// This map, and then `factors` (rows of a 3 × 3 matrix) and `addends`.
  mutating func append(_ factors: [SIMD3<Float>], _ addends: SIMD3<Float> = .zero) {
    let old = rows
    for channel in 0..<3 {
      let factor = factors[channel]
      rows[channel] = old[0] * factor.x + old[1] * factor.y + old[2] * factor.z
      rows[channel].w += addends[channel]
    }
  }

  mutating func scale(by factor: Float) {
    append([[factor, 0, 0], [0, factor, 0], [0, 0, factor]])
  }

  /// Moves all colours away from, or towards, one level of grey.
  mutating func stretch(by factor: Float, around level: Float) {
    append(
      [[factor, 0, 0], [0, factor, 0], [0, 0, factor]],
      SIMD3(repeating: (1 - factor) * level))
  }

  mutating func saturate(by factor: Float) {
    let grey = Self.luma * (1 - factor)
    append([grey + [factor, 0, 0], grey + [0, factor, 0], grey + [0, 0, factor]])
  }

  /// Turns hues, in full turns, in the plane of equal luma.
  ///
  /// - Source: the YIQ rotation of W3C's *Filter Effects*, `hue-rotate`.
  mutating func turnHue(by turns: Float) {
    let (c, s) = (cos(turns * 2 * .pi), sin(turns * 2 * .pi))
    append([
      [
        0.213 + c * 0.787 - s * 0.213, 0.715 - c * 0.715 - s * 0.715, 0.072 - c * 0.072 + s * 0.928,
      ],
      [
        0.213 - c * 0.213 + s * 0.143, 0.715 + c * 0.285 + s * 0.140, 0.072 - c * 0.072 - s * 0.283,
      ],
      [
        0.213 - c * 0.213 - s * 0.787, 0.715 - c * 0.715 + s * 0.715, 0.072 + c * 0.928 + s * 0.072,
      ],
    ])
  }

  mutating func permute(_ order: [Int]) {
    append(
      order.map { channel in
        var row = SIMD3<Float>.zero
        row[channel] = 1
        return row
      })
  }

  mutating func invert() {
    append([[-1, 0, 0], [0, -1, 0], [0, 0, -1]], [255, 255, 255])
  }

  /// The luma that `colour` has after this map.
  func luma(of colour: SIMD3<Float>) -> Float {
    let moved = rows.map { ($0 * SIMD4(colour, 1)).sum() }
    return (SIMD3(moved[0], moved[1], moved[2]) * Self.luma).sum()
  }

  func apply(to canvas: inout Canvas) {
    if isIdentity { return }
    let matrix = rows.flatMap { [$0.x, $0.y, $0.z, $0.w] }
    augment_colours(&canvas.pixels, canvas.width * canvas.height, matrix)
  }
}

extension Augmentation {
  func recolour(_ canvas: inout Canvas, using random: inout RandomStream) {
    var map = ColourMap()
    func factor(_ reach: Double) -> Float {
      Float(max(0, 1 + random.uniform(-1...1) * reach))
    }
    if jitter > 0, random.chance(jitter) {
      if brightness > 0 { map.scale(by: factor(brightness)) }
      if contrast > 0 {
        map.stretch(by: factor(contrast), around: map.luma(of: canvas.meanColour))
      }
      if saturation > 0 { map.saturate(by: factor(saturation)) }
      if hue > 0 { map.turnHue(by: Float(random.uniform(-1...1) * hue)) }
    }
    if channelSwap > 0, random.chance(channelSwap) {
      var order = [0, 1, 2]
      order.shuffle(using: &random)
      map.permute(order)
    }
    if grayscale > 0, random.chance(grayscale) { map.saturate(by: 0) }
    if inversion > 0, random.chance(inversion) { map.invert() }
    map.apply(to: &canvas)
    if posterization > 0, random.chance(posterization) {
      canvas.posterize(bits: 2 + random.below(4))
    }
  }

  func replaceBackground(of canvas: inout Canvas, using random: inout RandomStream) {
    guard random.chance(background) else { return }
    let shade = (0..<3).map { _ in UInt8(random.below(256)) }
    withUnsafeTemporaryAllocation(
      byteCount: canvas.width * canvas.height * 5, alignment: 4
    ) { work in
      _ = augment_background(
        &canvas.pixels, canvas.width, canvas.height, work.bindMemory(to: UInt8.self).baseAddress,
        235, shade)
    }
  }
}

extension Canvas {
  var meanColour: SIMD3<Float> {
    var sums = SIMD3<UInt64>.zero
    pixels.withUnsafeBufferPointer { from in
      var (red, green, blue) = (0, 0, 0)
      for at in stride(from: 0, to: from.count, by: 3) {
        red += Int(from[at])
        green += Int(from[at + 1])
        blue += Int(from[at + 2])
      }
      sums = [UInt64(red), UInt64(green), UInt64(blue)]
    }
    return SIMD3<Float>(sums) / Float(width * height)
  }

  /// Keeps `bits` of each channel, with black and white where they were.
  mutating func posterize(bits: Int) {
    let levels = (1 << bits) - 1
    let table = (0..<256).map { value in
      UInt8((value * levels + 127) / 255 * 255 / levels)
    }
    for at in pixels.indices { pixels[at] = table[Int(pixels[at])] }
  }
}
