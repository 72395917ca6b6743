/// The one tag of EXIF data that changes how a picture is seen.
///
/// EXIF data is a TIFF file without pixels, so this reads TIFF too.
enum EXIF {
  /// Whether this is a TIFF with 64-bit offsets, which EXIF data never is.
  static func isBig(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x49, 0x49, 0x2b]) || bytes.starts(with: [0x4d, 0x4d, 0, 0x2b])
  }

  /// - Returns: 1 to 8, or nil where there is no such tag or a wrong one.
  static func orientation(_ bytes: [UInt8]) -> Int? {
    let head = Array("Exif\0\0".utf8)
    let start = bytes.starts(with: head) ? head.count : 0
    guard bytes.count >= start + 8 else { return nil }
    let isLittle = bytes[start] == 0x49
    func number(_ offset: Int, _ size: Int) -> Int? {
      guard offset >= 0, start + offset + size <= bytes.count else { return nil }
      let part = bytes[start + offset..<start + offset + size]
      return isLittle
        ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(2, 2) == 42, let first = number(4, 4), let count = number(first, 2) else {
      return nil
    }
    for entry in 0..<count where number(first + 2 + entry * 12, 2) == 0x112 {
      guard let value = number(first + 2 + entry * 12 + 8, 2), (1...8).contains(value) else {
        return nil
      }
      return value
    }
    return nil
  }
}
