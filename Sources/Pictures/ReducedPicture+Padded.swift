extension Preprocessing {
  /// What ``picture(_:)`` makes of a full picture and its white margins, from a reduced one.
  ///
  /// A sharp edge against white shows every difference between large and small pixels. So the
  /// picture is continued beyond its edges instead, resized, and then covered by as much white as
  /// the resize of full pixels would have mixed in.
  func padded(_ reduced: ReducedPicture) -> Picture {
    let shrink = Double(reduced.shrink)
    let side = max(reduced.width, reduced.height)
    let (left, top) = (floorHalf(side - reduced.width), floorHalf(side - reduced.height))
    // The margins in reduced pixels are rounded up, and what is too much lies outside the box.
    let (across, down) = (Double(left) / shrink, Double(top) / shrink)
    let (x, y) = (Int(across.rounded(.up)), Int(down.rounded(.up)))
    let canvas = (side + reduced.shrink - 1) / reduced.shrink + 2
    let start = (
      x: Double(x) - across + reduced.origin.x, y: Double(y) - down + reduced.origin.y
    )
    let length = Double(side) / shrink
    let resized = reduced.picture.continued(x: x, y: y, side: canvas)
      .resized(
        box: (start.x, start.y, start.x + length, start.y + length), width: size, height: size,
        filter: filter)
    let weights = filter.weights(size: side, start: 0, end: Double(side), newSize: size)
    return resized.whitened(
      across: weights.shares(of: left..<left + reduced.width),
      down: weights.shares(of: top..<top + reduced.height))
  }
}

extension ResizeFilter.Weights {
  /// How much of each new pixel comes from some of the old ones.
  fileprivate func shares(of old: Range<Int>) -> [Float] {
    first.indices.map { new in
      let seen = Int(first[new])..<Int(first[new] + count[new])
      let sum = seen.clamped(to: old).reduce(0) {
        $0 + Int(values[new * stride + $1 - seen.lowerBound])
      }
      return Float(sum) / Float(1 << 22)
    }
  }
}

extension Picture {
  /// The picture with its corner at a place of a square canvas; its edges go on to the border.
  fileprivate func continued(x: Int, y: Int, side: Int) -> Picture {
    Picture(width: side, height: side) { to in
      for row in 0..<side {
        let source = min(max(row - y, 0), height - 1) * width
        for column in 0..<side {
          let from = (source + min(max(column - x, 0), width - 1)) * 3
          let target = (row * side + column) * 3
          for channel in 0..<3 { to[target + channel] = pixels[from + channel] }
        }
      }
    }
  }

  /// The picture under white, of which it keeps a share in each column and row.
  fileprivate func whitened(across: [Float], down: [Float]) -> Picture {
    Picture(width: width, height: height) { to in
      for y in 0..<height {
        for x in 0..<width {
          let share = across[x] * down[y]
          for at in (y * width + x) * 3..<(y * width + x) * 3 + 3 {
            let value = 255 - share * Float(255 - pixels[at])
            to[at] = UInt8(min(255, max(0, value.rounded())))
          }
        }
      }
    }
  }
}
