import Foundation

/// What a picture file says about itself before any pixel is decoded.
package struct PictureHeader: Sendable, Equatable, Codable {
  package let format: PictureFormat
  /// The size in the file.
  package let storedWidth: Int
  package let storedHeight: Int
  /// The size as seen, after the EXIF turn.
  package let width: Int
  package let height: Int
  /// The EXIF orientation, 1 to 8; nil where the file has none.
  package let orientation: Int?
  /// Channels in the file, alpha included; a palette's are those of its colours.
  package let bands: Int
  /// Bits of one channel in the file.
  package let bits: Int
  /// Pictures in the file; the first is the one that is decoded.
  package let frames: Int

  init(
    format: PictureFormat, width: Int, height: Int, orientation: Int? = nil, bands: Int, bits: Int,
    frames: Int = 1
  ) {
    self.format = format
    storedWidth = width
    storedHeight = height
    let swaps = (orientation ?? 1) >= 5
    self.width = swaps ? height : width
    self.height = swaps ? width : height
    self.orientation = orientation
    self.bands = bands
    self.bits = bits
    self.frames = frames
  }

  func turned(orientation: Int?) -> PictureHeader {
    PictureHeader(
      format: format, width: storedWidth, height: storedHeight, orientation: orientation,
      bands: bands, bits: bits, frames: frames)
  }

  /// Reads the header of an encoded picture and holds it against the limits.
  package init(
    decoding bytes: [UInt8], limits: PictureLimits = .standard
  ) throws(PictureError) {
    self = try PictureFile(bytes, limits: limits).header
  }

  package init(
    contentsOf path: String, limits: PictureLimits = .standard
  ) throws(PictureError) {
    self = try PictureFile.open(path, limits: limits) { (file) throws(PictureError) in file.header }
  }
}
