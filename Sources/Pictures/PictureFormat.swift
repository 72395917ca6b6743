import Foundation

/// A format of picture files, known by a file's first bytes and never by its name.
package enum PictureFormat: String, Sendable, Codable, CaseIterable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webp = "WebP"
  case gif = "GIF"
  case tiff = "TIFF"
  case avif = "AVIF"
  case heic = "HEIC"
  case svg = "SVG"
  case bmp = "BMP"
  case pnm = "PNM"

  /// What HTTP calls it.
  package var mediaType: String {
    switch self {
    case .svg: "image/svg+xml"
    case .pnm: "image/x-portable-anymap"
    default: "image/" + rawValue.lowercased()
    }
  }

  /// The format that `bytes` begin like.
  package init?(sniffing bytes: [UInt8]) {
    func starts(_ signature: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + signature.count && bytes[offset...].starts(with: signature)
    }
    func starts(_ signature: String, at offset: Int = 0) -> Bool {
      starts(Array(signature.utf8), at: offset)
    }
    if starts([0xff, 0xd8]) {
      self = .jpeg
    } else if starts([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if starts("RIFF"), starts("WEBP", at: 8) {
      self = .webp
    } else if starts("GIF87a") || starts("GIF89a") {
      self = .gif
    } else if starts([0x49, 0x49, 0x2a, 0]) || starts([0x4d, 0x4d, 0, 0x2a])
      || starts([0x49, 0x49, 0x2b, 0]) || starts([0x4d, 0x4d, 0, 0x2b])
    {
      self = .tiff
    } else if starts("ftyp", at: 4), let format = Self.isoMedia(bytes) {
      self = format
    } else if starts("BM"), Bitmap.hasPlausibleHeader(bytes) {
      self = .bmp
    } else if bytes.count > 2, bytes[0] == 0x50, (0x31...0x36).contains(bytes[1]),
      Pixmap.isSpace(bytes[2])
    {
      self = .pnm
    } else if Self.isSVG(bytes) {
      self = .svg
    } else {
      return nil
    }
  }

  /// AVIF or HEIC, by the brands of an ISO media file's first box.
  private static func isoMedia(_ bytes: [UInt8]) -> PictureFormat? {
    let size = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let end = min(bytes.count, max(16, min(size, 256)))
    var brands: [String] = []
    for start in stride(from: 8, to: end - 3, by: 4) where start != 12 {
      brands.append(String(decoding: bytes[start..<start + 4], as: UTF8.self))
    }
    if brands.contains(where: { $0 == "avif" || $0 == "avis" }) { return .avif }
    let heic: Set<String> = ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"]
    return brands.contains(where: heic.contains) ? .heic : nil
  }

  /// Whether the first element of an XML text is `svg`; gzip-packed SVG is not read.
  private static func isSVG(_ bytes: [UInt8]) -> Bool {
    let head = String(decoding: bytes.prefix(4096), as: UTF8.self)
    guard var rest = head.firstIndex(of: "<").map({ head[$0...] }) else { return false }
    guard head[..<rest.startIndex].allSatisfy({ $0.isWhitespace || $0 == "\u{feff}" }) else {
      return false
    }
    while true {
      if rest.hasPrefix("<svg") { return true }
      let closing = rest.hasPrefix("<!--") ? "-->" : rest.hasPrefix("<!DOCTYPE svg") ? "<svg" : "?>"
      guard rest.hasPrefix("<?") || rest.hasPrefix("<!--") || rest.hasPrefix("<!DOCTYPE svg"),
        let end = rest.range(of: closing)
      else { return false }
      if closing == "<svg" { return true }
      guard let next = rest[end.upperBound...].firstIndex(of: "<") else { return false }
      rest = rest[next...]
    }
  }

  /// What bytes that are no picture look like, to say so.
  static func guess(_ bytes: [UInt8]) -> String? {
    let head = String(decoding: bytes.prefix(256), as: UTF8.self).lowercased()
    if head.contains("<html") || head.contains("<!doctype html") { return "a web page" }
    if head.hasPrefix("%pdf") { return "a PDF" }
    if head.hasPrefix("{") || head.hasPrefix("[") { return "JSON" }
    if bytes.starts(with: [0x1f, 0x8b]) { return "a gzip file" }
    if bytes.starts(with: [0x50, 0x4b, 3, 4]) { return "a zip file" }
    let isText = bytes.prefix(256).allSatisfy { $0 >= 32 || (9...13).contains($0) }
    return isText ? "text" : nil
  }
}
