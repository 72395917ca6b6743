internal import CVips

/// What a PNG file says beside its pixels: the EXIF orientation, whether its colours are sRGB, and
/// whether its notes are a bomb.
///
/// libvips 8.14 passes over orientation in PNG, and unpacks notes of any size.
///
/// - Source: W3C, *Portable Network Graphics*, third edition; limits as in Pillow's
///   `PngImagePlugin.MAX_TEXT_CHUNK`; ImageMagick's “Raw profile type” notes.
struct PNGNotes {
  private(set) var orientation: Int?
  /// Whether there is a colour profile other than sRGB's.
  private(set) var hasForeignProfile = false

  /// The most bytes that one packed note may unpack to.
  private static let limit = 1 << 20

  init(_ bytes: [UInt8]) throws(PictureError) {
    for chunk in PNGChunks(bytes) {
      let body = bytes[chunk.body]
      if chunk.isOf("eXIf") {
        orientation = orientation ?? EXIF.orientation(Array(body))
      } else if chunk.isOf("tEXt") {
        read(body, text: body.firstIndex(of: 0).map { body[($0 + 1)...] })
      } else if chunk.isOf("zTXt") {
        read(body, text: try unpacked(body, skipping: 1))
      } else if chunk.isOf("iCCP") {
        let profile = try unpacked(body, skipping: 1) ?? []
        let isSRGB = profile.withUnsafeBytes { vd_says_srgb($0.baseAddress, $0.count) == 1 }
        hasForeignProfile = hasForeignProfile || !isSRGB
      } else if chunk.isOf("iTXt") {
        try international(body)
      } else if chunk.isOf("IEND") {
        return
      }
    }
  }

  /// What is packed behind a note's key, its closing zero, and `count` more bytes.
  private func unpacked(
    _ body: ArraySlice<UInt8>, skipping count: Int
  ) throws(PictureError) -> ArraySlice<UInt8>? {
    guard let zero = body.firstIndex(of: 0), zero + 1 + count <= body.endIndex else { return nil }
    let packed = Array(body[(zero + 1 + count)...])
    let text = [UInt8](unsafeUninitializedCapacity: Self.limit) { buffer, made in
      made = max(0, vd_inflate(packed, packed.count, buffer.baseAddress, Self.limit))
    }
    guard text.count < Self.limit else {
      throw .broken(format: "PNG", reason: "a note in it unpacks to more than 1 MiB")
    }
    return text[...]
  }

  private func international(_ body: ArraySlice<UInt8>) throws(PictureError) {
    guard let zero = body.firstIndex(of: 0), zero + 2 < body.endIndex, body[zero + 1] == 1 else {
      return
    }
    // Language and translated key come before the text, each closed by a zero.
    guard let language = body[(zero + 3)...].firstIndex(of: 0),
      let key = body[(language + 1)...].firstIndex(of: 0)
    else { return }
    _ = try unpacked(body[key...], skipping: 0)
  }

  /// ImageMagick writes EXIF as lines of hexadecimal digits behind a name and a length.
  private mutating func read(_ body: ArraySlice<UInt8>, text: ArraySlice<UInt8>?) {
    let keys = ["Raw profile type exif", "Raw profile type APP1"].map { Array($0.utf8) }
    guard orientation == nil, let text, keys.contains(where: { body.starts(with: $0 + [0]) })
    else { return }
    let lines = text.split(separator: 10)
    guard lines.count > 2 else { return }
    let digits = lines[2...].joined().compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    let exif = stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
    orientation = EXIF.orientation(exif)
  }
}
