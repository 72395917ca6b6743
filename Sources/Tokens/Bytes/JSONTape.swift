import Languages

/// A JSON document as one flat list of nodes over its bytes.
///
/// Why not Foundation's reader: it keys objects by `String`, for which “é” and “é” are equal, so
/// two entries of a vocabulary would become one. This one keeps the bytes, and the order.
struct JSONTape: Sendable {
  enum Kind: UInt8, Sendable { case null, yes, no, number, string, array, object }

  fileprivate struct Node: Sendable {
    var kind: Kind
    /// Whether the string holds escapes.
    var isEscaped = false
    /// Where its text begins in the bytes; for a string, after the quotation mark.
    var start: Int32
    /// Where its text ends.
    var end: Int32
    /// The node after this one and all it holds.
    var next: Int32 = 0
  }

  struct Failure: Error, Equatable {
    let offset: Int
    let reason: String
  }

  fileprivate let bytes: [UInt8]
  fileprivate var nodes: [Node] = []

  /// Reads a whole document.
  ///
  /// - Throws: ``Failure`` for anything but valid JSON in UTF-8, nested at most 100 deep.
  init(_ bytes: [UInt8]) throws(Failure) {
    guard bytes.count < 1 << 30 else { throw Failure(offset: 0, reason: "it is too large") }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Failure(offset: 0, reason: "it is not UTF-8")
    }
    self.bytes = bytes
    nodes.reserveCapacity(bytes.count / 8)
    var parser = Parser(bytes: bytes)
    try parser.document()
    nodes = parser.nodes
  }

  /// The outermost value.
  var root: JSONValue { JSONValue(tape: self, index: 0) }

  private struct Parser {
    let bytes: [UInt8]
    var nodes: [Node] = []
    var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(Failure) {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
      try value(depth: 0)
      skipSpace()
      if at < bytes.count { throw failure("something follows the end") }
    }

    func failure(_ reason: String) -> Failure { Failure(offset: at, reason: reason) }

    mutating func skipSpace() {
      while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
    }

    mutating func value(depth: Int) throws(Failure) {
      guard depth < 100 else { throw failure("it is nested too deep") }
      skipSpace()
      guard at < bytes.count else { throw failure("it is cut short") }
      let index = nodes.count
      switch bytes[at] {
      case UInt8(ascii: "{"):
        try container(.object, close: UInt8(ascii: "}"), depth: depth)
      case UInt8(ascii: "["):
        try container(.array, close: UInt8(ascii: "]"), depth: depth)
      case UInt8(ascii: "\""): try string()
      case UInt8(ascii: "t"): try word("true", .yes)
      case UInt8(ascii: "f"): try word("false", .no)
      case UInt8(ascii: "n"): try word("null", .null)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): number()
      default: throw failure("a value was expected")
      }
      nodes[index].next = Int32(nodes.count)
    }

    mutating func container(_ kind: Kind, close: UInt8, depth: Int) throws(Failure) {
      let index = nodes.count
      nodes.append(Node(kind: kind, start: Int32(at), end: 0))
      at += 1
      skipSpace()
      if at < bytes.count, bytes[at] == close {
        at += 1
      } else {
        while true {
          if kind == .object {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
              throw failure("a name was expected")
            }
            let key = nodes.count
            try string()
            nodes[key].next = Int32(nodes.count)
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else {
              throw failure("a colon was expected")
            }
            at += 1
          }
          try value(depth: depth + 1)
          skipSpace()
          guard at < bytes.count else { throw failure("it is cut short") }
          at += 1
          if bytes[at - 1] == close { break }
          guard bytes[at - 1] == UInt8(ascii: ",") else { throw failure("a comma was expected") }
        }
      }
      nodes[index].end = Int32(at)
    }

    mutating func string() throws(Failure) {
      at += 1
      var node = Node(kind: .string, start: Int32(at), end: 0)
      while true {
        guard at < bytes.count else { throw failure("a string is cut short") }
        let byte = bytes[at]
        if byte == UInt8(ascii: "\"") { break }
        guard byte >= 0x20 else { throw failure("a control character stands in a string") }
        if byte == UInt8(ascii: "\\") {
          node.isEscaped = true
          try escape()
        } else {
          at += 1
        }
      }
      node.end = Int32(at)
      at += 1
      nodes.append(node)
    }

    mutating func escape() throws(Failure) {
      guard at + 1 < bytes.count else { throw failure("a string is cut short") }
      let kind = bytes[at + 1]
      if kind == UInt8(ascii: "u") {
        guard at + 6 <= bytes.count, bytes[at + 2..<at + 6].allSatisfy({ $0.hexadecimal != nil })
        else { throw failure("an escape is broken") }
        at += 6
      } else {
        guard "\"\\/bfnrt".utf8.contains(kind) else { throw failure("an escape is unknown") }
        at += 2
      }
    }

    mutating func word(_ word: String, _ kind: Kind) throws(Failure) {
      guard bytes[at...].starts(with: word.utf8) else { throw failure("a value was expected") }
      nodes.append(Node(kind: kind, start: Int32(at), end: Int32(at + word.utf8.count)))
      at += word.utf8.count
    }

    mutating func number() {
      let start = at
      while at < bytes.count, "+-.eE0123456789".utf8.contains(bytes[at]) { at += 1 }
      nodes.append(Node(kind: .number, start: Int32(start), end: Int32(at)))
    }
  }
}

