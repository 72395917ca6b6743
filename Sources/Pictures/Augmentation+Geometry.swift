import Foundation
internal import CVips

extension Augmentation {
  private var movesNothing: Bool {
    cut != .resized && scale == 1...1 && ratio == 1...1 && rotation == 0 && shear == 0
      && translation == 0
      && bending == 0
  }

  /// The picture as a square of `size`, moved, turned and bent in one resampling.
  func framed(_ picture: Picture, size: Int, using random: inout RandomStream) -> Picture {
    let isFlipped = flip > 0 && random.chance(flip)
    if movesNothing {
      let framed = square(of: picture, size: size, using: &random)
      return isFlipped ? framed.flippedHorizontally() : framed
    }
    var map = drawMap(width: Double(picture.width), height: Double(picture.height), using: &random)
    if isFlipped { map = map.mirrored }
    var mesh = map.mesh(cells: bending > 0 ? 4 : 1)
    if bending > 0 { bend(&mesh, by: map, using: &random) }

    let source = visible(of: picture, through: &mesh, shrink: map.length / Double(size) / 2)
    return warped(source, size: size, mesh: mesh, cells: bending > 0 ? 4 : 1)
  }

  /// The picture as a square, with nothing random but its place.
  private func square(of picture: Picture, size: Int, using random: inout RandomStream) -> Picture {
    let preparing = Preprocessing.plain(size: size).with(fit: fit)
    guard cut == .anywhere, fit == .crop else { return preparing.picture(picture) }
    let frame = preparing.frame(width: picture.width, height: picture.height)
    return picture.resized(width: frame.width, height: frame.height, filter: preparing.filter)
      .cropped(
        x: random.below(frame.width - size + 1), y: random.below(frame.height - size + 1),
        width: size, height: size)
  }

