/// A picture that was decoded only as closely as a model will look at it.
///
/// A photograph of 12 megapixels is shrunk twelvefold before a model sees it, and most of the time
/// goes into pixels that are averaged away. A JPEG can be decoded at a half, a quarter or an eighth
/// of its size, by transforming fewer frequencies; what is left is then resized exactly. Other
/// formats, and pictures that are small enough, are decoded in full and lose nothing.
///
/// Pixels differ from those of the exact way: see ``Preprocessing/shrink(width:height:)``.
///
/// - Source: Pillow's `Image.draft` and `reducing_gap` do the same.
/// - Differs: where a side is no multiple of the fraction, the last pixel counts as the part of a
///   pixel that it is, so that nothing is shifted.
package struct ReducedPicture: Sendable {
  /// Its last column and row, or after a turn its first, may stand for less than `shrink` pixels.
  package let picture: Picture
  /// How many of the file's pixels one of these stands for, each way: 1, 2, 4 or 8.
  package let shrink: Int
  /// The size of the whole picture, as seen.
  package let width: Int
  package let height: Int
  /// Where the picture begins, in its own pixels: 0 up to 1.
  let origin: (x: Double, y: Double)

  /// Where in `picture` the picture is.
  var box: (left: Double, top: Double, right: Double, bottom: Double) {
    let (across, down) = (Double(width) / Double(shrink), Double(height) / Double(shrink))
    // libvips leaves out a last column or row that is no whole pixel.
    return (
      origin.x, origin.y, min(origin.x + across, Double(picture.width)),
      min(origin.y + down, Double(picture.height))
    )
  }

  init(
    _ file: PictureFile, for preprocessing: Preprocessing, isExact: Bool
  ) throws(PictureError) {
    let header = file.header
    (width, height) = (header.width, header.height)
    (picture, shrink) = try file.picture(
      shrink: isExact ? 1 : preprocessing.shrink(width: width, height: height))
    // What is too much in the last column and row as stored, which a turn may make the first ones.
    let across = Self.surplus(header.storedWidth, shrink)
    let down = Self.surplus(header.storedHeight, shrink)
    origin =
      switch header.orientation ?? 1 {
      case 2: (across, 0)
      case 3: (across, down)
      case 4: (0, down)
      case 6: (down, 0)
      case 7: (down, across)
      case 8: (0, across)
      default: (0, 0)
      }
  }

  /// How much longer a side becomes, in reduced pixels, by being rounded up.
  private static func surplus(_ side: Int, _ shrink: Int) -> Double {
    Double((side + shrink - 1) / shrink) - Double(side) / Double(shrink)
  }

  /// Decodes a picture file as closely as `preprocessing` needs.
  ///
  /// - Parameter isExact: Whether it is reduced only as far as the limits ask.
  /// - Throws: What decoding it in full throws.
  package init(
    decoding bytes: [UInt8], for preprocessing: Preprocessing, isExact: Bool = false,
    limits: PictureLimits = .standard
  ) throws(PictureError) {
    try self.init(try PictureFile(bytes, limits: limits), for: preprocessing, isExact: isExact)
  }
}

extension Preprocessing {
  /// How many times more pixels than the model's a reduced picture keeps, each way.
  static let margin = 2

  /// By how much a picture of some size may be reduced before it is resized.
  ///
  /// At least twice the model's pixels are left each way, so that the resize still averages over
  /// them. Of 74 photographs reduced to just twice, the pixels that a model sees differ from the
  /// exact ones by 0.6 (half) to 1.0 (eighth) levels of 255 in the mean and by 19 at most; to four
  /// times, by 0.3 and 8.
  ///
  /// - Returns: 1, 2, 4 or 8.
  package func shrink(width: Int, height: Int) -> Int {
    // A filter that skips pixels must find all of them.
    guard filter.isAntialiased else { return 1 }
    let side = fit == .pad ? max(width, height) : min(width, height)
    return [8, 4, 2].first { side >= $0 * (shortSide ?? size) * Self.margin } ?? 1
  }

  /// The square picture that a model sees, from a reduced one.
  package func picture(_ reduced: ReducedPicture) -> Picture {
    guard reduced.shrink > 1 else { return picture(reduced.picture) }
    switch fit {
    case .squash:
      return reduced.picture.resized(box: reduced.box, width: size, height: size, filter: filter)
    case .crop:
      let frame = frame(width: reduced.width, height: reduced.height)
      return reduced.picture
        .resized(box: reduced.box, width: frame.width, height: frame.height, filter: filter)
        .cropped(x: frame.x, y: frame.y, width: size, height: size)
    case .pad:
      return padded(reduced)
    }
  }

  /// A reduced picture as the model's input.
  ///
  /// - Returns: `[3, size, size]`, channel by channel, normalized.
  package func callAsFunction(_ reduced: ReducedPicture) -> [Float] {
    reduced.shrink > 1 ? normalized(picture(reduced)) : self(reduced.picture)
  }
}
