import Languages

/// GPT-2's spelling of bytes as printable characters.
///
/// Inside this module pieces stay raw bytes; only tokens that people see are spelled so.
enum ByteLevel {
  /// By byte, the scalar that stands for it.
  static let scalars: [UInt32] = {
    var next: UInt32 = 256
    return (0..<256).map { (byte: UInt32) in
      if (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174 { return byte }
      defer { next += 1 }
      return next
    }
  }()

  private static let bytes: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

  /// How a byte is spelled, in UTF-8.
  static func spelling(_ byte: UInt8) -> [UInt8] {
    var out: [UInt8] = []
    out.append(utf8: scalars[Int(byte)])
    return out
  }

  /// The bytes behind a spelling, or `nil` if it has other characters.
  static func raw(_ spelled: ArraySlice<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    for scalar in UTF8Reading.scalars(Array(spelled)) {
      guard let byte = bytes[scalar] else { return nil }
      out.append(byte)
    }
    return out
  }
}
