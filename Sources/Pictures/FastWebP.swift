internal import CVips

/// A still WebP without a colour profile.
///
/// - Source: RFC 9649, *WebP Image Format*, section 2.
struct FastWebP: FastDecoder {
  let header: PictureHeader
  private let bytes: [UInt8]

  init?(_ bytes: [UInt8]) {
    guard let size = bytes.littleEndian(at: 4, size: 4), size <= bytes.count - 8,
      let first = Self.chunk(bytes, at: 12)
    else { return nil }
    var turn = EXIF.Turn.none
    if bytes.has("VP8X", at: 12) {
      let (animation, exif, profile) = (0x02, 0x08, 0x20)
      guard first.count >= 10 else { return nil }
      let flags = Int(bytes[first.lowerBound])
      guard flags & (animation | profile) == 0 else { return nil }
      if flags & exif != 0 { turn = Self.turn(bytes, from: first, end: size + 8) }
    }
    var (width, height, hasAlpha) = (Int32(0), Int32(0), Int32(0))
    guard turn != .unclear,
      fast_webp_header(bytes, bytes.count, &width, &height, &hasAlpha) == FAST_DONE
    else { return nil }
    header = PictureHeader(
      format: .webp, width: Int(width), height: Int(height), orientation: turn.orientation,
      bands: hasAlpha == 0 ? 3 : 4, bits: 8)
    self.bytes = bytes
  }

  /// The body of the chunk whose name begins at `position`.
  private static func chunk(_ bytes: [UInt8], at position: Int) -> Range<Int>? {
    guard let length = bytes.littleEndian(at: position + 4, size: 4),
      length <= bytes.count - position - 8
    else { return nil }
    return position + 8..<position + 8 + length
  }

  private static func turn(_ bytes: [UInt8], from first: Range<Int>, end: Int) -> EXIF.Turn {
    var body = first
    while true {
      let position = body.upperBound + body.count % 2
      guard position < end, let next = chunk(bytes, at: position) else { return .unclear }
      if bytes.has("EXIF", at: position) {
        let start = bytes.has("Exif\0\0", at: next.lowerBound) ? 6 : 0
        return EXIF.turn(Array(bytes[next]), at: start)
      }
      body = next
    }
  }

  func picture() throws(PictureError) -> Picture? {
    let (width, height) = (Int32(header.storedWidth), Int32(header.storedHeight))
    return try picture { to in fast_webp(bytes, bytes.count, width, height, to) }
  }
}
