internal import CVips

/// A BMP file: Windows' and OS/2's bitmaps of 1 to 32 bits, plain, run-length coded or masked.
///
/// Read here and not by libvips, which hands BMP to ImageMagick.
///
/// - Source: Microsoft, *Bitmap Storage*; RLE as in *Bitmap Compression*.
/// - Differs: fewer rows than the header says are an error, as with Pillow; a run past the edge
///   of its row is one too. Pixels that a run-length file skips are of the palette's first colour.
struct Bitmap {
  let width: Int
  let height: Int
  let bits: Int
  /// Whether the fourth channel is meant as alpha.
  var hasAlpha: Bool { masks.alpha.bits != 0 }

  private let isTopDown: Bool
  private let compression: Compression
  /// 256 colours of three bytes; those that the file has not are black.
  private let palette: [UInt8]
  private let masks: (red: Mask, green: Mask, blue: Mask, alpha: Mask)
  private let start: Int
  private let bytes: [UInt8]

  private enum Compression { case none, rle8, rle4 }

  /// The bits of a pixel that hold one channel.
  private struct Mask {
    let bits: UInt32

    /// The channel's share of its largest value, as 0 to 255.
    func value(of pixel: UInt32) -> UInt8 {
      guard bits != 0 else { return 0 }
      let shift = UInt32(bits.trailingZeroBitCount)
      let largest = UInt64(bits >> shift)
      return UInt8((UInt64((pixel & bits) >> shift) * 255 + largest / 2) / largest)
    }

    /// Which byte of a pixel it is, where it is a whole one.
    var byte: UInt8? {
      (0..<4).first { bits == 0xff << (8 * UInt32($0)) }
    }
  }

  static func hasPlausibleHeader(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 26 else { return false }
    var reader = ByteReader(bytes, at: 14)
    return [12, 16, 40, 52, 56, 64, 108, 124].contains(reader.long() ?? 0)
  }

  init(header bytes: [UInt8]) throws(PictureError) {
    func broken(_ reason: String) -> PictureError { .broken(format: "BMP", reason: reason) }
    let cut = broken("its header is cut short")
    var reader = ByteReader(bytes, at: 10)
    guard let start = reader.long(), let headerSize = reader.long() else { throw cut }
    let isCore = headerSize == 12
    guard let storedWidth = isCore ? reader.short() : reader.long(),
      let storedHeight = isCore ? reader.short() : reader.long(),
      let planes = reader.short(), let bits = reader.short()
    else { throw cut }
    var method = 0
    var colours = 0
    if headerSize >= 40 {
      reader.position = 30
      guard let stored = reader.long() else { throw cut }
      method = stored
      reader.position = 46
      guard let used = reader.long() else { throw cut }
      colours = used
    }
    guard storedWidth > 0, storedHeight != 0 else {
      throw broken("it claims \(storedWidth)×\(abs(storedHeight)) pixels")
    }
    guard planes == 1, [1, 2, 4, 8, 16, 24, 32].contains(bits) else {
      throw broken("\(bits) bits a pixel in \(planes) planes are not a bitmap")
    }
    width = storedWidth
    height = abs(storedHeight)
    isTopDown = storedHeight < 0
    self.bits = bits
    self.bytes = bytes
    guard start >= 14 + headerSize, start <= bytes.count else {
      throw broken("its pixels begin outside the file")
    }
    self.start = start

    switch (method, bits) {
    case (0, _), (3, 16), (3, 32), (6, 16), (6, 32): compression = .none
    case (1, 8): compression = .rle8
    case (2, 4): compression = .rle4
    default: throw broken("compression \(method) with \(bits) bits is not read")
    }

    var masks =
      bits == 16
      ? [0x7c00, 0x3e0, 0x1f, 0] as [UInt32] : [0xff_0000, 0xff00, 0xff, 0]
    if method == 3 || method == 6 {
      reader.position = 54
      for channel in 0..<(headerSize >= 56 || method == 6 ? 4 : 3) {
        guard let mask = reader.long() else { throw cut }
        masks[channel] = UInt32(truncatingIfNeeded: mask)
      }
    }
    self.masks = (
      Mask(bits: masks[0]), Mask(bits: masks[1]), Mask(bits: masks[2]), Mask(bits: masks[3])
    )

    var palette: [UInt8] = []
    if bits <= 8 {
      let entry = isCore ? 3 : 4
      reader.position = 14 + headerSize
      let most = colours > 0 ? min(colours, 1 << bits) : 1 << bits
      while palette.count < most * 3, reader.position + entry <= start,
        let blue = reader.byte(), let green = reader.byte(), let red = reader.byte()
      {
        palette += [red, green, blue]
        reader.position += entry - 3
      }
      guard !palette.isEmpty else { throw broken("it has no palette") }
    }
    self.palette = palette + [UInt8](repeating: 0, count: 768 - palette.count)
  }

