/// A portable bitmap, greymap or pixmap: PBM, PGM or PPM, as text or binary.
///
/// - Source: Netpbm's *ppm*, *pgm* and *pbm* format pages.
struct Pixmap {
  let width: Int
  let height: Int
  /// 1 for grey, 3 for colour.
  let bands: Int
  /// The value of white; 1 in a bitmap, where it is black.
  let largest: Int

  private let kind: UInt8
  private let start: Int
  private let bytes: [UInt8]

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  init(header bytes: [UInt8]) throws(PictureError) {
    func broken(_ reason: String) -> PictureError { .broken(format: "PNM", reason: reason) }
    guard bytes.count > 2 else { throw broken("its header is cut short") }
    kind = bytes[1] - 0x30
    var reader = ByteReader(bytes, at: 2)
    func number(_ name: String) throws(PictureError) -> Int {
      guard let value = Self.number(&reader) else { throw broken("its \(name) is not a number") }
      return value
    }
    width = try number("width")
    height = try number("height")
    largest = kind == 1 || kind == 4 ? 1 : try number("largest value")
    guard width > 0, height > 0 else { throw broken("it claims \(width)×\(height) pixels") }
    guard (1...65_535).contains(largest) else {
      throw broken("its largest value is \(largest)")
    }
    bands = kind == 3 || kind == 6 ? 3 : 1
    // One blank ends the header of a binary file.
    start = reader.position + 1
    self.bytes = bytes
  }

  /// The next decimal number after blanks and comments; the reader stops behind its last digit.
  private static func number(_ reader: inout ByteReader) -> Int? {
    while let byte = reader.byte() {
      if byte == 0x23 {
        while let byte = reader.byte(), byte != 10, byte != 13 {}
      } else if !isSpace(byte) {
        reader.position -= 1
        break
      }
    }
    var value: Int?
    while let byte = reader.byte() {
      guard (0x30...0x39).contains(byte), value ?? 0 < 1 << 31 else {
        reader.position -= 1
        break
      }
      value = (value ?? 0) * 10 + Int(byte - 0x30)
    }
    return value
  }

  func picture() throws(PictureError) -> Picture {
    let values = try samples()
    return Picture(width: width, height: height) { to in
      for pixel in 0..<width * height {
        for channel in 0..<3 {
          to[pixel * 3 + channel] = values[bands == 3 ? pixel * 3 + channel : pixel]
        }
      }
    }
  }

  private func samples() throws(PictureError) -> [UInt8] {
    let cut = PictureError.broken(format: "PNM", reason: "it ends in its pixels")
    let count = width * height * bands
    // Each sample takes at least a bit of the file, so no header can ask for much memory.
    let least = kind == 4 ? (width + 7) / 8 * height : kind < 4 ? count : count * size
    guard bytes.count - start >= least - 1 else { throw cut }
    var values = [UInt8](repeating: 0, count: count)
    if kind == 4 {
      guard bytes.count - start >= least else { throw cut }
      for y in 0..<height {
        for x in 0..<width {
          let byte = bytes[start + y * ((width + 7) / 8) + x / 8]
          values[y * width + x] = byte >> UInt8(7 - x % 8) & 1 == 1 ? 0 : 255
        }
      }
      return values
    }
    var reader = ByteReader(bytes, at: kind < 4 ? start - 1 : start)
    for index in 0..<count {
      guard let value = try sample(&reader) else { throw cut }
      values[index] = value
    }
    return values
  }

  private var size: Int { largest > 255 ? 2 : 1 }

  private func sample(_ reader: inout ByteReader) throws(PictureError) -> UInt8? {
    let value: Int
    switch kind {
    case 1:
      // The digits of a text bitmap need no blanks between them.
      while let byte = reader.byte() {
        if byte == 0x30 || byte == 0x31 { return byte == 0x31 ? 0 : 255 }
        guard Self.isSpace(byte) else { break }
      }
      return nil
    case 2, 3:
      guard let number = Self.number(&reader) else { return nil }
      value = number
    default:
      guard let high = reader.byte() else { return nil }
      guard size == 2 else {
        value = Int(high)
        break
      }
      guard let low = reader.byte() else { return nil }
      value = Int(high) << 8 | Int(low)
    }
    return UInt8((min(value, largest) * 255 + largest / 2) / largest)
  }
}
