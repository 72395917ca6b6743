/// What stands before the numbers in a NumPy array file.
///
///     \x93NUMPY, version, length, {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
///
/// - Source: NumPy's NEP 1 and `numpy/lib/format.py`; versions 1.0, 2.0 and 3.0.
package struct NumPyHeader: Equatable, Sendable {
  private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// The most bytes of one; NumPy itself reads 10,000.
  package static let maximum = 1 << 16
  /// The most axes that an array may have, as in NumPy.
  package static let maximumRank = 64

  /// The order of a number's bytes (`<`, `>` or `|`), its kind and its size in bytes: `<f4`.
  package let descriptor: String
  /// Whether the first axis is fastest, as in Fortran.
  package let isColumnMajor: Bool
  /// The size of each axis.
  package let shape: [Int]
  /// Bytes before the numbers.
  package let length: Int

  /// Whether a file begins as a NumPy array does.
  package static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: magic) }

  /// Reads a header.
  ///
  /// - Parameter bytes: The beginning of the file.
  /// - Throws: ``Damage`` for what is no header, for records, and for impossible shapes.
  package init(_ bytes: UnsafeRawBufferPointer) throws(Damage) {
    var cursor = ByteCursor(bytes)
    guard Self.isOne(bytes) else { throw Damage("it does not begin as a NumPy array does") }
    _ = try cursor.take(6)
    let version = try cursor.byte()
    _ = try cursor.byte()
    guard 1...3 ~= version else {
      throw Damage("version \(version) of NumPy's format is not known")
    }
    let count = try version == 1 ? cursor.length(UInt16.self) : cursor.length(UInt32.self)
    guard count <= Self.maximum else { throw Damage("its header claims \(count) bytes") }
    var literal = PythonLiteral(ByteCursor(bytes, try cursor.take(count)))
    length = cursor.position

    var descriptor: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    for (name, value) in try literal.dictionary() {
      switch (name, value) {
      case ("descr", .text(let text)): descriptor = text
      case ("descr", _): throw Damage("it has records, which are not a tensor")
      case ("fortran_order", .bool(let flag)): isColumnMajor = flag
      case ("shape", .tuple(let sizes)): shape = sizes
      default: throw Damage("“\(name.prefix(40))” in its header is not NumPy's")
      }
    }
    guard let descriptor, let isColumnMajor, let shape else {
      throw Damage("its header lacks a field")
    }
    self.descriptor = descriptor
    self.isColumnMajor = isColumnMajor
    self.shape = shape
  }

  /// The header of a file whose numbers follow with the last axis fastest, in version 1.0.
  ///
  /// - Parameters:
  ///   - descriptor: As in ``descriptor``.
  ///   - shape: The size of each axis.
  ///   - size: How many bytes it is padded to, where that must not depend on the shape; otherwise as
  ///     NumPy does, to a multiple of 64.
  package static func bytes(descriptor: String, shape: [Int], size: Int? = nil) -> [UInt8] {
    let sizes = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let fields = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Magic, version and length take ten bytes, the line feed at the end one.
    let taken = fields.utf8.count + 11
    let whole = size ?? (taken + 63) / 64 * 64
    let padded = fields + String(repeating: " ", count: whole - taken) + "\n"
    let length = UInt16(whole - 10)
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(padded.utf8)
  }
}

/// Reads the little of Python's notation that NumPy's headers use.
private struct PythonLiteral {
  enum Value {
    case text(String)
    case bool(Bool)
    case tuple([Int])
    case list
  }

  private var cursor: ByteCursor

  init(_ cursor: ByteCursor) { self.cursor = cursor }

  /// `{'name': value, …}`; a list as value ends the reading.
  mutating func dictionary() throws(Damage) -> [(String, Value)] {
    var pairs: [(String, Value)] = []
    try expect("{")
    while try peek() != UInt8(ascii: "}") {
      let name = try text()
      try expect(":")
      pairs.append((name, try value()))
      if case .list = pairs[pairs.count - 1].1 { return pairs }
      if try peek() != UInt8(ascii: "}") { try expect(",") }
    }
    return pairs
  }

  private mutating func value() throws(Damage) -> Value {
    switch try peek() {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "("): return .tuple(try tuple())
    case UInt8(ascii: "["): return .list
    default:
      switch try word() {
      case "True": return .bool(true)
      case "False": return .bool(false)
      case let word: throw Damage("“\(word.prefix(40))” in its header is not NumPy's")
      }
    }
  }

  private mutating func tuple() throws(Damage) -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while try peek() != UInt8(ascii: ")") {
      // Python 2 wrote 3L.
      let word = try word()
      guard let size = Int(word.hasSuffix("L") ? String(word.dropLast()) : word), size >= 0,
        sizes.count < NumPyHeader.maximumRank
      else { throw Damage("its shape is not possible") }
      sizes.append(size)
      if try peek() != UInt8(ascii: ")") { try expect(",") }
    }
    try expect(")")
    return sizes
  }

  private mutating func text() throws(Damage) -> String {
    let quote = try peek()
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw Damage("its header is not a dictionary of Python's")
    }
    _ = try cursor.byte()
    let start = cursor.position
    while try cursor.byte() != quote {}
    return cursor.text(start..<cursor.position - 1)
  }

  private mutating func word() throws(Damage) -> String {
    _ = try peek()
    let start = cursor.position
    while cursor.left > 0, Self.isWord(cursor.bytes[cursor.position]) { _ = try cursor.byte() }
    return cursor.text(start..<cursor.position)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_")
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Damage) {
    guard try peek() == UInt8(ascii: character) else {
      throw Damage("its header is not a dictionary of Python's")
    }
    _ = try cursor.byte()
  }

  /// The next byte that is not a space, which is not stepped over.
  private mutating func peek() throws(Damage) -> UInt8 {
    while true {
      guard cursor.left > 0 else { throw Damage("its header is cut short") }
      let byte = cursor.bytes[cursor.position]
      if byte != 0x20, byte != 0x0A, byte != 0x09, byte != 0x0D { return byte }
      _ = try cursor.byte()
    }
  }
}
