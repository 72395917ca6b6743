/// Names and paths of files as text, whatever their bytes.
///
/// To the system a name is bytes, and old folders hold names in Latin-1 or Shift-JIS. A byte that is
/// no part of well-formed UTF-8 stands in the text as a scalar of the private use area, 0x80 as
/// U+EF80 to 0xFF as U+EFFF, so that such a name goes through JSON, SQLite and HTTP like any other
/// and comes back to its bytes. A name that has these scalars itself has their bytes written so too.
///
/// - Source: MirBSD's OPTU-8, which maps the same bytes to the same scalars.
extension String {
  /// The text of a name.
  package init(fileName bytes: [UInt8]) {
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: { $0.standsForByte })
    {
      self = text
      return
    }
    var scalars = String.UnicodeScalarView()
    var place = 0
    while place < bytes.count {
      if let scalar = wellFormedScalar(bytes[place...]), !scalar.standsForByte {
        scalars.append(scalar)
        place += UTF8.width(scalar)
      } else {
        scalars.append(Unicode.Scalar(UInt16(bytes[place]) + 0xEF00) ?? "\u{FFFD}")
        place += 1
      }
    }
    self.init(scalars)
  }

  /// The bytes of the name or path that the text stands for.
  package var fileNameBytes: [UInt8] {
    // The first byte of every scalar that stands for a byte.
    guard utf8.contains(0xEE) else { return Array(utf8) }
    return unicodeScalars.flatMap { scalar in
      scalar.standsForByte
        ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
    }
  }

  /// Calls `body` with the path as the system's functions take it.
  package func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    guard utf8.contains(0xEE) else { return withCString(body) }
    let bytes = fileNameBytes.map { CChar(bitPattern: $0) } + [0]
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map(body) ?? "".withCString(body)
    }
  }

  /// What follows the last slash. To Foundation a slash and a mark behind it are one character.
  package var lastPathPart: String {
    utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[utf8.index(after: $0)...]) } ?? self
  }

  /// The path of the folder around; empty if there is no slash, “/” of what lies at the root.
  package var parentPath: String {
    guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  /// The part of a file's name after its last full stop, in small letters; empty if there is none.
  package var fileSuffix: String {
    lastFullStop.map { String(self[utf8.index(after: $0)...]).lowercased() } ?? ""
  }

  /// The path without ``fileSuffix`` and its full stop.
  package var withoutFileSuffix: String {
    lastFullStop.map { String(self[..<$0]) } ?? self
  }

  /// The last full stop of the path's last part, unless that begins with it.
  private var lastFullStop: Index? {
    let slash = utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = utf8[(slash.map { utf8.index(after: $0) } ?? startIndex)...]
    return name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > name.startIndex ? $0 : nil }
  }

  /// The text on one line, as it can be shown on a terminal: what would move the cursor or turn the
  /// direction of writing is written as Swift writes it, a byte that is no text as `\xE9`.
  package var printable: String {
    guard unicodeScalars.contains(where: { $0.isUnprintable || $0.standsForByte }) else {
      return self
    }
    var shown = ""
    for scalar in unicodeScalars {
      if scalar.standsForByte {
        shown += "\\x" + String(scalar.value & 0xFF, radix: 16, uppercase: true)
      } else if scalar.isUnprintable {
        switch scalar {
        case "\n": shown += "\\n"
        case "\r": shown += "\\r"
        case "\t": shown += "\\t"
        default: shown += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        }
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}

extension Unicode.Scalar {
  fileprivate var standsForByte: Bool { (0xEF80...0xEFFF).contains(value) }

  /// Whether it is a control character, ends a line, or sets the direction of writing.
  fileprivate var isUnprintable: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

/// The scalar that `bytes` begin with, `nil` if they are ill-formed.
private func wellFormedScalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
  for length in 1...4 where length <= bytes.count {
    if let text = String(validating: bytes.prefix(length), as: UTF8.self) {
      return text.unicodeScalars.first
    }
  }
  return nil
}
