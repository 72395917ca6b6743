/// Writes JSON piece by piece; that the pieces fit is its user's concern.
package struct JSONWriter: Sendable {
  /// What was written so far, in UTF-8.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Writes text as it is.
  package mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Writes a string with its quotation marks; what must be escaped is.
  package mutating func string(_ text: String) { string(Array(text.utf8)) }

  /// - Parameter content: The string's text in UTF-8.
  package mutating func string(_ content: [UInt8]) {
    bytes.append(0x22)
    for byte in content {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0x0A: raw("\\n")
      case 0x0D: raw("\\r")
      case 0x09: raw("\\t")
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        raw("\\u00" + (digits.count < 2 ? "0" : "") + digits)
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  /// Writes a value as it was read: members in their order, numbers with their digits.
  package mutating func value(_ value: JSONValue) {
    switch value.kind {
    case .null: raw("null")
    case .yes: raw("true")
    case .no: raw("false")
    case .number: bytes.append(contentsOf: value.digits ?? [])
    case .string: string(value.utf8 ?? [])
    case .array: array(value.elements) { $0.value($1) }
    case .object: object(value) { _, _, _ in false }
    }
  }

  /// Writes an object of which some members have another value.
  ///
  /// - Parameter change: Writes the value of a member and says so, or leaves it to be copied.
  package mutating func object(
    _ value: JSONValue, changing change: (inout JSONWriter, String, JSONValue) -> Bool
  ) {
    raw("{")
    for (place, member) in value.members.enumerated() {
      if place > 0 { raw(",") }
      string(member.key)
      raw(":")
      if !change(&self, String(decoding: member.key, as: UTF8.self), member.value) {
        self.value(member.value)
      }
    }
    raw("}")
  }

  /// Writes an array whose elements `write` writes.
  package mutating func array<Element>(
    _ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
  ) {
    raw("[")
    for (place, element) in elements.enumerated() {
      if place > 0 { raw(",") }
      write(&self, element)
    }
    raw("]")
  }
}
