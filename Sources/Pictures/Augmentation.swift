import Settings

/// How a training picture is varied each time it is seen.
///
/// Each setting's default changes nothing, so that a value lists what is done and no more; without
/// any, the picture is framed as ``Preprocessing`` with the same `fit` and bicubic filter frames
/// it. All that is random comes from the stream that is passed in.
///
/// The picture is framed, turned, bent and scaled in *one* resampling; all changes of colour
/// are one matrix.
///
/// - Source: Szegedy et al. 2015, section 6 (random resized crop); Chen et al. 2020,
///   arXiv:2002.05709, appendix A (colour distortion); Simard et al. 2003 (bending); Zhong et al.
///   2017, arXiv:1708.04896 (erasing).
/// - Differs: crops may be larger than the picture and then show background; colours are cut to
///   their range once, after all changes; hue turns in the plane of equal luma.
package struct Augmentation: Sendable, Equatable {
  /// How the picture becomes a square before anything random is done.
  package var fit = Preprocessing.Fit.pad
  /// Where in the picture the square lies, or what is shown in its place.
  package var cut = Cut.middle
  /// The area of the part that is shown, as a share of the square; above 1 it zooms out.
  package var scale: ClosedRange<Double> = 1...1
  /// Width by height of that part, drawn evenly on a logarithmic scale.
  package var ratio: ClosedRange<Double> = 1...1
  /// Largest turn to either side, in degrees.
  package var rotation = 0.0
  /// Largest slant along each axis, in degrees.
  package var shear = 0.0
  /// Largest shift along each axis beyond what `scale` leaves room for, as a share of the side.
  package var translation = 0.0
  /// How far each of 5 × 5 points is moved by chance, as a share of the side (deviation).
  package var bending = 0.0
  /// Probability of the mirror image.
  package var flip = 0.0

  /// Probability that white which reaches the border becomes another colour.
  package var background = 0.0
  /// Probability that the next four are applied.
  package var jitter = 1.0
  /// Largest change of brightness, as a share: 0.4 is a factor of 0.6 to 1.4.
  package var brightness = 0.0
  package var contrast = 0.0
  package var saturation = 0.0
  /// Largest turn of the hue to either side, in full turns: 0.5 is any hue.
  package var hue = 0.0
  /// Probability of shades of grey.
  package var grayscale = 0.0
  /// Probability that red, green and blue change places.
  package var channelSwap = 0.0
  /// Probability of the negative.
  package var inversion = 0.0
  /// Probability of 2 to 5 bits a channel.
  package var posterization = 0.0

  /// Probability of a blur.
  package var blur = 0.0
  /// Its deviation, in pixels of a picture of 64.
  package var blurRadius: ClosedRange<Double> = 0.3...1.5
  /// Probability of losing detail: made smaller and large again.
  package var coarseness = 0.0
  /// Largest deviation of noise, in levels of 255.
  package var noise = 0.0
  /// Probability of a rectangle of one colour somewhere.
  package var erasing = 0.0
  /// The rectangle's share of the picture.
  package var erasedArea: ClosedRange<Double> = 0.02...0.2

  package init() {}

  package static let none = Augmentation()

  /// Where in a picture what is shown of it lies.
  package enum Cut: String, Choice {
    /// The square is in the middle.
    case middle
    /// The square is anywhere along the longer side.
    case anywhere
    /// No square: `scale` is the share of the whole picture's area and `ratio` the part's own width by
    /// height, drawn until they fit into the picture, and the part is squashed to a square.
    case resized
  }

  /// For few pictures that stand for concepts: what survives is the shape, and roughly the
  /// colour, in whatever design.
  package static let strong: Augmentation = {
    var made = Augmentation()
    made.scale = 0.5...1.6
    made.ratio = 0.75...4 / 3
    made.rotation = 20
    made.shear = 12
    made.translation = 0.06
    made.bending = 0.025
    made.flip = 0.5
    made.background = 0.3
    made.jitter = 0.8
    made.brightness = 0.3
    made.contrast = 0.4
    made.saturation = 0.5
    made.hue = 0.06
    made.grayscale = 0.1
    made.channelSwap = 0.03
    made.posterization = 0.1
    made.blur = 0.2
    made.coarseness = 0.15
    made.noise = 8
    made.erasing = 0.25
    return made
  }()

  /// One variation of a picture, `size` × `size`.
  package func callAsFunction(
    _ picture: Picture, size: Int, using random: inout RandomStream
  ) -> Picture {
    var canvas = Canvas(framed(picture, size: size, using: &random))
    if background > 0 { replaceBackground(of: &canvas, using: &random) }
    recolour(&canvas, using: &random)
    soften(&canvas, using: &random)
    if erasing > 0 { erase(&canvas, using: &random) }
    return canvas.picture
  }
}

/// A picture that is being changed in place.
struct Canvas {
  let width: Int
  let height: Int
  var pixels: [UInt8]

  init(_ picture: Picture) {
    (width, height, pixels) = (picture.width, picture.height, picture.pixels)
  }

  var picture: Picture { Picture(width: width, height: height, pixels: pixels) }
}
