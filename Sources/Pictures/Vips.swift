internal import CVips

/// libvips as seen from here: bytes in, an 8-bit sRGB picture or a reason out.
enum Vips {
  private static let isReady = vs_start() == 0

  /// A file whose header has been read.
  final class File {
    let header: PictureHeader
    private let file: OpaquePointer
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    /// Whether the file has a colour profile by which its pixels become other ones.
    private let appliesProfile: Bool

    /// - Parameter shrink: 2, 4 or 8 for a JPEG of that fraction of its size; see `vs_open`.
    init(_ source: [UInt8], format: PictureFormat, shrink: Int = 1) throws(PictureError) {
      let loader = try loader(for: format)
      // libvips reads from these bytes as long as the file is open.
      bytes = .allocate(capacity: source.count)
      _ = bytes.initialize(from: source)
      var header = vs_header()
      var message = [CChar](repeating: 0, count: 256)
      guard
        let file = vs_open(
          bytes.baseAddress, bytes.count, loader, Int32(shrink), &header, &message,
          message.count)
      else {
        bytes.deallocate()
        throw failure(of: format, reason: text(message))
      }
      self.file = file
      appliesProfile = Self.appliesProfile(header)
      self.header = PictureHeader(
        format: format, width: Int(header.width), height: Int(header.height),
        orientation: header.orientation == 0 ? nil : Int(header.orientation),
        bands: Int(header.bands), bits: Int(header.bits), frames: Int(header.frames))
    }

    /// Whether the profile fits the pixels and changes them.
    private static func appliesProfile(_ header: vs_header) -> Bool {
      guard let start = header.profile,
        let profile = ColourProfile(
          Array(UnsafeBufferPointer(start: start, count: header.profile_size)))
      else { return false }
      let colours: ColourProfile.Colours? =
        switch header.colours {
        case VS_GREY: .grey
        case VS_RGB: .rgb
        case VS_CMYK: .cmyk
        default: nil
        }
      return profile.colours == colours && !profile.isSRGB
    }

    deinit {
      vs_close(file)
      bytes.deallocate()
    }

    /// The pixels as stored, before the EXIF turn.
    func picture() throws(PictureError) -> Picture {
      var message = [CChar](repeating: 0, count: 256)
      var failed: Int32 = 0
      let picture = Picture(width: header.storedWidth, height: header.storedHeight) { to in
        failed = vs_decode(file, appliesProfile ? 1 : 0, to, &message, message.count)
      }
      guard failed != Int32(VS_UNCLEAR) else {
        throw .unclear(format: header.format.rawValue, reason: text(message))
      }
      guard failed == 0 else {
        throw failure(of: header.format, reason: text(message))
      }
      return picture
    }
  }

  static func encoded(_ picture: Picture, quality: Int) throws(PictureError) -> [UInt8] {
    guard isReady else { throw .notEncoded(reason: "libvips did not start") }
    var message = [CChar](repeating: 0, count: 256)
    var count = 0
    guard
      let made = vs_encode(
        picture.pixels, Int32(picture.width), Int32(picture.height), Int32(quality), &count,
        &message, message.count)
    else {
      throw .notEncoded(reason: text(message))
    }
    defer { vs_free(made) }
    return Array(UnsafeBufferPointer(start: made, count: count))
  }

  /// What it means that libvips gives `reason` for not reading a file.
  ///
  /// libheif 1.16 and later has its decoders in packages of their own; libvips may be built without
  /// libheif.
  static func failure(of format: PictureFormat, reason: String) -> PictureError {
    let signs = ["No decoding plugin", "Unsupported codec", "\"heifload_buffer\" not found"]
    guard format == .heic || format == .avif, signs.contains(where: reason.contains) else {
      return .broken(format: format.rawValue, reason: reason)
    }
    let package = format == .heic ? "libheif-plugin-libde265" : "libheif-plugin-dav1d"
    return .noDecoder(format: format.rawValue, package: package)
  }

  private static func loader(for format: PictureFormat) throws(PictureError) -> vs_format {
    guard isReady else {
      throw .broken(format: format.rawValue, reason: "libvips did not start")
    }
    return switch format {
    case .jpeg: VS_JPEG
    case .png: VS_PNG
    case .webp: VS_WEBP
    case .gif: VS_GIF
    case .tiff: VS_TIFF
    case .avif, .heic: VS_HEIF
    case .svg: VS_SVG
    case .bmp, .pnm: throw .broken(format: format.rawValue, reason: "libvips does not read it")
    }
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