/// One value of a ``JSONTape``.
struct JSONValue: Sendable {
  fileprivate let tape: JSONTape
  fileprivate let index: Int

  private var node: JSONTape.Node { tape.nodes[index] }

  var kind: JSONTape.Kind { node.kind }
  var isNull: Bool { kind == .null }

  /// The string's text in UTF-8, escapes undone.
  var utf8: [UInt8]? {
    guard kind == .string else { return nil }
    let raw = tape.bytes[Int(node.start)..<Int(node.end)]
    return node.isEscaped ? Self.unescaped(raw) : Array(raw)
  }

  var string: String? { utf8.map { String(decoding: $0, as: UTF8.self) } }

  var bool: Bool? { kind == .yes ? true : kind == .no ? false : nil }

  var double: Double? {
    guard kind == .number else { return nil }
    return Double(String(decoding: tape.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self))
  }

  /// The number as the document has it.
  var digits: [UInt8]? {
    kind == .number ? Array(tape.bytes[Int(node.start)..<Int(node.end)]) : nil
  }

  /// The number, if it is whole and fits.
  var int: Int? {
    guard kind == .number else { return nil }
    var value = 0
    for byte in tape.bytes[Int(node.start)..<Int(node.end)] {
      guard byte &- 0x30 < 10, value < 1 << 50 else { return double.flatMap { Int(exactly: $0) } }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  /// The elements of an array, or nothing.
  var elements: Children { Children(tape: tape, parent: index, of: .array) }

  /// The members of an object in their order, or nothing.
  var members: [(key: [UInt8], value: JSONValue)] {
    var all: [(key: [UInt8], value: JSONValue)] = []
    forEachMember { all.append(($0, $1)) }
    return all
  }

  func forEachMember(_ body: ([UInt8], JSONValue) throws -> Void) rethrows {
    guard kind == .object else { return }
    var at = index + 1
    while at < Int(node.next) {
      let key = JSONValue(tape: tape, index: at)
      at = Int(tape.nodes[at].next)
      try body(key.utf8 ?? [], JSONValue(tape: tape, index: at))
      at = Int(tape.nodes[at].next)
    }
  }

  /// The member of that name, unless it is missing or null.
  subscript(name: String) -> JSONValue? {
    let name = Array(name.utf8)
    var found: JSONValue?
    forEachMember { key, value in if key == name { found = value } }
    return found?.isNull == true ? nil : found
  }

  struct Children: Sequence, IteratorProtocol {
    private let tape: JSONTape
    private var at: Int
    private let end: Int

    fileprivate init(tape: JSONTape, parent: Int, of kind: JSONTape.Kind) {
      self.tape = tape
      at = parent + 1
      end = tape.nodes[parent].kind == kind ? Int(tape.nodes[parent].next) : at
    }

    mutating func next() -> JSONValue? {
      guard at < end else { return nil }
      defer { at = Int(tape.nodes[at].next) }
      return JSONValue(tape: tape, index: at)
    }
  }

  private static func unescaped(_ raw: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    var at = raw.startIndex
    func unit(_ at: Int) -> UInt32 {
      raw[at..<at + 4].reduce(0) { $0 << 4 | UInt32($1.hexadecimal ?? 0) }
    }
    while at < raw.endIndex {
      guard raw[at] == UInt8(ascii: "\\") else {
        out.append(raw[at])
        at += 1
        continue
      }
      switch raw[at + 1] {
      case UInt8(ascii: "b"): out.append(8)
      case UInt8(ascii: "f"): out.append(12)
      case UInt8(ascii: "n"): out.append(10)
      case UInt8(ascii: "r"): out.append(13)
      case UInt8(ascii: "t"): out.append(9)
      case UInt8(ascii: "u"):
        var scalar = unit(at + 2)
        at += 4
        if scalar & 0xFC00 == 0xD800, at + 8 <= raw.endIndex, raw[at + 2] == UInt8(ascii: "\\"),
          raw[at + 3] == UInt8(ascii: "u"), unit(at + 4) & 0xFC00 == 0xDC00
        {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(at + 4) & 0x3FF
          at += 6
        }
        out.append(utf8: scalar & 0xFFFF_F800 == 0xD800 ? 0xFFFD : scalar)
      default: out.append(raw[at + 1])
      }
      at += 2
    }
    return out
  }
}

extension UInt8 {
  /// The value of this ASCII hexadecimal digit.
  var hexadecimal: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}
