/// A picture in memory: 8-bit sRGB, rows from top to bottom, red, green and blue interleaved.
package struct Picture: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// `height * width * 3` bytes.
  package let pixels: [UInt8]

  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * 3,
      "A \(width)×\(height) picture has \(width * height * 3) bytes, not \(pixels.count)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  package init(width: Int, height: Int, colour: (red: UInt8, green: UInt8, blue: UInt8)) {
    let row = (0..<width).flatMap { _ in [colour.red, colour.green, colour.blue] }
    self.init(width: width, height: height, pixels: Array((0..<height).map { _ in row }.joined()))
  }

  /// A picture whose bytes `fill` writes, each of them.
  init(width: Int, height: Int, filling fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    let count = width * height * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { fill(base) }
      initialized = count
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// The red, green and blue of one pixel.
  package subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
    let at = (y * width + x) * 3
    return (pixels[at], pixels[at + 1], pixels[at + 2])
  }
}
