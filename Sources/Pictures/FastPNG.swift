internal import CVips

/// A whole PNG of up to 8 bits a channel, not interlaced.
///
/// - Source: W3C, *Portable Network Graphics*, third edition.
struct FastPNG: FastDecoder {
  let header: PictureHeader
  private let bytes: [UInt8]
  private let bits: Int
  private let channels: Int
  /// The colours of indices or greys, already on white.
  private let palette: [UInt8]
  /// The one colour that is transparent.
  private let key: [UInt8]?
  private let packed: [Range<Int>]

  /// The most bytes of unfiltered rows; larger pictures are better read row by row.
  private static let limit = 64 << 20

  init?(_ bytes: [UInt8]) {
    var parts = Parts()
    for chunk in PNGChunks(bytes) {
      let stored = bytes.bigEndian(at: chunk.body.upperBound, size: 4)
      guard stored == Int(Self.checksum(bytes, chunk.body.lowerBound - 4..<chunk.body.upperBound)),
        parts.take(chunk, of: bytes)
      else { return nil }
      if parts.isWhole { break }
    }
    guard parts.isWhole, let made = parts.colours(of: bytes), parts.size.width > 0,
      parts.size.height > 0
    else { return nil }
    (palette, key) = (made.palette, made.key)
    (bits, packed) = (parts.bits, parts.packed)
    channels = parts.kind == 3 ? 1 : made.channels
    let line = (parts.size.width * bits * channels + 7) / 8 + 1
    guard line * parts.size.height <= Self.limit else { return nil }
    let hasAlpha = parts.transparency != nil
    header = PictureHeader(
      format: .png, width: parts.size.width, height: parts.size.height,
      bands: made.channels + (hasAlpha ? 1 : 0), bits: 8)
    self.bytes = bytes
  }

  private static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    bytes[range].withUnsafeBufferPointer { fast_crc($0.baseAddress, $0.count) }
  }

  /// What the chunks say, one after the other.
  private struct Parts {
    var size = (width: 0, height: 0)
    var bits = 0
    /// 0 grey, 2 colour, 3 indices, 4 grey and alpha, 6 colour and alpha.
    var kind = -1
    var colours: Range<Int>?
    var transparency: Range<Int>?
    var packed: [Range<Int>] = []
    var isWhole = false
    private var isPastPixels = false

    /// False where the chunk is unusual.
    mutating func take(_ chunk: PNGChunks.Chunk, of bytes: [UInt8]) -> Bool {
      if chunk.isOf("IHDR") { return kind < 0 && takeHeader(bytes, at: chunk.body) }
      guard kind >= 0 else { return false }
      if chunk.isOf("IDAT") {
        guard !isPastPixels else { return false }
        packed.append(chunk.body)
        return true
      }
      isPastPixels = !packed.isEmpty
      if chunk.isOf("IEND") {
        isWhole = isPastPixels
        return isWhole
      }
      if chunk.isOf("PLTE") {
        // In a picture of another kind it is a suggestion for screens with few colours.
        guard kind == 3, colours == nil, !isPastPixels else { return false }
        colours = chunk.body
      } else if chunk.isOf("tRNS") {
        guard transparency == nil, !isPastPixels, kind == 3 ? colours != nil : true else {
          return false
        }
        transparency = chunk.body
      } else {
        return !chunk.isCritical && !chunk.isOf("acTL")
      }
      return true
    }

    private mutating func takeHeader(_ bytes: [UInt8], at body: Range<Int>) -> Bool {
      guard body.count == 13, let width = bytes.bigEndian(at: body.lowerBound, size: 4),
        let height = bytes.bigEndian(at: body.lowerBound + 4, size: 4),
        width <= 1 << 24, height <= 1 << 24
      else { return false }
      let rest = Array(bytes[body.lowerBound + 8..<body.upperBound])
      size = (width, height)
      bits = Int(rest[0])
      kind = Int(rest[1])
      let allowed = kind == 0 || kind == 3 ? [1, 2, 4, 8] : [8]
      return [0, 2, 3, 4, 6].contains(kind) && allowed.contains(bits) && rest[2...] == [0, 0, 0]
    }

    /// The palette on white, or the colour that is transparent, and how many channels a pixel has.
    func colours(of bytes: [UInt8]) -> (palette: [UInt8], key: [UInt8]?, channels: Int)? {
      let alphas = transparency.map { Array(bytes[$0]) }
      switch kind {
      case 3:
        guard let range = colours, range.count % 3 == 0, (1...(1 << bits)).contains(range.count / 3)
        else { return nil }
        let count = range.count / 3
        guard let alphas else { return (Array(bytes[range]), nil, 3) }
        guard !alphas.isEmpty, alphas.count <= count else { return nil }
        var pixels: [UInt8] = []
        for index in 0..<count {
          let start = range.lowerBound + index * 3
          pixels += bytes[start..<start + 3]
          pixels.append(index < alphas.count ? alphas[index] : 255)
        }
        return (onWhite(pixels), nil, 3)
      case 0:
        let largest = (1 << bits) - 1
        var greys = (0...largest).flatMap { grey in
          [UInt8](repeating: UInt8(grey * 255 / largest), count: 3)
        }
        if let alphas {
          guard alphas.count == 2, alphas[0] == 0, Int(alphas[1]) <= largest else { return nil }
          for channel in 0..<3 { greys[Int(alphas[1]) * 3 + channel] = 255 }
        }
        return (greys, nil, 1)
      case 2:
        guard let alphas else { return ([], nil, 3) }
        guard alphas.count == 6, alphas[0] == 0, alphas[2] == 0, alphas[4] == 0 else { return nil }
        return ([], [alphas[1], alphas[3], alphas[5]], 3)
      default:
        return transparency == nil ? ([], nil, kind == 4 ? 2 : 4) : nil
      }
    }

    private func onWhite(_ pixels: [UInt8]) -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: pixels.count / 4 * 3) { to, count in
        if let to = to.baseAddress { fast_on_white(pixels, pixels.count / 4, 4, to) }
        count = pixels.count / 4 * 3
      }
    }
  }

  func picture() throws(PictureError) -> Picture? {
    var about = fast_png_header()
    (about.width, about.height) = (Int32(header.storedWidth), Int32(header.storedHeight))
    (about.bits, about.channels) = (Int32(bits), Int32(channels))
    about.colours = Int32(palette.count / 3)
    if let key {
      about.has_key = 1
      about.key = (key[0], key[1], key[2])
    }
    // Most files have one chunk of pixels, which needs no copy.
    let source = packed.count == 1 ? bytes[packed[0]] : ArraySlice(packed.flatMap { bytes[$0] })
    return try picture { to in
      source.withUnsafeBufferPointer { source in
        palette.withUnsafeBufferPointer { palette in
          about.palette = palette.baseAddress
          return fast_png(source.baseAddress, source.count, &about, to)
        }
      }
    }
  }
}
