/// An encoding with one byte a character, as programs used before Unicode.
struct OldEncoding: Sendable {
  let name: String
  /// Whether bytes without a meaning pass as controls, and byte 0x1A stands for a lost character.
  let isSloppy: Bool
  /// What the bytes from 0x80 on mean.
  let upper: [UInt32]
  private let byScalar: [UInt32: UInt8]

  private init(_ name: String, _ table: String, sloppy: Bool) {
    self.init(name, table.unicodeScalars.map(\.value), sloppy: sloppy)
  }

  private init(_ name: String, _ upper: [UInt32], sloppy: Bool) {
    self.name = name
    isSloppy = sloppy
    self.upper = upper
    byScalar = Dictionary(
      upper.enumerated().map { ($1, UInt8($0 + 0x80)) }, uniquingKeysWith: { first, _ in first })
  }

  /// The encodings that text is tried with, in this order.
  static let all = [
    OldEncoding("latin1", (0x80...0xFF).map { UInt32($0) }, sloppy: false),
    OldEncoding("windows1252", EncodingTables.windows1252, sloppy: true),
    OldEncoding("windows1251", EncodingTables.windows1251, sloppy: true),
    OldEncoding("windows1250", EncodingTables.windows1250, sloppy: true),
    OldEncoding("windows1253", EncodingTables.windows1253, sloppy: true),
    OldEncoding("windows1254", EncodingTables.windows1254, sloppy: true),
    OldEncoding("windows1257", EncodingTables.windows1257, sloppy: true),
    OldEncoding("latin2", EncodingTables.latin2, sloppy: false),
    OldEncoding("macRoman", EncodingTables.macRoman, sloppy: false),
    OldEncoding("codePage437", EncodingTables.codePage437, sloppy: false),
  ]

  /// The bytes that this encoding would have shown as the text, or nil if it cannot show it.
  func bytes(_ text: [PlacedScalar]) -> [PlacedScalar]? {
    var out = text
    for (place, item) in text.enumerated() {
      if item.scalar < 0x80, item.scalar != 0x1A || !isSloppy { continue }
      if isSloppy, item.scalar == 0xFFFD {
        out[place].scalar = 0x1A
      } else if item.scalar >= 0x80, let byte = byScalar[item.scalar] {
        out[place].scalar = UInt32(byte)
      } else {
        return nil
      }
    }
    return out
  }

  /// What a character may be of UTF-8 that was read with one of these tables.
  struct Role: OptionSet {
    let rawValue: UInt8
    static let leadsTwo = Role(rawValue: 1)
    static let leadsThree = Role(rawValue: 2)
    static let leadsFour = Role(rawValue: 4)
    static let continuation = Role(rawValue: 8)
    /// A continuation that seldom stands for itself beside damage, as quotes and dashes do.
    static let strictContinuation = Role(rawValue: 16)
  }

  static func role(_ scalar: UInt32) -> Role { roles[scalar] ?? [] }

  private static let roles: [UInt32: Role] = {
    var roles: [UInt32: Role] = [0x20: .continuation]
    // The tables of Macintosh and DOS put marks where the others have letters.
    for encoding in all where !["macRoman", "codePage437"].contains(encoding.name) {
      for (place, scalar) in encoding.upper.enumerated() {
        var role = roles[scalar] ?? []
        switch place + 0x80 {
        case 0x80...0xBF:
          role.insert(.continuation)
          if !"–—―‘’‚“”„•…".unicodeScalars.contains(where: { $0.value == scalar }) {
            role.insert(.strictContinuation)
          }
        case 0xC2...0xDF: role.insert(.leadsTwo)
        case 0xE0...0xEF: role.insert(.leadsThree)
        case 0xF0, 0xF3: role.insert(.leadsFour)
        default: break
        }
        roles[scalar] = role
      }
    }
    return roles
  }()
}
