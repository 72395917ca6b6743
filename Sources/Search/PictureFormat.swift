/// The formats of picture files, told apart by their first bytes.
package enum PictureFormat: String, Sendable, CaseIterable {
  case jpeg, png, gif, webp, bmp, tiff, avif, heic, svg

  package var mediaType: String {
    switch self {
    case .svg: "image/svg+xml"
    default: "image/" + rawValue
    }
  }

  /// The format of a file that begins with `bytes`, or nil if it is none of these.
  package init?(of bytes: some Collection<UInt8>) {
    let head = Array(bytes.prefix(1024))
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      head.dropFirst(offset).starts(with: text.utf8)
    }
    if head.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else if head.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if begins("GIF87a") || begins("GIF89a") {
      self = .gif
    } else if begins("RIFF"), begins("WEBP", at: 8) {
      self = .webp
    } else if begins("BM"), head.count > 26 {
      self = .bmp
    } else if head.starts(with: [0x49, 0x49, 0x2a, 0]) || head.starts(with: [0x4d, 0x4d, 0, 0x2a]) {
      self = .tiff
    } else if begins("ftyp", at: 4) {
      let brands = String(decoding: head.dropFirst(8).prefix(56), as: UTF8.self)
      guard let brand = Self.brand(in: brands) else { return nil }
      self = brand
    } else if Self.looksLikeSVG(head) {
      self = .svg
    } else {
      return nil
    }
  }

  private static func brand(in brands: String) -> PictureFormat? {
    if brands.contains("avif") || brands.contains("avis") { return .avif }
    let others = ["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"]
    return others.contains { brands.contains($0) } ? .heic : nil
  }

  private static func looksLikeSVG(_ head: [UInt8]) -> Bool {
    var text = Substring(decoding: head, as: UTF8.self)
    if text.first == "\u{feff}" { text.removeFirst() }
    text = text.drop { $0.isWhitespace }
    return text.hasPrefix("<svg")
      || (text.hasPrefix("<?xml") || text.hasPrefix("<!"))
        && text.contains("<svg")
  }
}
