import Files

/// One item of MessagePack. Of lists and maps only the count is read: their items follow.
///
/// - Source: msgpack/msgpack, spec.md.
enum MessagePack {
  case none
  case bool
  case int(Int)
  case float
  case text(Range<Int>)
  case bytes(Range<Int>)
  case list(Int)
  case map(Int)
  case `extension`(Int8, Range<Int>)

  static func read(_ cursor: inout ByteCursor) throws(Damage) -> MessagePack {
    let code = try cursor.byte()
    switch code {
    case 0x00...0x7F: return .int(Int(code))
    case 0x80...0x8F: return .map(try count(Int(code & 0x0F), 2, cursor))
    case 0x90...0x9F: return .list(try count(Int(code & 0x0F), 1, cursor))
    case 0xA0...0xBF: return .text(try cursor.take(Int(code & 0x1F)))
    case 0xC0: return .none
    case 0xC2, 0xC3: return .bool
    case 0xC4: return .bytes(try cursor.take(Int(try cursor.byte())))
    case 0xC5: return .bytes(try cursor.take(Int(try cursor.big(UInt16.self))))
    case 0xC6: return .bytes(try cursor.take(Int(try cursor.big(UInt32.self))))
    case 0xC7: return try extended(Int(try cursor.byte()), &cursor)
    case 0xC8: return try extended(Int(try cursor.big(UInt16.self)), &cursor)
    case 0xC9: return try extended(Int(try cursor.big(UInt32.self)), &cursor)
    case 0xCA: return try skip(4, &cursor)
    case 0xCB: return try skip(8, &cursor)
    case 0xCC: return .int(Int(try cursor.byte()))
    case 0xCD: return .int(Int(try cursor.big(UInt16.self)))
    case 0xCE: return .int(Int(try cursor.big(UInt32.self)))
    case 0xCF: return .int(Int(clamping: try cursor.big(UInt64.self)))
    case 0xD0: return .int(Int(try cursor.big(Int8.self)))
    case 0xD1: return .int(Int(try cursor.big(Int16.self)))
    case 0xD2: return .int(Int(try cursor.big(Int32.self)))
    case 0xD3: return .int(Int(try cursor.big(Int64.self)))
    case 0xD4...0xD8: return try extended(1 << Int(code - 0xD4), &cursor)
    case 0xD9: return .text(try cursor.take(Int(try cursor.byte())))
    case 0xDA: return .text(try cursor.take(Int(try cursor.big(UInt16.self))))
    case 0xDB: return .text(try cursor.take(Int(try cursor.big(UInt32.self))))
    case 0xDC: return .list(try count(Int(try cursor.big(UInt16.self)), 1, cursor))
    case 0xDD: return .list(try count(Int(try cursor.big(UInt32.self)), 1, cursor))
    case 0xDE: return .map(try count(Int(try cursor.big(UInt16.self)), 2, cursor))
    case 0xDF: return .map(try count(Int(try cursor.big(UInt32.self)), 2, cursor))
    case 0xE0...0xFF: return .int(Int(code) - 256)
    default: throw Damage("\(code) at byte \(cursor.position - 1) is not MessagePack")
    }
  }

  /// A count of items of which each takes `bytes` at least.
  private static func count(_ count: Int, _ bytes: Int, _ cursor: ByteCursor) throws(Damage) -> Int
  {
    guard count <= cursor.left / bytes else {
      throw Damage(
        "it claims \(count) items at byte \(cursor.position); \(cursor.left) bytes are left")
    }
    return count
  }

  private static func extended(_ count: Int, _ cursor: inout ByteCursor) throws(Damage)
    -> MessagePack
  {
    let type = try cursor.big(Int8.self)
    return .extension(type, try cursor.take(count))
  }

  private static func skip(_ count: Int, _ cursor: inout ByteCursor) throws(Damage) -> MessagePack {
    _ = try cursor.take(count)
    return .float
  }
}
