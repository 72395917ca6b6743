extension Picture {
  /// The part of the picture in a rectangle, which may reach beyond it: there it is black.
  ///
  /// - Source: Pillow 13, `Image.crop`.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> Picture {
    if x == 0, y == 0, width == self.width, height == self.height { return self }
    return Picture.canvas(width: width, height: height, shade: 0) { canvas in
      paste(onto: canvas, width: width, height: height, x: -x, y: -y)
    }
  }

  /// The mirror image: left becomes right.
  package func flippedHorizontally() -> Picture {
    Picture(width: width, height: height) { to in
      pixels.withUnsafeBufferPointer { from in
        for y in 0..<height {
          var source = (y * width + width - 1) * 3
          var target = y * width * 3
          for _ in 0..<width {
            to[target] = from[source]
            to[target + 1] = from[source + 1]
            to[target + 2] = from[source + 2]
            source -= 3
            target += 3
          }
        }
      }
    }
  }

  /// The picture in the middle of a canvas of one shade of grey; what does not fit is cut off.
  ///
  /// An odd pixel goes to the right and to the bottom, as with Pillow's
  /// `paste(picture, ((width - w) // 2, (height - h) // 2))`.
  package func padded(width: Int, height: Int, shade: UInt8 = 255) -> Picture {
    let x = floorHalf(width - self.width)
    let y = floorHalf(height - self.height)
    return Picture.canvas(width: width, height: height, shade: shade) { canvas in
      paste(onto: canvas, width: width, height: height, x: x, y: y)
    }
  }

  /// The picture in the middle of the smallest white square that holds it.
  package func paddedToSquare(shade: UInt8 = 255) -> Picture {
    let side = max(width, height)
    return width == height ? self : padded(width: side, height: side, shade: shade)
  }

  /// The picture as seen after the turn that an EXIF orientation of 1 to 8 asks for.
  ///
  /// - Source: Pillow 13, `ImageOps.exif_transpose`; Exif 2.32, tag 274.
  package func turned(orientation: Int) -> Picture {
    guard (2...8).contains(orientation) else { return self }
    let swaps = orientation >= 5
    let (newWidth, newHeight) = swaps ? (height, width) : (width, height)
    // Where the new picture's first pixel lies in the stored one, and the steps from there.
    let right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8
    let bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7
    let start = (right ? width - 1 : 0) + (bottom ? height - 1 : 0) * width
    let across = right ? -1 : 1
    let down = bottom ? -width : width
    let (stepX, stepY) = swaps ? (down, across) : (across, down)
    return Picture(width: newWidth, height: newHeight) { to in
      pixels.withUnsafeBufferPointer { from in
        var target = 0
        for y in 0..<newHeight {
          var source = (start + y * stepY) * 3
          for _ in 0..<newWidth {
            to[target] = from[source]
            to[target + 1] = from[source + 1]
            to[target + 2] = from[source + 2]
            source += stepX * 3
            target += 3
          }
        }
      }
    }
  }

  private static func canvas(
    width: Int, height: Int, shade: UInt8, draw: (UnsafeMutablePointer<UInt8>) -> Void
  ) -> Picture {
    Picture(width: width, height: height) { to in
      to.update(repeating: shade, count: width * height * 3)
      draw(to)
    }
  }

  private func paste(
    onto canvas: UnsafeMutablePointer<UInt8>, width: Int, height: Int, x: Int, y: Int
  ) {
    let left = max(0, x)
    let right = min(width, x + self.width)
    guard left < right else { return }
    pixels.withUnsafeBufferPointer { from in
      guard let base = from.baseAddress else { return }
      for row in max(0, y)..<max(max(0, y), min(height, y + self.height)) {
        let source = base + ((row - y) * self.width + left - x) * 3
        (canvas + (row * width + left) * 3).update(from: source, count: (right - left) * 3)
      }
    }
  }
}

/// `n / 2` rounded down, as Python's `//` does for negative numbers too.
func floorHalf(_ n: Int) -> Int { n >> 1 }
