/// One value of a ``JSONDocument``.
package struct JSONValue: Sendable {
  package enum Kind: UInt8, Sendable { case null, yes, no, number, string, array, object }

  private let document: JSONDocument
  private let index: Int

  init(document: JSONDocument, index: Int) {
    self.document = document
    self.index = index
  }

  private var node: JSONDocument.Node { document.nodes[index] }

  package var kind: Kind { document.nodes[index].kind }
  package var isNull: Bool { kind == .null }

  /// The string's text in UTF-8, escapes undone.
  package var utf8: [UInt8]? {
    let node = node
    guard node.kind == .string else { return nil }
    let raw = document.bytes[Int(node.start)..<Int(node.end)]
    return node.isEscaped ? Self.unescaped(raw) : Array(raw)
  }

  /// The string's text, escapes undone.
  package var string: String? {
    let node = node
    guard node.kind == .string else { return nil }
    let raw = document.bytes[Int(node.start)..<Int(node.end)]
    return node.isEscaped
      ? String(decoding: Self.unescaped(raw), as: UTF8.self) : String(decoding: raw, as: UTF8.self)
  }

  package var bool: Bool? { kind == .yes ? true : kind == .no ? false : nil }

  /// The number; infinite if it is too large.
  package var double: Double? {
    digits.flatMap { Double(String(decoding: $0, as: UTF8.self)) }
  }

  /// The number as the document has it.
  package var digits: [UInt8]? {
    let node = node
    return node.kind == .number ? Array(document.bytes[Int(node.start)..<Int(node.end)]) : nil
  }

  /// The number, if it is whole and fits.
  package var int: Int? {
    let node = node
    guard node.kind == .number else { return nil }
    var value = 0
    for byte in document.bytes[Int(node.start)..<Int(node.end)] {
      guard byte &- 0x30 < 10, value < 1 << 50 else { return double.flatMap { Int(exactly: $0) } }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  /// The elements of an array, or nothing.
  package var elements: Elements { Elements(document: document, parent: index) }

  /// The members of an object in their order, or nothing; names may come twice.
  package var members: [(key: [UInt8], value: JSONValue)] {
    var all: [(key: [UInt8], value: JSONValue)] = []
    forEachMember { all.append(($0, $1)) }
    return all
  }

  package func forEachMember(_ body: ([UInt8], JSONValue) throws -> Void) rethrows {
    let node = node
    guard node.kind == .object else { return }
    var at = index + 1
    while at < Int(node.next) {
      let key = JSONValue(document: document, index: at)
      at = Int(document.nodes[at].next)
      try body(key.utf8 ?? [], JSONValue(document: document, index: at))
      at = Int(document.nodes[at].next)
    }
  }

  /// The member of that name, unless it is missing or null; of a repeated name the last.
  package subscript(name: String) -> JSONValue? {
    let node = node
    guard node.kind == .object else { return nil }
    var found: Int?
    var at = index + 1
    while at < Int(node.next) {
      let key = at
      at = Int(document.nodes[at].next)
      if isName(key, name) { found = at }
      at = Int(document.nodes[at].next)
    }
    guard let found, document.nodes[found].kind != .null else { return nil }
    return JSONValue(document: document, index: found)
  }

  /// Whether a member's name is this, byte by byte.
  private func isName(_ index: Int, _ name: String) -> Bool {
    let key = document.nodes[index]
    let raw = document.bytes[Int(key.start)..<Int(key.end)]
    guard !key.isEscaped else { return Self.unescaped(raw).elementsEqual(name.utf8) }
    return raw.count == name.utf8.count && raw.elementsEqual(name.utf8)
  }

  /// The elements of an array, one after the other.
  package struct Elements: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var at: Int
    private let end: Int

    fileprivate init(document: JSONDocument, parent: Int) {
      self.document = document
      let node = document.nodes[parent]
      at = parent + 1
      end = node.kind == .array ? Int(node.next) : parent + 1
    }

    package mutating func next() -> JSONValue? {
      guard at < end else { return nil }
      defer { at = Int(document.nodes[at].next) }
      return JSONValue(document: document, index: at)
    }
  }

  /// The text of a string of the document, in which all escapes are whole.
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
        // A pair of surrogates stands for one scalar; one alone for none.
        if scalar & 0xFC00 == 0xD800, at + 8 <= raw.endIndex, raw[at + 2] == UInt8(ascii: "\\"),
          raw[at + 3] == UInt8(ascii: "u"), unit(at + 4) & 0xFC00 == 0xDC00
        {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(at + 4) & 0x3FF
          at += 6
        }
        out.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
      default: out.append(raw[at + 1])
      }
      at += 2
    }
    return out
  }
}
