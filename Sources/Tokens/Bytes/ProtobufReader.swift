/// Reads the wire format of protocol buffers, field by field.
struct ProtobufReader {
  enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  struct Failure: Error {}

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field, or `nil` at the end.
  ///
  /// - Throws: ``Failure`` if the bytes break the format.
  mutating func next() throws(Failure) -> (field: Int, value: Value)? {
    if rest.isEmpty { return nil }
    let key = try varint()
    let field = Int(truncatingIfNeeded: key >> 3)
    guard field > 0, key >> 3 < 1 << 29 else { throw Failure() }
    switch key & 7 {
    case 0: return (field, .number(try varint()))
    case 1: return (field, .number(try fixed(8)))
    case 2:
      let length = try varint()
      guard length <= rest.count else { throw Failure() }
      let bytes = rest.prefix(Int(length))
      rest = rest.dropFirst(Int(length))
      return (field, .bytes(bytes))
    case 5: return (field, .number(try fixed(4)))
    default: throw Failure()
    }
  }

  private mutating func varint() throws(Failure) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw Failure() }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Failure()
  }

  private mutating func fixed(_ count: Int) throws(Failure) -> UInt64 {
    guard rest.count >= count else { throw Failure() }
    var value: UInt64 = 0
    for (place, byte) in rest.prefix(count).enumerated() {
      value |= UInt64(byte) << UInt64(8 * place)
    }
    rest = rest.dropFirst(count)
    return value
  }
}
