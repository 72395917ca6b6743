internal import CVips

/// libvips as seen from here: bytes in, an 8-bit sRGB picture or a reason out.
enum Vips {
  private static let isReady = vd_start() == 0

  static func header(
    of bytes: [UInt8], format: PictureFormat
  ) throws(PictureError) -> PictureHeader {
    let loader = try loader(for: format)
    var header = vd_header()
    var message = [CChar](repeating: 0, count: 256)
    guard
      vd_read_header(bytes, bytes.count, loader, &header, &message, message.count) == 0
    else {
      throw .broken(format: format.rawValue, reason: text(message))
    }
    guard header.width > 0, header.height > 0 else {
      throw .broken(
        format: format.rawValue, reason: "it claims \(header.width)×\(header.height) pixels")
    }
    return PictureHeader(
      format: format, width: Int(header.width), height: Int(header.height),
      orientation: header.orientation == 0 ? nil : Int(header.orientation),
      bands: Int(header.bands), bits: Int(header.bits), frames: Int(header.frames))
  }

  /// The pixels as stored, before the EXIF turn.
  static func picture(
    _ bytes: [UInt8], _ header: PictureHeader
  ) throws(PictureError) -> Picture {
    let format = header.format
    let loader = try loader(for: format)
    var message = [CChar](repeating: 0, count: 256)
    var (width, height): (Int32, Int32) = (0, 0)
    guard
      let made = vd_decode(
        bytes, bytes.count, loader, &width, &height, &message, message.count)
    else {
      throw .broken(format: format.rawValue, reason: text(message))
    }
    defer { vd_free(made) }
    guard Int(width) == header.storedWidth, Int(height) == header.storedHeight else {
      throw .broken(format: format.rawValue, reason: "its size is not what its header says")
    }
    return Picture(width: Int(width), height: Int(height)) { to in
      to.update(from: made, count: Int(width) * Int(height) * 3)
    }
  }

  static func encoded(_ picture: Picture, quality: Int) throws(PictureError) -> [UInt8] {
    guard isReady else { throw .notEncoded(reason: "libvips did not start") }
    var message = [CChar](repeating: 0, count: 256)
    var count = 0
    guard
      let made = vd_encode(
        picture.pixels, Int32(picture.width), Int32(picture.height), Int32(quality), &count,
        &message, message.count)
    else {
      throw .notEncoded(reason: text(message))
    }
    defer { vd_free(made) }
    return Array(UnsafeBufferPointer(start: made, count: count))
  }

  private static func loader(for format: PictureFormat) throws(PictureError) -> vd_format {
    guard isReady else {
      throw .broken(format: format.rawValue, reason: "libvips did not start")
    }
    return switch format {
    case .jpeg: VD_JPEG
    case .png: VD_PNG
    case .webp: VD_WEBP
    case .gif: VD_GIF
    case .tiff: VD_TIFF
    case .avif, .heic: VD_HEIF
    case .svg: VD_SVG
    case .bmp, .pnm: throw .broken(format: format.rawValue, reason: "libvips does not read it")
    }
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
