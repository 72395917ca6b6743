/// Why a text is no JSON.
package struct JSONFault: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case tooLarge, notUTF8, tooDeep
    /// The text, or a string in it, ends too early.
    case cutShort, cutString
    case noValue, noName, noColon, noComma
    case badNumber, badEscape, unknownEscape, controlCharacter
    /// Something follows the value.
    case unfinished
  }

  package let kind: Kind
  /// The byte at which it was seen.
  package let offset: Int

  /// The fault in words, without its place.
  package var reason: String {
    switch kind {
    case .tooLarge: "it is too large"
    case .notUTF8: "it is not UTF-8"
    case .tooDeep: "it is nested too deep"
    case .cutShort: "it is cut short"
    case .cutString: "a string is cut short"
    case .noValue: "a value was expected"
    case .noName: "a name was expected"
    case .noColon: "a colon was expected"
    case .noComma: "a comma was expected"
    case .badNumber: "a number is broken"
    case .badEscape: "an escape is broken"
    case .unknownEscape: "an escape is unknown"
    case .controlCharacter: "a control character stands in a string"
    case .unfinished: "something follows the end"
    }
  }
}

/// A JSON document as one flat list of nodes over its bytes.
///
/// Why not Foundation's reader: it keys objects by `String`, for which “é” and “é” are equal, so
/// two entries of a vocabulary would become one. This one keeps the bytes, and the order of members,
/// and numbers as they are written.
///
/// - Source: RFC 8259.
package final class JSONDocument: Sendable {
  struct Node: Sendable {
    var kind: JSONValue.Kind
    /// Whether the string holds escapes.
    var isEscaped = false
    /// Where its text begins in the bytes; for a string, after the quotation mark.
    var start: Int32
    /// Where its text ends.
    var end: Int32
    /// The node after this one and all it holds.
    var next: Int32 = 0
  }

  /// What may differ from the standard, and what need not be read.
  package struct Options: Sendable {
    /// Whether Python's `NaN` is read, as null.
    package var readsNaN = false
    /// Whether the caller knows that the bytes are UTF-8.
    package var isUTF8 = false
    /// A member of the outermost object that is left out; its value is only looked at roughly.
    package var skipped: String?

    package init(readsNaN: Bool = false, isUTF8: Bool = false, skipped: String? = nil) {
      self.readsNaN = readsNaN
      self.isUTF8 = isUTF8
      self.skipped = skipped
    }
  }

  let bytes: [UInt8]
  let nodes: [Node]

  /// Reads a whole document.
  ///
  /// - Parameter bytes: Less than 1 GiB; a byte order mark is passed over.
  /// - Throws: ``JSONFault`` for anything but valid JSON in UTF-8, nested at most 100 deep.
  package init(_ bytes: [UInt8], _ options: Options = Options()) throws(JSONFault) {
    guard bytes.count < 1 << 30 else { throw JSONFault(kind: .tooLarge, offset: 0) }
    guard options.isUTF8 || String(validating: bytes, as: UTF8.self) != nil else {
      throw JSONFault(kind: .notUTF8, offset: 0)
    }
    var parser = JSONParser(bytes, options)
    try parser.document()
    self.bytes = bytes
    nodes = parser.nodes
  }

  /// The outermost value.
  package var root: JSONValue { JSONValue(document: self, index: 0) }
}

extension UInt8 {
  /// The value of this ASCII hexadecimal digit.
  package var hexadecimal: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}
