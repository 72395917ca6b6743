internal import CVips

/// A whole GIF whose first frame fills it.
///
/// - Source: CompuServe, *Graphics Interchange Format*, version 89a.
struct FastGIF: FastDecoder {
  let header: PictureHeader
  private let bytes: [UInt8]
  private let first: Frame

  private struct Frame {
    let width, height: Int
    let isInterlaced: Bool
    /// Where the colours are in the file.
    let colours: Range<Int>
    let transparent: Int?
    /// The smallest size of a code, and where the sub-blocks begin.
    let bits: Int
    let start: Int
  }

  init?(_ bytes: [UInt8]) {
    guard let width = bytes.littleEndian(at: 6, size: 2), width > 0,
      let height = bytes.littleEndian(at: 8, size: 2), height > 0, bytes.count > 13
    else { return nil }
    let shared = Self.colours(bytes, flags: bytes[10], at: 13)
    var position = shared?.upperBound ?? 13
    var first: Frame?
    var frames = 0
    var transparent: Int?
    var hasAlpha = false
    blocks: while true {
      guard let kind = bytes.bigEndian(at: position, size: 1) else { return nil }
      switch kind {
      case 0x21:
        if bytes.bigEndian(at: position + 1, size: 2) == 0xf904, position + 8 <= bytes.count {
          transparent = bytes[position + 3] & 1 == 1 ? Int(bytes[position + 6]) : nil
          hasAlpha = hasAlpha || transparent != nil
        }
        guard let end = Self.endOfBlocks(bytes, from: position + 2) else { return nil }
        position = end
      case 0x2c:
        guard position + 11 <= bytes.count else { return nil }
        let flags = bytes[position + 9]
        let own = Self.colours(bytes, flags: flags, at: position + 10)
        let start = (own?.upperBound ?? position + 10) + 1
        guard let end = Self.endOfBlocks(bytes, from: start) else { return nil }
        if first == nil {
          guard bytes[position + 1..<position + 5] == [0, 0, 0, 0],
            bytes.littleEndian(at: position + 5, size: 2) == width,
            bytes.littleEndian(at: position + 7, size: 2) == height,
            let colours = own ?? shared
          else { return nil }
          first = Frame(
            width: width, height: height, isInterlaced: flags & 0x40 != 0, colours: colours,
            transparent: transparent, bits: Int(bytes[start - 1]), start: start)
        }
        transparent = nil
        frames += 1
        position = end
      case 0x3b:
        break blocks
      default:
        return nil
      }
    }
    guard let first, first.colours.upperBound <= bytes.count else { return nil }
    self.first = first
    self.bytes = bytes
    header = PictureHeader(
      format: .gif, width: width, height: height, bands: hasAlpha ? 4 : 3, bits: 8, frames: frames)
  }

  /// Where a table of colours is, if flags say that there is one.
  private static func colours(_ bytes: [UInt8], flags: UInt8, at start: Int) -> Range<Int>? {
    flags & 0x80 == 0 ? nil : start..<start + 3 << (Int(flags & 7) + 1)
  }

  /// Behind the empty block that ends a row of sub-blocks.
  private static func endOfBlocks(_ bytes: [UInt8], from start: Int) -> Int? {
    var position = start
    while position < bytes.count {
      let size = Int(bytes[position])
      position += 1 + size
      if size == 0 { return position }
    }
    return nil
  }

  func picture() throws(PictureError) -> Picture? {
    let count = first.width * first.height
    var palette = Array(bytes[first.colours])
    let colours = palette.count / 3
    if let transparent = first.transparent {
      guard transparent < colours else { return nil }
      for channel in 0..<3 { palette[transparent * 3 + channel] = 255 }
    }
    var isWhole = false
    let indices = [UInt8](unsafeUninitializedCapacity: count) { to, made in
      bytes[first.start...].withUnsafeBufferPointer { from in
        let result = fast_gif(
          from.baseAddress, from.count, Int32(first.bits), to.baseAddress, count)
        isWhole = result == FAST_DONE
      }
      made = isWhole ? count : 0
    }
    guard isWhole else { return nil }
    let rows = first.isInterlaced ? interlaced(first.height) : Array(0..<first.height)
    return try picture { to in
      indices.withUnsafeBufferPointer { from in
        guard let from = from.baseAddress else { return FAST_REFUSED }
        for (place, y) in rows.enumerated() {
          let result = fast_colours(
            from + place * first.width, first.width, palette, Int32(colours),
            to + y * first.width * 3)
          guard result == FAST_DONE else { return result }
        }
        return FAST_DONE
      }
    }
  }

  /// The rows in the order of the file: every eighth, those between, and so on.
  private func interlaced(_ height: Int) -> [Int] {
    [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0, to: height, by: $1)) }
  }
}
