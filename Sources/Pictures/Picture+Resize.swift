internal import CVips

extension Picture {
  /// The picture in another size, bit for bit as Pillow's `resize` makes it.
  ///
  /// One pass across and one down, each to 8 bits; weights are rounded to 22 bits. Which pass is
  /// first changes some channels by 1: Pillow before 13 always began across, Pillow 13 begins down
  /// where height shrinks by more than twice as many pixels as width, and so it is here.
  ///
  /// - Source: Pillow 13, `src/libImaging/Resample.c`, `ImagingResample`; pull request 9549.
  /// - Differs: no `reducing_gap`; Pillow's is `None` as well unless asked.
  package func resized(width: Int, height: Int, filter: ResizeFilter) -> Picture {
    resized(
      box: (0, 0, Double(self.width), Double(self.height)), width: width, height: height,
      filter: filter)
  }

  /// A part of the picture, which may begin and end between pixels, in another size.
  ///
  /// - Source: Pillow 13, `Image.resize(size, filter, box)`.
  package func resized(
    box: (left: Double, top: Double, right: Double, bottom: Double), width: Int, height: Int,
    filter: ResizeFilter
  ) -> Picture {
    // Pillow holds the box in single precision.
    let box = (
      left: Double(Float(box.left)), top: Double(Float(box.top)),
      right: Double(Float(box.right)), bottom: Double(Float(box.bottom))
    )
    precondition(width > 0 && height > 0, "A picture cannot be \(width)×\(height)")
    precondition(
      box.left >= 0 && box.top >= 0 && box.right <= Double(self.width)
        && box.bottom <= Double(self.height) && box.left < box.right && box.top < box.bottom,
      "The box \(box) is not inside a \(self.width)×\(self.height) picture")
    let acrossIsNeeded =
      width != self.width || box.left != 0 || box.right != Double(width)
    let downIsNeeded =
      height != self.height || box.top != 0 || box.bottom != Double(height)
    if !acrossIsNeeded && !downIsNeeded { return self }

    let down = filter.weights(
      size: self.height, start: box.top, end: box.bottom, newSize: height)
    let across = filter.weights(
      size: self.width, start: box.left, end: box.right, newSize: width)
    guard acrossIsNeeded else { return self.down(down, height: height, skipping: 0) }
    guard downIsNeeded else { return self.across(across, width: width, rows: 0..<self.height) }
    if height < self.height, self.height - height > 2 * (self.width - width) {
      return self.down(down, height: height, skipping: 0)
        .across(across, width: width, rows: 0..<height)
    }
    // Only the rows that the second pass looks at.
    let rows = Int(down.first[0])..<Int(down.first[height - 1] + down.count[height - 1])
    return self.across(across, width: width, rows: rows)
      .down(down, height: height, skipping: rows.lowerBound)
  }

  private func across(_ weights: ResizeFilter.Weights, width: Int, rows: Range<Int>) -> Picture {
    Picture(width: width, height: rows.count) { to in
      pixels.withUnsafeBufferPointer { from in
        resample_across(
          from.baseAddress.map { $0 + rows.lowerBound * self.width * 3 }, self.width, rows.count,
          to, width, weights.first, weights.count, weights.values, weights.stride)
      }
    }
  }

  private func down(_ weights: ResizeFilter.Weights, height: Int, skipping rows: Int) -> Picture {
    Picture(width: width, height: height) { to in
      pixels.withUnsafeBufferPointer { from in
        resample_down(
          from.baseAddress.map { $0 - rows * width * 3 }, width, to, height, weights.first,
          weights.count, weights.values, weights.stride)
      }
    }
  }
}

extension Picture {
  /// Shrunk so that its longer side has at most `side` pixels.
  package func fitted(in side: Int) -> Picture {
    let longest = max(width, height)
    guard longest > side else { return self }
    return resized(
      width: max(1, width * side / longest), height: max(1, height * side / longest),
      filter: .bicubic)
  }
}