  /// The part of a picture that a mesh touches, made smaller if need be, and the mesh moved to it.
  ///
  /// Four samples a pixel are enough down to half the size; further down a mean comes first.
  private func visible(
    of picture: Picture, through mesh: inout [Float], shrink: Double
  ) -> Picture {
    func reach(_ first: Int, _ side: Int) -> Range<Int> {
      let along = stride(from: first, to: mesh.count, by: 2).map { mesh[$0] }
      let low = min(Float(side - 1), max(0, (along.min() ?? 0) - 2))
      let high = max(1, min(Float(side), (along.max() ?? 0) + 2))
      return Int(low)..<max(Int(low) + 1, Int(high.rounded(.up)))
    }
    let (columns, rows) = (reach(0, picture.width), reach(1, picture.height))
    var source = picture
    if columns.count < picture.width || rows.count < picture.height {
      source = picture.cropped(
        x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    }
    let part = shrink.rounded(.up)
    if part >= 2 {
      source = source.resized(
        width: max(1, Int(Double(columns.count) / part)),
        height: max(1, Int(Double(rows.count) / part)), filter: .box)
    }
    let across = Float(source.width) / Float(columns.count)
    let down = Float(source.height) / Float(rows.count)
    for corner in stride(from: 0, to: mesh.count, by: 2) {
      mesh[corner] = (mesh[corner] - Float(columns.lowerBound)) * across
      mesh[corner + 1] = (mesh[corner + 1] - Float(rows.lowerBound)) * down
    }
    return source
  }

  /// Where the new picture's unit square lies in the old one's pixels: `origin + u across + v down`.
  private struct Map {
    var origin: SIMD2<Double>
    var across: SIMD2<Double>
    var down: SIMD2<Double>

    var mirrored: Map {
      Map(origin: origin + across, across: -across, down: down)
    }

    /// Old pixels along the longer side of the new picture.
    var length: Double {
      max((across * across).sum(), (down * down).sum()).squareRoot()
    }

    func mesh(cells: Int) -> [Float] {
      (0...cells).flatMap { row in
        (0...cells).flatMap { column -> [Float] in
          let point =
            origin + across * (Double(column) / Double(cells)) + down
            * (Double(row) / Double(cells))
          return [Float(point.x), Float(point.y)]
        }
      }
    }
  }

  private func drawMap(width: Double, height: Double, using random: inout RandomStream) -> Map {
    var square = SIMD2(width, height)
    switch fit {
    case .crop: square = SIMD2(repeating: min(width, height))
    case .pad: square = SIMD2(repeating: max(width, height))
    case .squash: break
    }
    let part: SIMD2<Double>
    if cut == .resized {
      square = SIMD2(width, height)
      part = drawPart(of: square, using: &random)
    } else {
      let area = random.uniform(scale)
      let proportion = exp(random.uniform(log(ratio.lowerBound)...log(ratio.upperBound)))
      part = square * SIMD2((area * proportion).squareRoot(), (area / proportion).squareRoot())
    }
    // Anywhere in the square if smaller, anywhere around it if larger.
    let place = SIMD2(random.uniform() - 0.5, random.uniform() - 0.5)
    let shift = SIMD2(random.uniform(-1...1), random.uniform(-1...1)) * translation
    var middle = SIMD2(width, height) / 2 + (square - part) * place + part * shift
    if cut == .anywhere, fit == .crop {
      let offset = SIMD2(random.uniform() - 0.5, random.uniform() - 0.5)
      middle += (SIMD2(width, height) - square) * offset
    }
    let angle = random.uniform(-1...1) * rotation * .pi / 180
    let slants = SIMD2(random.uniform(-1...1), random.uniform(-1...1)) * (shear * .pi / 180)
    let (sine, cosine) = (sin(angle), cos(angle))
    let (slantX, slantY) = (tan(slants.x), tan(slants.y))
    // Turned after slanting, with the length of the sides kept.
    let across = SIMD2(cosine - sine * slantY, sine + cosine * slantY) * part.x
    let down = SIMD2(cosine * slantX - sine, sine * slantX + cosine) * part.y
    return Map(origin: middle - (across + down) / 2, across: across, down: down)
  }

  /// The sides of a part of a picture of some share of its area and some proportion.
  ///
  /// Ten draws may fail to fit into it; then it is all of the picture but for what its proportion is
  /// outside of `ratio`.
  ///
  /// - Source: torchvision 0.23, `transforms.RandomResizedCrop.get_params`.
  /// - Differs: sides are not rounded to pixels, and the part for which ten draws failed may lie
  ///   anywhere.
  private func drawPart(of whole: SIMD2<Double>, using random: inout RandomStream) -> SIMD2<Double>
  {
    for _ in 0..<10 {
      let area = whole.x * whole.y * random.uniform(scale)
      let proportion = exp(random.uniform(log(ratio.lowerBound)...log(ratio.upperBound)))
      let part = SIMD2((area * proportion).squareRoot(), (area / proportion).squareRoot())
      if part.x <= whole.x, part.y <= whole.y { return part }
    }
    return SIMD2(
      min(whole.x, whole.y * ratio.upperBound), min(whole.y, whole.x / ratio.lowerBound))
  }

  private func bend(_ mesh: inout [Float], by map: Map, using random: inout RandomStream) {
    for corner in stride(from: 0, to: mesh.count, by: 2) {
      let move = (map.across * random.normal() + map.down * random.normal()) * bending
      mesh[corner] += Float(move.x)
      mesh[corner + 1] += Float(move.y)
    }
  }

  private func warped(_ picture: Picture, size: Int, mesh: [Float], cells: Int) -> Picture {
    let (width, height) = (picture.width, picture.height)
    return Picture(width: size, height: size) { to in
      withUnsafeTemporaryAllocation(
        of: UInt64.self, capacity: (width + 3) * (height + 2) + size
      ) {
        augment_warp(
          picture.pixels, width, height, $0.baseAddress, to, size, mesh, cells, [255, 255, 255])
      }
    }
  }
}

extension Preprocessing {
  fileprivate func with(fit: Fit) -> Preprocessing {
    var made = self
    made.fit = fit
    return made
  }
}
