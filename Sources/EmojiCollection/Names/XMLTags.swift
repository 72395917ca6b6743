/// The tags of an XML file one after the other, and the text behind one.
///
/// Enough for data files such as CLDR's, and quick: no tree, no namespaces, no external
/// entities, and nothing of the document type declaration is looked at.
struct XMLTags {
  struct Tag: Equatable {
    let name: String
    let attributes: [String: String]
    let isEnd: Bool
  }

  struct Fault: Error {
    let reason: String
  }

  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next start or end tag, `nil` after the last; an empty element gives its start only.
  mutating func next() throws(Fault) -> Tag? {
    while let open = find(UInt8(ascii: "<"), from: place) {
      place = open + 1
      if starts("!--") {
        try skip(past: "-->")
      } else if starts("?") {
        try skip(past: "?>")
      } else if starts("!") {
        try skip(past: ">")
      } else {
        return try tag()
      }
    }
    return nil
  }

  /// The text from the tag just read to the next one.
  mutating func text() throws(Fault) -> String {
    let end = find(UInt8(ascii: "<"), from: place) ?? bytes.count
    defer { place = end }
    return try decoded(bytes[place..<end])
  }

  private mutating func tag() throws(Fault) -> Tag {
    let isEnd = starts("/")
    if isEnd { place += 1 }
    let name = word()
    var attributes: [String: String] = [:]
    while true {
      skipBlanks()
      guard place < bytes.count else { throw fault("a tag without an end") }
      if bytes[place] == UInt8(ascii: ">") {
        place += 1
        return Tag(name: name, attributes: attributes, isEnd: isEnd)
      }
      if bytes[place] == UInt8(ascii: "/") {
        place += 1
        continue
      }
      let attribute = word()
      skipBlanks()
      guard !attribute.isEmpty, starts("=") else { throw fault("a wrong attribute") }
      place += 1
      skipBlanks()
      guard starts("\"") || starts("'"), let end = find(bytes[place], from: place + 1) else {
        throw fault("an attribute without a value")
      }
      attributes[attribute] = try decoded(bytes[(place + 1)..<end])
      place = end + 1
    }
  }

  private mutating func word() -> String {
    let start = place
    while place < bytes.count, !Self.endsWord(bytes[place]) { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "="),
      UInt8(ascii: "\""), UInt8(ascii: "'"):
      true
    default: false
    }
  }

  private mutating func skipBlanks() {
    while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
  }

  private func starts(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[place...].starts(with: $0) }
  }

  private mutating func skip(past text: StaticString) throws(Fault) {
    while place < bytes.count {
      if starts(text) {
        place += text.utf8CodeUnitCount
        return
      }
      place += 1
    }
    throw fault("something without an end")
  }

  private func find(_ byte: UInt8, from start: Int) -> Int? {
    bytes[min(start, bytes.count)...].firstIndex(of: byte)
  }

  private func fault(_ reason: String) -> Fault { Fault(reason: "\(reason) at byte \(place)") }

  private func decoded(_ slice: ArraySlice<UInt8>) throws(Fault) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else { throw fault("not UTF-8") }
    guard slice.contains(UInt8(ascii: "&")) else { return text }
    var decoded = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "&") {
      decoded += rest[..<mark]
      guard let end = rest[mark...].firstIndex(of: ";"),
        let scalar = Self.entity(rest[rest.index(after: mark)..<end])
      else { throw fault("an unknown entity") }
      decoded.unicodeScalars.append(scalar)
      rest = rest[rest.index(after: end)...]
    }
    return decoded + rest
  }

  private static func entity(_ name: Substring) -> Unicode.Scalar? {
    switch name {
    case "amp": "&"
    case "lt": "<"
    case "gt": ">"
    case "quot": "\""
    case "apos": "'"
    case _ where name.hasPrefix("#x"):
      UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    case _ where name.hasPrefix("#"):
      UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
    default: nil
    }
  }
}
