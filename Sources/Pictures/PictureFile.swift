import Files
import Foundation

/// An encoded picture whose format is known and whose claims are within the limits.
struct PictureFile {
  let header: PictureHeader
  private let bytes: [UInt8]
  private let limits: PictureLimits
  private let decoder: Decoder
  /// By how much it must be reduced to be within the limits.
  private let leastShrink: Int

  private enum Decoder {
    case bitmap(Bitmap)
    case pixmap(Pixmap)
    case fast(any FastDecoder)
    case vips(Vips.File)
  }

  /// - Parameter usesFastDecoders: Whether common files may be decoded without libvips.
  init(
    _ bytes: [UInt8], limits: PictureLimits, usesFastDecoders: Bool = true
  ) throws(PictureError) {
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= limits.maximumBytes else {
      throw .tooManyBytes(count: bytes.count, limit: limits.maximumBytes)
    }
    guard let format = PictureFormat(sniffing: bytes) else {
      throw .unknownFormat(seen: PictureFormat.guess(bytes))
    }
    self.bytes = bytes
    self.limits = limits
    switch format {
    case .bmp:
      let bitmap = try Bitmap(header: bytes)
      header = PictureHeader(
        format: format, width: bitmap.width, height: bitmap.height,
        bands: bitmap.hasAlpha ? 4 : 3, bits: bitmap.bits >= 24 ? 8 : bitmap.bits)
      decoder = .bitmap(bitmap)
    case .pnm:
      let pixmap = try Pixmap(header: bytes)
      header = PictureHeader(
        format: format, width: pixmap.width, height: pixmap.height, bands: pixmap.bands,
        bits: pixmap.largest == 1 ? 1 : pixmap.largest > 255 ? 16 : 8)
      decoder = .pixmap(pixmap)
    default:
      let notes = format == .png ? PNGNotes(bytes) : nil
      let hasForeignColours = notes?.hasForeignProfile ?? false
      var header: PictureHeader
      if usesFastDecoders, !hasForeignColours, let file = fastDecoder(bytes, format: format) {
        (header, decoder) = (file.header, .fast(file))
      } else {
        let file = try Vips.File(notes?.stripped(bytes) ?? bytes, format: format)
        (header, decoder) = (file.header, .vips(file))
      }
      if let orientation = notes?.orientation { header = header.turned(orientation: orientation) }
      if format == .tiff, header.orientation == 1, !EXIF.isBig(bytes) {
        // libvips says 1 of every TIFF that says nothing.
        header = header.turned(orientation: EXIF.orientation(bytes))
      }
      self.header = header
    }
    let shrink = limits.leastShrink(width: header.storedWidth, height: header.storedHeight)
    guard let shrink, shrink == 1 || format == .jpeg && JPEGSegments.isSequential(bytes) else {
      throw .tooManyPixels(
        width: header.storedWidth, height: header.storedHeight, limit: limits.maximumPixels)
    }
    leastShrink = shrink
  }

  /// The picture; a JPEG beyond the limits at the largest fraction of its size that is within.
  func picture() throws(PictureError) -> Picture {
    try picture(shrink: 1).picture
  }

  /// The picture, or for a JPEG its half, quarter or eighth, sides rounded up; and which of them.
  func picture(shrink: Int) throws(PictureError) -> (picture: Picture, shrink: Int) {
    let shrink = header.format == .jpeg ? max(shrink, leastShrink) : 1
    do throws(PictureError) {
      return (try decoded(shrink: shrink), shrink)
    } catch {
      guard header.format == .jpeg, let closed = JPEGSegments.closed(bytes) else { throw error }
      return (try PictureFile(closed, limits: limits).decoded(shrink: shrink), shrink)
    }
  }

  private func decoded(shrink: Int) throws(PictureError) -> Picture {
    if shrink > 1 { return try decodedJPEG(shrink: shrink) }
    switch decoder {
    case .bitmap(let bitmap):
      return try bitmap.picture()
    case .pixmap(let pixmap):
      return try pixmap.picture()
    case .fast(let file):
      guard let picture = try file.picture() else {
        return try PictureFile(bytes, limits: limits, usesFastDecoders: false)
          .decoded(shrink: 1)
      }
      return picture.turned(orientation: header.orientation ?? 1)
    case .vips(let file):
      return try file.picture().turned(orientation: header.orientation ?? 1)
    }
  }

  private func decodedJPEG(shrink: Int) throws(PictureError) -> Picture {
    if case .fast(let file) = decoder, let file = file as? FastJPEG,
      let picture = try file.picture(shrink: shrink)
    {
      return picture.turned(orientation: header.orientation ?? 1)
    }
    return try Vips.File(bytes, format: .jpeg, shrink: shrink).picture()
      .turned(orientation: header.orientation ?? 1)
  }

  /// What `body` makes of the file at `path`; any error names the path.
  static func open<Made>(
    _ path: String, limits: PictureLimits, _ body: (PictureFile) throws(PictureError) -> Made
  ) throws(PictureError) -> Made {
    let bytes = try read(path, limits: limits)
    do throws(PictureError) {
      let file = try PictureFile(bytes, limits: limits)
      let name = URL(filePath: path).pathExtension.lowercased()
      if file.header.format == .svg, pictureNames.contains(name) {
        throw .disguised(format: "SVG", name: name)
      }
      return try body(file)
    } catch {
      throw .file(path: path, error)
    }
  }

  /// Names under which a drawing, which is a program of sorts, must not come.
  private static let pictureNames: Set<String> = [
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "tif", "tiff", "avif", "heic",
    "heif", "bmp", "dib", "ppm", "pgm", "pbm", "pnm",
  ]

  private static func read(_ path: String, limits: PictureLimits) throws(PictureError) -> [UInt8] {
    let (descriptor, facts): (Int32, stat)
    do throws(FileError) { (descriptor, facts) = try openFile(path) } catch {
      throw .unreadable(error)
    }
    defer { close(descriptor) }
    let size = Int(facts.st_size)
    guard size <= limits.maximumBytes else {
      throw .file(path: path, .tooManyBytes(count: size, limit: limits.maximumBytes))
    }
    do throws(FileError) { return try readFile(descriptor, of: path, from: 0, upTo: size) } catch {
      throw .unreadable(error)
    }
  }
}

extension Picture {
  /// Decodes a picture file: its first frame, turned as EXIF says, in sRGB, on white.
  ///
  /// The header is checked against the limits before a pixel is decoded.
  ///
  /// - Throws: ``PictureError`` for any file that is not whole; never half a picture.
  package init(
    decoding bytes: [UInt8], limits: PictureLimits = .standard
  ) throws(PictureError) {
    self = try PictureFile(bytes, limits: limits).picture()
  }

  package init(
    contentsOf path: String, limits: PictureLimits = .standard
  ) throws(PictureError) {
    self = try PictureFile.open(path, limits: limits) { (file) throws(PictureError) in
      try file.picture()
    }
  }

  /// The picture as a PNG file.
  package func png() throws(PictureError) -> [UInt8] {
    try Vips.encoded(self, quality: 0)
  }

  /// The picture as a JPEG file; qualities beyond 1 to 100 are brought into that range.
  package func jpeg(quality: Int) throws(PictureError) -> [UInt8] {
    try Vips.encoded(self, quality: min(100, max(1, quality)))
  }
}
