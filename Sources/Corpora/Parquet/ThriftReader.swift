/// A value of Thrift's compact protocol, in which Parquet describes itself.
indirect enum ThriftValue {
  case flag(Bool)
  case number(Int64)
  case bytes(ArraySlice<UInt8>)
  case list([ThriftValue])
  /// Its fields by their numbers.
  case structure([Int: ThriftValue])

  subscript(field: Int) -> ThriftValue? {
    if case .structure(let fields) = self { fields[field] } else { nil }
  }

  var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }

  var text: String? {
    if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
  }

  var elements: [ThriftValue]? { if case .list(let list) = self { list } else { nil } }
}

/// Reads structures of Thrift's compact protocol.
///
/// - Source: apache/thrift, doc/specs/thrift-compact-protocol.md.
struct ThriftReader {
  private let bytes: [UInt8]
  /// How far it has read.
  private(set) var place = 0

  private static let deepest = 32

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The structure that begins here.
  mutating func structure(depth: Int = 0) throws(ParquetFault) -> ThriftValue {
    var fields: [Int: ThriftValue] = [:]
    var field = 0
    while true {
      let head = try byte()
      if head == 0 { return .structure(fields) }
      let step = Int(head >> 4)
      field = step > 0 ? field + step : Int(truncatingIfNeeded: try zigzag())
      guard (-1 << 16..<1 << 16).contains(field) else { throw .cut }
      let kind = head & 15
      fields[field] = kind <= 2 ? .flag(kind == 1) : try value(kind, depth: depth)
    }
  }

  private mutating func value(_ kind: UInt8, depth: Int) throws(ParquetFault) -> ThriftValue {
    guard depth < Self.deepest else { throw .cut }
    switch kind {
    case 1, 2: return .flag(try byte() == 1)
    case 3: return .number(Int64(Int8(bitPattern: try byte())))
    case 4, 5, 6: return .number(try zigzag())
    case 7:
      let start = place
      for _ in 0..<8 { _ = try byte() }
      return .bytes(bytes[start..<place])
    case 8:
      let count = try varint()
      guard count <= UInt64(bytes.count - place) else { throw .cut }
      place += Int(count)
      return .bytes(bytes[place - Int(count)..<place])
    case 9, 10:
      let head = try byte()
      let count = head >> 4 < 15 ? UInt64(head >> 4) : try varint()
      // Each element takes a byte at least, so that what is said is bounded by what is there.
      guard count <= UInt64(bytes.count - place) else { throw .cut }
      var list: [ThriftValue] = []
      for _ in 0..<count { list.append(try value(head & 15, depth: depth + 1)) }
      return .list(list)
    case 11:
      let count = try varint()
      guard count > 0 else { return .list([]) }
      let kinds = try byte()
      guard count <= UInt64(bytes.count - place) else { throw .cut }
      for _ in 0..<count {
        _ = try value(kinds >> 4, depth: depth + 1)
        _ = try value(kinds & 15, depth: depth + 1)
      }
      return .list([])
    case 12: return try structure(depth: depth + 1)
    default: throw .cut
    }
  }

  private mutating func byte() throws(ParquetFault) -> UInt8 {
    guard place < bytes.count else { throw .cut }
    place += 1
    return bytes[place - 1]
  }

  private mutating func varint() throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .cut
  }

  private mutating func zigzag() throws(ParquetFault) -> Int64 {
    unzigzagged(try varint())
  }
}

/// The signed number that is written without its sign's bit in front.
func unzigzagged(_ number: UInt64) -> Int64 {
  Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
}

/// Why a Parquet file, or a column of it, cannot be read.
struct ParquetFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  static var cut: ParquetFault { ParquetFault("it is cut short or damaged") }
}
