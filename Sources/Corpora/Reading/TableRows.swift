/// The rows of a table whose first is a header, read piece by piece.
///
/// What parts the fields is found out from the table; a quoted field may hold separators, doubled
/// quotation marks and line breaks.
struct TableRows {
  private let file: InputFile
  private let name: String
  private let dialect: TableDialect
  private var buffer: [UInt8]
  private var start = 0
  private var isAtEnd: Bool
  private var offset: Int
  private var nextLine = 1
  /// The fields of the header.
  private var width: Int?
  /// Whether blanks around fields are none of them.
  private var trimsFields = false
  /// The line at which the last row begins.
  private(set) var line = 0

  private static let piece = 1 << 20
  /// No row is longer; what is, is no table.
  private static let longest = 64 << 20

  init(_ file: InputFile) throws(CorpusError) {
    self.file = file
    name = fileName(file.path)
    buffer = try file.read(at: 0, upTo: Self.piece)
    offset = buffer.count
    isAtEnd = offset < Self.piece
    if buffer.starts(with: TextEncoding.utf8Mark) { start = 3 }
    var stated: UInt8?
    // Excel's way to say what parts the fields: a first line `sep=;`.
    let first = buffer[start...].prefix { $0 != 0x0A && $0 != 0x0D }
    if first.count == 5, first.starts(with: "sep=".utf8) {
      stated = first.last
      start = first.endIndex
    }
    dialect = TableDialect(of: buffer[start...], isWhole: isAtEnd, separator: stated)
  }

  /// The next row that is text, `nil` after the last.
  mutating func next(reporting collector: inout SampleCollector) throws(CorpusError) -> [String]? {
    while let row = try nextRow() {
      line = nextLine
      nextLine += row.lines
      guard !row.isEmpty else { continue }
      let place = "\(name) line \(line)"
      guard !row.isBroken else {
        collector.report(.badRecord, place, "a quoted field without an end")
        continue
      }
      guard var fields = texts(row.fields, at: place, reporting: &collector) else { continue }
      if width == nil {
        width = fields.count
        // Who writes `image| caption` writes blanks in front of the captions, too.
        trimsFields = fields.contains { $0.utf8.count != $0.trimmed.utf8.count }
      }
      if trimsFields { fields = fields.map(\.trimmed) }
      return fields
    }
    return nil
  }

  private func texts(
    _ fields: [[UInt8]], at place: String, reporting collector: inout SampleCollector
  ) -> [String]? {
    var texts: [String] = []
    for field in fields {
      switch TextEncoding.decoded(field) {
      case .success(let text): texts.append(text)
      case .failure(let fault):
        collector.report(.wrongEncoding, place, fault.reason)
        return nil
      }
    }
    return texts
  }

  private mutating func nextRow() throws(CorpusError) -> TableDialect.Row? {
    while true {
      if start < buffer.count,
        let row = dialect.row(in: buffer[...], from: start, isWhole: isAtEnd, width: width)
      {
        start = row.end
        return row
      }
      if isAtEnd { return nil }
      guard buffer.count - start < Self.longest else {
        throw .unreadable(
          path: file.path, reason: "line \(nextLine) is longer than \(Self.longest >> 20) MB")
      }
      let more = try file.read(at: offset, upTo: Self.piece)
      isAtEnd = more.count < Self.piece
      offset += more.count
      buffer.removeFirst(start)
      start = 0
      buffer += more
    }
  }
}
