/// The description of a Parquet file: its columns, and where their pages are.
///
/// Read are flat columns, members of structures, and lists of one level.
///
/// - Source: apache/parquet-format, README.md and src/main/thrift/parquet.thrift.
struct ParquetFile: Sendable {
  let file: InputFile
  /// The columns that hold values, in their order.
  let columns: [ParquetColumn]
  let groups: [RowGroup]

  struct RowGroup: Sendable {
    let rows: Int
    /// In the order of the columns.
    let chunks: [ParquetChunk]
  }

  private static let mark = Array("PAR1".utf8)
  /// No description is longer, and no row group of a sane writer has more rows.
  private static let longest = 1 << 28
  private static let mostRows = 1 << 28

  init(_ file: InputFile) throws(ParquetFault) {
    self.file = file
    let end = try file.parquetBytes(at: max(0, file.size - 8), count: min(8, file.size))
    guard file.size >= 12, end.suffix(4).elementsEqual(Self.mark) else {
      throw ParquetFault(
        end.suffix(4).elementsEqual("PARE".utf8)
          ? "it is encrypted" : "it has no Parquet mark at its end; it is cut short or another file"
      )
    }
    let length = end.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= file.size - 12, length <= Self.longest else { throw .cut }
    var reader = ThriftReader(
      try file.parquetBytes(at: file.size - 8 - length, count: length))
    let description = try reader.structure()
    guard let schema = description[2]?.elements, let groups = description[4]?.elements else {
      throw .cut
    }
    var walker = SchemaWalker(elements: schema)
    let columns = try walker.columns()
    self.columns = columns
    self.groups = try groups.map { group throws(ParquetFault) in
      guard let chunks = group[1]?.elements, chunks.count == columns.count,
        let rows = group[3]?.int, (0..<Self.mostRows).contains(rows)
      else { throw .cut }
      return RowGroup(
        rows: rows,
        chunks: try chunks.map { chunk throws(ParquetFault) in try ParquetChunk(chunk) })
    }
  }
}

/// A column that holds values.
struct ParquetColumn: Sendable {
  /// What it is called: the names of the structures it is in and its own, parted by dots.
  let name: String
  let type: ParquetType
  /// Whether its bytes are said to be text.
  let isText: Bool
  /// Whether a row may have several values.
  let isList: Bool
  let maximumDefinition: Int
  let maximumRepetition: Int
}

/// The physical types of values.
enum ParquetType: Int, Sendable {
  case flag, int32, int64, int96, float, double, bytes, fixedBytes
}

/// The pages of a column in a group of rows.
struct ParquetChunk: Sendable {
  let codec: Int
  /// Where its first page begins.
  let start: Int
  /// The values in it, missing ones too.
  let count: Int
  let missing: Int?

  init(_ value: ThriftValue) throws(ParquetFault) {
    guard value[1] == nil, let facts = value[3] else {
      throw ParquetFault("its columns are in other files")
    }
    guard let codec = facts[4]?.int, let count = facts[5]?.int, count >= 0,
      let data = facts[9]?.int, data >= 4
    else { throw .cut }
    self.codec = codec
    self.count = count
    let dictionary = facts[11]?.int ?? 0
    start = dictionary >= 4 ? min(dictionary, data) : data
    missing = facts[12]?[3]?.int
  }
}

/// Makes columns of a schema, which lies in the file as its nodes in depth-first order.
private struct SchemaWalker {
  let elements: [ThriftValue]
  private var next = 1

  init(elements: [ThriftValue]) { self.elements = elements }

  mutating func columns() throws(ParquetFault) -> [ParquetColumn] {
    guard let root = elements.first, let children = root[5]?.int, children >= 0 else { throw .cut }
    var columns: [ParquetColumn] = []
    for _ in 0..<children { try walk(Above(), into: &columns) }
    return columns
  }

  private struct Above {
    var names: [String] = []
    var definition = 0
    var repetition = 0
    /// How many names stand in front of what is repeated.
    var listDepth: Int?
  }

  private mutating func walk(
    _ above: Above, into columns: inout [ParquetColumn]
  ) throws(ParquetFault) {
    guard next < elements.count, above.names.count < 32, let name = elements[next][4]?.text else {
      throw .cut
    }
    let element = elements[next]
    next += 1
    var above = above
    let kind = element[3]?.int ?? 0
    if kind > 0 { above.definition += 1 }
    if kind == 2 {
      above.repetition += 1
      // A list that is written as a repeated value alone is called by that.
      above.listDepth = above.names.isEmpty ? 1 : above.names.count
    }
    above.names.append(name)
    if let children = element[5]?.int, children > 0 {
      for _ in 0..<children { try walk(above, into: &columns) }
      return
    }
    guard let type = element[1]?.int.flatMap(ParquetType.init) else { throw .cut }
    // UTF8, ENUM and JSON of old files; STRING, ENUM and JSON of new ones.
    let isText =
      element[6]?.int.map { [0, 4, 19].contains($0) } ?? false
      || [1, 4, 11].contains { element[10]?[$0] != nil }
    // A list's values are called “list.element” or the like; the list's name is what people gave.
    let names =
      above.listDepth.map { above.names.prefix($0) + above.names.dropFirst($0 + 2) }
      ?? above.names[...]
    columns.append(
      ParquetColumn(
        name: names.joined(separator: "."), type: type, isText: isText,
        isList: above.repetition > 0, maximumDefinition: above.definition,
        maximumRepetition: above.repetition))
  }
}

extension InputFile {
  /// Exactly `count` bytes from `offset` on.
  func parquetBytes(at offset: Int, count: Int) throws(ParquetFault) -> [UInt8] {
    let bytes = try parquetBytes(at: offset, upTo: count)
    guard bytes.count == count else { throw .cut }
    return bytes
  }

  func parquetBytes(at offset: Int, upTo count: Int) throws(ParquetFault) -> [UInt8] {
    guard offset >= 0, count >= 0 else { throw .cut }
    do { return try read(at: offset, upTo: count) } catch { throw ParquetFault("\(error)") }
  }
}
