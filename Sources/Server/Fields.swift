import Foundation

/// Named values from an address or a form, each known by name.
struct Fields {
  private var values: [(name: String, text: String)] = []

  init() {}

  /// Reads `a=b&c=d`.
  ///
  /// - Throws: ``RequestError`` for a name not in `known` and for bytes that are not UTF-8.
  init(_ query: String, known: Set<String>) throws(RequestError) {
    for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
      let halves = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(halves[0]),
        let text = Self.decoded(halves.count > 1 ? halves[1] : Substring().utf8[...])
      else { throw .badRequest("The address holds something that is not UTF-8.") }
      try append(name, text, known: known)
    }
  }

  mutating func append(_ name: String, _ text: String, known: Set<String>) throws(RequestError) {
    guard known.contains(name) else {
      let names = known.sorted().joined(separator: ", ")
      throw .badRequest("“\(name.prefix(40))” is not known here; known are \(names).")
    }
    values.append((name, text))
  }

  /// Percent-decoding, where a plus sign is a space; nil if the result is not UTF-8.
  private static func decoded(_ text: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
        else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
  }

  /// The value of that name, if it is given and not empty.
  ///
  /// - Throws: ``RequestError`` where there are several.
  func one(_ name: String) throws(RequestError) -> String? {
    let texts = all(name)
    guard texts.count < 2 else {
      throw .badRequest("“\(name)” is given \(texts.count) times; here it has one value.")
    }
    return texts.first
  }

  func all(_ name: String) -> [String] {
    values.filter { $0.name == name && !$0.text.isEmpty }.map(\.text)
  }

  /// The values of that name, empty ones as nil.
  func places(_ name: String) -> [String?] {
    values.filter { $0.name == name }.map { $0.text.isEmpty ? nil : $0.text }
  }

  func whole(_ name: String, in range: ClosedRange<Int>) throws(RequestError) -> Int? {
    guard let text = try one(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .badRequest(
        "“\(name)” must be a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  func share(_ name: String) throws(RequestError) -> Float? {
    guard let text = try one(name) else { return nil }
    guard let number = Float(text), (0...1).contains(number) else {
      throw .badRequest("“\(name)” must be a number from 0 to 1.")
    }
    return number
  }
}
