/// The one tag of EXIF data that changes how a picture is seen.
///
/// EXIF data is a TIFF file without pixels, so this reads TIFF too.
enum EXIF {
  /// What EXIF data says of the turn.
  enum Turn: Equatable {
    case none
    /// 1 to 8.
    case orientation(Int)
    /// Damaged, or not as the standard has it; readers differ in what they make of it.
    case unclear
  }

  /// Whether this is a TIFF with 64-bit offsets, which EXIF data never is.
  static func isBig(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x49, 0x49, 0x2b]) || bytes.starts(with: [0x4d, 0x4d, 0, 0x2b])
  }

  /// - Returns: 1 to 8, or nil where there is no such tag or a wrong one.
  static func orientation(_ bytes: [UInt8]) -> Int? {
    var found: Int?
    _ = turn(bytes, at: bytes.has("Exif\0\0", at: 0) ? 6 : 0) { found = found ?? $0 }
    return found.flatMap { (1...8).contains($0) ? $0 : nil }
  }

  /// What the EXIF data that begins at `start`, with its byte order, says of the turn.
  ///
  /// - Parameter each: Called with the value of each tag for the turn, whatever its type.
  static func turn(
    _ bytes: [UInt8], at start: Int, each: (Int) -> Void = { _ in }
  ) -> Turn {
    let isLittle = bytes.has("II", at: start)
    guard isLittle || bytes.has("MM", at: start) else { return .unclear }
    func number(_ offset: Int, _ size: Int) -> Int? {
      isLittle
        ? bytes.littleEndian(at: start + offset, size: size)
        : bytes.bigEndian(at: start + offset, size: size)
    }
    guard number(2, 2) == 42, let first = number(4, 4), let count = number(first, 2) else {
      return .unclear
    }
    var turn = Turn.none
    for entry in 0..<count {
      let place = first + 2 + entry * 12
      guard let tag = number(place, 2), let value = number(place + 8, 2) else { return .unclear }
      guard tag == 0x112 else { continue }
      each(value)
      // One short number, as the standard has it.
      let isStandard = number(place + 2, 2) == 3 && number(place + 4, 4) == 1
      turn = isStandard && (1...8).contains(value) && turn == .none ? .orientation(value) : .unclear
    }
    return turn
  }
}