  /// The picture, top row first, on white where it has alpha.
  func picture() throws(PictureError) -> Picture {
    switch compression {
    case .none: bits <= 8 ? try indexed(unpacked()) : try direct()
    case .rle8, .rle4: indexed(try runs())
    }
  }

  private static let cut = PictureError.broken(format: "BMP", reason: "it ends in its pixels")

  private func row(_ y: Int) -> Int { isTopDown ? y : height - 1 - y }

  /// Bytes of a stored row: a multiple of four.
  private var lineSize: Int { (width * bits + 31) / 32 * 4 }

  private func direct() throws(PictureError) -> Picture {
    // The last row's padding may be missing.
    let size = bits / 8
    guard bytes.count - start >= lineSize * (height - 1) + width * size else { throw Self.cut }
    var isOpaque = true
    if hasAlpha {
      // Some writers leave alpha at zero throughout and mean an opaque picture.
      isOpaque = !(0..<height).contains { y in
        (0..<width).contains { x in masks.alpha.value(of: pixel(x, y, size)) != 0 }
      }
    }
    if isOpaque, let red = masks.red.byte, let green = masks.green.byte, let blue = masks.blue.byte
    {
      return reordered([red, green, blue], size: size)
    }
    return Picture(width: width, height: height) { to in
      for y in 0..<height {
        var target = to + row(y) * width * 3
        for x in 0..<width {
          let pixel = pixel(x, y, size)
          let alpha = isOpaque ? 255 : UInt32(masks.alpha.value(of: pixel))
          func onWhite(_ mask: Mask) -> UInt8 {
            UInt8((UInt32(mask.value(of: pixel)) * alpha + 255 * (255 - alpha) + 127) / 255)
          }
          target[0] = onWhite(masks.red)
          target[1] = onWhite(masks.green)
          target[2] = onWhite(masks.blue)
          target += 3
        }
      }
    }
  }

  /// Pixels whose channels are whole bytes, in any order.
  private func reordered(_ order: [UInt8], size: Int) -> Picture {
    Picture(width: width, height: height) { to in
      bytes.withUnsafeBufferPointer { from in
        guard let from = from.baseAddress else { return }
        for y in 0..<height {
          fast_reorder(
            from + start + y * lineSize, width, Int32(size), order, to + row(y) * width * 3)
        }
      }
    }
  }

  private func pixel(_ x: Int, _ y: Int, _ size: Int) -> UInt32 {
    let at = start + y * lineSize + x * size
    return (0..<size).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
  }

  private func unpacked() throws(PictureError) -> [UInt8] {
    guard bytes.count - start >= lineSize * (height - 1) + (width * bits + 7) / 8 else {
      throw Self.cut
    }
    var indices = [UInt8](repeating: 0, count: width * height)
    let mask = UInt8(truncatingIfNeeded: (1 << bits) - 1)
    for y in 0..<height {
      let target = row(y) * width
      if bits == 8 {
        let from = start + y * lineSize
        indices.replaceSubrange(target..<target + width, with: bytes[from..<from + width])
        continue
      }
      for x in 0..<width {
        let bit = x * bits
        let byte = bytes[start + y * lineSize + bit / 8]
        indices[target + x] = byte >> UInt8(8 - bits - bit % 8) & mask
      }
    }
    return indices
  }

  private func runs() throws(PictureError) -> [UInt8] {
    var indices = [UInt8](repeating: 0, count: width * height)
    var reader = ByteReader(bytes, at: start)
    var (x, y) = (0, 0)
    func put(_ index: UInt8) throws(PictureError) {
      guard x < width, y < height else {
        throw .broken(format: "BMP", reason: "a run goes past the edge")
      }
      indices[row(y) * width + x] = index
      x += 1
    }
    while y < height {
      guard let count = reader.byte(), let value = reader.byte() else { throw Self.cut }
      if count > 0 {
        for k in 0..<count {
          try put(compression == .rle8 ? value : k % 2 == 0 ? value >> 4 : value & 15)
        }
        continue
      }
      switch value {
      case 0:
        x = 0
        y += 1
      case 1:
        return indices
      case 2:
        guard let right = reader.byte(), let down = reader.byte() else { throw Self.cut }
        x += Int(right)
        y += Int(down)
        guard x <= width, y < height else {
          throw .broken(format: "BMP", reason: "a jump goes past the edge")
        }
      default:
        var pair: UInt8 = 0
        for k in 0..<value {
          if compression == .rle8 || k % 2 == 0 {
            guard let next = reader.byte() else { throw Self.cut }
            pair = next
          }
          try put(compression == .rle8 ? pair : k % 2 == 0 ? pair >> 4 : pair & 15)
        }
        let used = compression == .rle8 ? Int(value) : (Int(value) + 1) / 2
        reader.position += used % 2
      }
    }
    return indices
  }

  private func indexed(_ indices: [UInt8]) -> Picture {
    Picture(width: width, height: height) { to in
      _ = fast_colours(indices, indices.count, palette, 256, to)
    }
  }
}
