/// A JSON value, read by hand since captions come by the hundred thousand.
///
/// It keeps the order of members, says at which byte a text is wrong, and reads Python's `NaN`.
/// Measured on 249,369 captions (9.7 MB): opening the corpus takes as long in all, 0.42 s, as
/// Foundation's `JSONDecoder` takes for the JSON alone.
enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// The members in their order; of a repeated name the last counts.
  case object([(name: String, value: JSONValue)])

  static func == (a: JSONValue, b: JSONValue) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.elementsEqual(b) { $0.name.utf8.elementsEqual($1.name.utf8) && $0.value == $1.value }
    default: false
    }
  }

  /// The value of the first of `names` that an object has.
  subscript(names: String...) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    for name in names {
      if let member = members.last(where: { $0.name == name }), member.value != .null {
        return member.value
      }
    }
    return nil
  }

  /// The value of the first of `names` that an object has; capitals do not matter.
  func member(_ names: [String]) -> JSONValue? {
    guard let members = members?.filter({ $0.value != .null }) else { return nil }
    return TableColumns.place(of: names, in: members.map(\.name)).map { members[$0].value }
  }

  /// The text of a string, or the digits of a number.
  var text: String? {
    switch self {
    case .string(let text): text
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    default: nil
    }
  }

  /// The elements of a list.
  var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// A member of an object; the tuples of the case itself send the compiler in circles elsewhere.
  struct Member {
    let name: String
    let value: JSONValue
  }

  /// The members of an object.
  var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members.map { Member(name: $0.name, value: $0.value) }
  }

  /// What kind of value this is, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  struct Fault: Error {
    let reason: String
  }

  /// Reads one JSON text.
  ///
  /// - Parameters:
  ///   - bytes: Valid UTF-8.
  ///   - skipped: A member of the outermost object whose value is passed over, and becomes null.
  /// - Throws: ``Fault`` for what is no JSON; what is skipped is only looked at roughly.
  init(_ bytes: [UInt8], skipping skipped: String? = nil) throws(Fault) {
    var parser = JSONParser(bytes: bytes, skipped: skipped)
    self = try parser.document()
  }

}

/// Reads one JSON text of valid UTF-8.
private struct JSONParser {
  let bytes: [UInt8]
  let skipped: String?
  var place = 0

  private static let deepest = 100

  init(bytes: [UInt8], skipped: String?) {
    self.bytes = bytes
    self.skipped = skipped
    if bytes.starts(with: TextEncoding.utf8Mark) { place = 3 }
  }

  mutating func document() throws(JSONValue.Fault) -> JSONValue {
    let value = try value(depth: 0)
    skipBlanks()
    guard place == bytes.count else { throw fault("something follows the value") }
    return value
  }

  private func fault(_ reason: String) -> JSONValue.Fault {
    JSONValue.Fault(reason: "\(reason) at byte \(place)")
  }

  private mutating func skipBlanks() {
    while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
  }

  private mutating func take(_ byte: Character) -> Bool {
    guard place < bytes.count, bytes[place] == byte.asciiValue else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONValue.Fault) -> JSONValue {
    guard depth < Self.deepest else { throw fault("nested too deeply") }
    skipBlanks()
    guard place < bytes.count else { throw fault("ends too early") }
    switch bytes[place] {
    case UInt8(ascii: "\""):
      place += 1
      return .string(try string())
    case UInt8(ascii: "{"):
      place += 1
      return .object(try members(depth: depth))
    case UInt8(ascii: "["):
      place += 1
      return .array(try elements(depth: depth))
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    // Python writes NaN where a table had no value.
    case UInt8(ascii: "N"): return try word("NaN", .null)
    default: return try number()
    }
  }

  /// Passes over a list, an object or whatever else ends at a comma or bracket of its own level.
  private mutating func skipValue() throws(JSONValue.Fault) {
    var depth = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
          place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
      case UInt8(ascii: ","):
        if depth == 0 { return }
      default: break
      }
      place += 1
    }
    throw fault("ends too early")
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONValue.Fault) -> JSONValue {
    let end = place + word.utf8CodeUnitCount
    let found = word.withUTF8Buffer { end <= bytes.count && bytes[place..<end].elementsEqual($0) }
    guard found else { throw fault("an unknown word") }
    place = end
    return value
  }

  private mutating func number() throws(JSONValue.Fault) -> JSONValue {
    var end = place
    while end < bytes.count {
      switch bytes[end] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        end += 1
        continue
      default: break
      }
      break
    }
    guard end > place, let number = Double(String(decoding: bytes[place..<end], as: UTF8.self))
    else { throw fault("not a value") }
    place = end
    return .number(number)
  }

  private mutating func members(
    depth: Int
  ) throws(JSONValue.Fault) -> [(name: String, value: JSONValue)] {
    var members: [(name: String, value: JSONValue)] = []
    skipBlanks()
    if take("}") { return members }
    repeat {
      skipBlanks()
      guard take("\"") else { throw fault("no name of a member") }
      let name = try string()
      skipBlanks()
      guard take(":") else { throw fault("no colon after a name") }
      if depth == 0, name == skipped {
        try skipValue()
      } else {
        members.append((name, try value(depth: depth + 1)))
      }
      skipBlanks()
    } while take(",")
    guard take("}") else { throw fault("an object without an end") }
    return members
  }

  private mutating func elements(depth: Int) throws(JSONValue.Fault) -> [JSONValue] {
    var elements: [JSONValue] = []
    skipBlanks()
    if take("]") { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
    } while take(",")
    guard take("]") else { throw fault("a list without an end") }
    return elements
  }

  /// The rest of a string whose opening quote was taken.
  private mutating func string() throws(JSONValue.Fault) -> String {
    let start = place
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        defer { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
      case UInt8(ascii: "\\"):
        return try escapedString(start)
      case 0..<0x20: throw fault("a control character in a text")
      default: place += 1
      }
    }
    throw fault("a text without an end")
  }

  private mutating func escapedString(_ start: Int) throws(JSONValue.Fault) -> String {
    var text = Array(bytes[start..<place])
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw fault("a control character in a text")
      default: text.append(byte)
      }
    }
    throw fault("a text without an end")
  }

  private mutating func escape() throws(JSONValue.Fault) -> [UInt8] {
    guard place < bytes.count else { throw fault("a text without an end") }
    defer { place += 1 }
    switch bytes[place] {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [bytes[place]]
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      // A pair of surrogates stands for one scalar.
      if (0xD800..<0xDC00).contains(code), place + 2 < bytes.count,
        bytes[place + 1] == UInt8(ascii: "\\"), bytes[place + 2] == UInt8(ascii: "u")
      {
        place += 2
        let low = try hexadecimal()
        code =
          (0xDC00..<0xE000).contains(low)
          ? 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) : 0xFFFD
      }
      return Array(String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
    default: throw fault("an unknown escape")
    }
  }

  /// The four digits after the `u` at ``place``, which then stands on the last of them.
  private mutating func hexadecimal() throws(JSONValue.Fault) -> UInt32 {
    guard place + 4 < bytes.count else { throw fault("a text without an end") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      place += 1
      guard let digit = Character(Unicode.Scalar(bytes[place])).hexDigitValue else {
        throw fault("a wrong escape")
      }
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
