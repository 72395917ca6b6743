internal import CVips

/// A picture file of the common kind, decoded without libvips: that takes half the time or less
/// where the picture is small.
///
/// It never disagrees with libvips, since it exists only for files in which nothing is unusual, and
/// gives up on the least damage; libvips then has the last word.
protocol FastDecoder: Sendable {
  /// Nil for anything unusual.
  init?(_ bytes: [UInt8])

  var header: PictureHeader { get }

  /// The pixels as stored, before the EXIF turn, or nil where something is wrong with them.
  ///
  /// - Throws: ``PictureError`` where nobody else should try either.
  func picture() throws(PictureError) -> Picture?
}

extension FastDecoder {
  /// A picture of the header's size, or of that divided by `shrink` and rounded up.
  func picture(
    shrink: Int = 1, _ decode: (UnsafeMutablePointer<UInt8>) -> fast_result
  ) throws(PictureError) -> Picture? {
    var result = FAST_REFUSED
    let picture = Picture(
      width: (header.storedWidth + shrink - 1) / shrink,
      height: (header.storedHeight + shrink - 1) / shrink
    ) { to in
      result = decode(to)
    }
    guard result != FAST_HOSTILE else {
      throw .broken(format: header.format.rawValue, reason: "it is made to take forever")
    }
    return result == FAST_DONE ? picture : nil
  }
}

/// The fast decoder of a file; nil where its format or contents have none.
func fastDecoder(_ bytes: [UInt8], format: PictureFormat) -> (any FastDecoder)? {
  switch format {
  case .jpeg: FastJPEG(bytes)
  case .png: FastPNG(bytes)
  case .gif: FastGIF(bytes)
  case .tiff: FastTIFF(bytes)
  case .webp: FastWebP(bytes)
  case .avif, .heic, .svg, .bmp, .pnm: nil
  }
}
