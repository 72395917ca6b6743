/// A value of a column.
enum ParquetValue {
  case bytes(ArraySlice<UInt8>)
  case number(Int64)
  case real(Double)
  case flag(Bool)

  /// The value as text, or why it is not text.
  var text: Result<String, TextEncoding.Fault> {
    switch self {
    case .bytes(let bytes): TextEncoding.decoded(bytes)
    case .number(let number): .success(String(number))
    case .real(let number): .success(String(number))
    case .flag(let flag): .success(String(flag))
    }
  }
}

/// Reads the values of a page in any encoding that is known.
///
/// - Source: apache/parquet-format, Encodings.md.
struct ParquetValues {
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  /// `count` values of `column`, in the encoding that the page names by number.
  static func read(
    _ bytes: ArraySlice<UInt8>, _ column: ParquetColumn, encoding: Int, count: Int,
    dictionary: [ParquetValue]
  ) throws(ParquetFault) -> [ParquetValue] {
    guard count > 0 else { return [] }
    var values = ParquetValues(bytes)
    switch (encoding, column.type) {
    case (0, _): return try values.plain(column.type, count: count)
    case (2, _), (8, _):
      guard let width = bytes.first else { throw .cut }
      var indices = ParquetValues(bytes.dropFirst())
      return try indices.runs(width: Int(width), count: count).map { index throws(ParquetFault) in
        guard index < dictionary.count else { throw .cut }
        return dictionary[index]
      }
    case (3, .flag):
      _ = try values.littleEndian(4)
      return try values.runs(width: 1, count: count).map { .flag($0 == 1) }
    case (5, .int32), (5, .int64): return try values.deltas(count: count).map { .number($0) }
    case (6, .bytes): return try values.deltaLengths(count: count).map { .bytes($0) }
    case (7, .bytes): return try values.deltaTexts(count: count)
    default:
      let names = [4: "BIT_PACKED", 9: "BYTE_STREAM_SPLIT"]
      throw ParquetFault(
        "column “\(column.name)” has the encoding \(names[encoding] ?? "\(encoding)"), which is not "
          + "read; write it again with pandas or pyarrow")
    }
  }

  private mutating func take(_ count: Int) throws(ParquetFault) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.endIndex - place else { throw .cut }
    place += count
    return bytes[place - count..<place]
  }

  private mutating func littleEndian(_ count: Int) throws(ParquetFault) -> UInt64 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func varint() throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let byte = try littleEndian(1)
      value |= (byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .cut
  }

  private mutating func plain(
    _ type: ParquetType, count: Int
  ) throws(ParquetFault) -> [ParquetValue] {
    var values: [ParquetValue] = []
    for index in 0..<count {
      switch type {
      case .flag:
        if index % 8 == 0 { _ = try take(1) }
        values.append(.flag(bytes[place - 1] >> UInt8(index % 8) & 1 == 1))
      case .int32: values.append(.number(Int64(Int32(truncatingIfNeeded: try littleEndian(4)))))
      case .int64: values.append(.number(Int64(bitPattern: try littleEndian(8))))
      case .int96: values.append(.bytes(try take(12)))
      case .float:
        let bits = UInt32(truncatingIfNeeded: try littleEndian(4))
        values.append(.real(Double(Float(bitPattern: bits))))
      case .double: values.append(.real(Double(bitPattern: try littleEndian(8))))
      case .bytes: values.append(.bytes(try take(Int(try littleEndian(4)))))
      case .fixedBytes:
        throw ParquetFault("it has values of a fixed length, which are not read")
      }
    }
    return values
  }
}

extension ParquetValues {
  /// `count` numbers of `width` bits, in runs of equal ones or packed by eight.
  mutating func runs(width: Int, count: Int) throws(ParquetFault) -> [Int] {
    guard width <= 32 else { throw .cut }
    if width == 0 { return Array(repeating: 0, count: count) }
    var numbers: [Int] = []
    while numbers.count < count {
      let head = try varint()
      guard head >> 1 > 0, head >> 1 < 1 << 32 else { throw .cut }
      if head & 1 == 0 {
        let value = Int(try littleEndian((width + 7) / 8))
        let run = min(Int(head >> 1), count - numbers.count)
        numbers += repeatElement(value, count: run)
      } else {
        let packed = min(Int(head >> 1) * 8, count - numbers.count)
        // The last run may lack the bytes of what is not there.
        let stated = Int(head >> 1) * width
        let bytes = try take(min(stated, self.bytes.endIndex - place))
        numbers += try Self.unpacked(bytes, width: width, count: packed).map { Int($0) }
      }
    }
    return numbers
  }

  /// Numbers of `width` bits, the lowest bits first.
  private static func unpacked(
    _ bytes: ArraySlice<UInt8>, width: Int, count: Int
  ) throws(ParquetFault) -> [UInt64] {
    guard count * width <= bytes.count * 8 else { throw .cut }
    var numbers: [UInt64] = []
    var bit = 0
    for _ in 0..<count {
      var number: UInt64 = 0
      var done = 0
      while done < width {
        let part = min(8 - bit % 8, width - done)
        let byte = UInt64(bytes[bytes.startIndex + bit / 8]) >> UInt64(bit % 8)
        number |= (byte & (1 << UInt64(part) - 1)) << UInt64(done)
        done += part
        bit += part
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Numbers as differences, packed in blocks.
  private mutating func deltas(count: Int) throws(ParquetFault) -> [Int64] {
    let (block, parts) = (try varint(), try varint())
    let total = try varint()
    guard (1...1 << 20).contains(parts), (1...1 << 20).contains(block), block % parts == 0,
      total == UInt64(count)
    else { throw .cut }
    let size = Int(block / parts)
    var last = unzigzagged(try varint())
    var numbers: [Int64] = count > 0 ? [last] : []
    while numbers.count < count {
      let least = unzigzagged(try varint())
      let widths = try take(Int(parts))
      for width in widths where numbers.count < count {
        guard width <= 64 else { throw .cut }
        let bytes = try take((size * Int(width) + 7) / 8)
        let wanted = min(size, count - numbers.count)
        for delta in try Self.unpacked(bytes, width: Int(width), count: wanted) {
          last = last &+ least &+ Int64(bitPattern: delta)
          numbers.append(last)
        }
      }
    }
    return numbers
  }

  private mutating func deltaLengths(count: Int) throws(ParquetFault) -> [ArraySlice<UInt8>] {
    let lengths = try deltas(count: count)
    return try lengths.map { length throws(ParquetFault) in
      guard let length = Int(exactly: length) else { throw .cut }
      return try take(length)
    }
  }

  /// Texts that share their beginnings with the one before.
  private mutating func deltaTexts(count: Int) throws(ParquetFault) -> [ParquetValue] {
    let shared = try deltas(count: count)
    let ends = try deltaLengths(count: count)
    var last: ArraySlice<UInt8> = []
    return try zip(shared, ends).map { shared, end throws(ParquetFault) in
      guard shared >= 0, shared <= last.count else { throw .cut }
      last = last.prefix(Int(shared)) + end
      return .bytes(last)
    }
  }
}
