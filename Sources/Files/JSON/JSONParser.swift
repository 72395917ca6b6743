/// Makes the nodes of a ``JSONDocument``.
struct JSONParser {
  private typealias Node = JSONDocument.Node

  private let bytes: [UInt8]
  private let readsNaN: Bool
  private let skipped: [UInt8]?
  private(set) var nodes: [JSONDocument.Node] = []
  private var at = 0

  private static let deepest = 100

  init(_ bytes: [UInt8], _ options: JSONDocument.Options) {
    self.bytes = bytes
    readsNaN = options.readsNaN
    skipped = options.skipped.map { Array($0.utf8) }
    nodes.reserveCapacity(bytes.count / 8)
  }

  mutating func document() throws(JSONFault) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    try value(depth: 0)
    skipSpace()
    if at < bytes.count { throw fault(.unfinished) }
  }

  private func fault(_ kind: JSONFault.Kind) -> JSONFault { JSONFault(kind: kind, offset: at) }

  private mutating func skipSpace() {
    while at < bytes.count {
      let byte = bytes[at]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      at += 1
    }
  }

  private mutating func value(depth: Int) throws(JSONFault) {
    guard depth < Self.deepest else { throw fault(.tooDeep) }
    skipSpace()
    guard at < bytes.count else { throw fault(.cutShort) }
    let index = nodes.count
    switch bytes[at] {
    case UInt8(ascii: "{"): try object(depth: depth)
    case UInt8(ascii: "["): try array(depth: depth)
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try word("true", .yes)
    case UInt8(ascii: "f"): try word("false", .no)
    case UInt8(ascii: "n"): try word("null", .null)
    // Python writes NaN where a table had no value.
    case UInt8(ascii: "N") where readsNaN: try word("NaN", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    default: throw fault(.noValue)
    }
    nodes[index].next = Int32(nodes.count)
  }

  private mutating func array(depth: Int) throws(JSONFault) {
    let index = begin(.array)
    if take(UInt8(ascii: "]")) {
      nodes[index].end = Int32(at)
      return
    }
    repeat { try value(depth: depth + 1) } while try continues(until: UInt8(ascii: "]"))
    nodes[index].end = Int32(at)
  }

  private mutating func object(depth: Int) throws(JSONFault) {
    let index = begin(.object)
    if take(UInt8(ascii: "}")) {
      nodes[index].end = Int32(at)
      return
    }
    repeat {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault(.noName) }
      let key = nodes.count
      try string()
      nodes[key].next = Int32(nodes.count)
      guard take(UInt8(ascii: ":")) else { throw fault(.noColon) }
      if depth == 0, let skipped, isText(nodes[key], skipped) {
        nodes.removeLast()
        try skipValue()
      } else {
        try value(depth: depth + 1)
      }
    } while try continues(until: UInt8(ascii: "}"))
    nodes[index].end = Int32(at)
  }

  private mutating func begin(_ kind: JSONValue.Kind) -> Int {
    nodes.append(Node(kind: kind, start: Int32(at), end: 0))
    at += 1
    return nodes.count - 1
  }

  /// Steps over spaces and this byte, if it is there.
  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  /// Steps over a comma, or over the end.
  ///
  /// - Returns: Whether it was a comma.
  private mutating func continues(until close: UInt8) throws(JSONFault) -> Bool {
    skipSpace()
    guard at < bytes.count else { throw fault(.cutShort) }
    at += 1
    if bytes[at - 1] == close { return false }
    guard bytes[at - 1] == UInt8(ascii: ",") else { throw fault(.noComma) }
    return true
  }

  private func isText(_ node: JSONDocument.Node, _ text: [UInt8]) -> Bool {
    !node.isEscaped && bytes[Int(node.start)..<Int(node.end)].elementsEqual(text)
  }

  /// Passes over whatever ends at a comma or bracket of its own level.
  private mutating func skipValue() throws(JSONFault) {
    var depth = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
          at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
      case UInt8(ascii: ","):
        if depth == 0 { return }
      default: break
      }
      at += 1
    }
    throw fault(.cutShort)
  }

  private mutating func string() throws(JSONFault) {
    at += 1
    var node = Node(kind: .string, start: Int32(at), end: 0)
    while true {
      guard at < bytes.count else { throw fault(.cutString) }
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 0x20 else { throw fault(.controlCharacter) }
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

  private mutating func escape() throws(JSONFault) {
    guard at + 1 < bytes.count else { throw fault(.cutString) }
    let kind = bytes[at + 1]
    if kind == UInt8(ascii: "u") {
      guard at + 6 <= bytes.count, bytes[at + 2..<at + 6].allSatisfy({ $0.hexadecimal != nil })
      else { throw fault(.badEscape) }
      at += 6
    } else {
      guard "\"\\/bfnrt".utf8.contains(kind) else { throw fault(.unknownEscape) }
      at += 2
    }
  }

  private mutating func word(_ word: StaticString, _ kind: JSONValue.Kind) throws(JSONFault) {
    let end = at + word.utf8CodeUnitCount
    let isThere = word.withUTF8Buffer { end <= bytes.count && bytes[at..<end].elementsEqual($0) }
    guard isThere else { throw fault(.noValue) }
    nodes.append(Node(kind: kind, start: Int32(at), end: Int32(end)))
    at = end
  }

  private mutating func number() throws(JSONFault) {
    let start = at
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let whole = at
    guard digits(), bytes[whole] != UInt8(ascii: "0") || at == whole + 1 else {
      throw fault(.badNumber)
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      guard digits() else { throw fault(.badNumber) }
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
        at += 1
      }
      guard digits() else { throw fault(.badNumber) }
    }
    nodes.append(Node(kind: .number, start: Int32(start), end: Int32(at)))
  }

  /// Steps over digits, and says whether there was one.
  private mutating func digits() -> Bool {
    let start = at
    while at < bytes.count, bytes[at] &- 0x30 < 10 { at += 1 }
    return at > start
  }
}
