import Files
import Foundation
import GRDB
import Synchronization

/// What is known of pictures, in SQLite: one record a picture, found by its id or its row.
///
/// It reads through any of GRDB's connections: a queue in memory, a pool, or several queues on one
/// file. Any number of tasks may ask at once.
package final class MetadataStore: Sendable {
  /// A picture's record and where it stands.
  struct Record: Sendable {
    /// The picture's number in this state of the index.
    var row: Int
    var entry: IndexEntry
  }

  /// The connections that a store opens on a file.
  private static let readersOfAFile = 4
  /// Fewer than any build of SQLite takes in one statement; a power of two.
  private static let mostArguments = 1 << 13

  private static let firstColumns = """
    row, name, path, offset, length, title, concept, source, license, width, height, \
    stamp_bytes, stamp_modified
    """
  /// What a new file has.
  static let columns = firstColumns + ", stamp_changed, stamp_number, checksum"

  /// The file, for messages.
  package let path: String
  /// The folder of the index, which the paths of pictures may be relative to.
  package let folder: String
  private let readers: [any DatabaseReader]
  private let turn = Atomic(0)
  /// Those that this file has; earlier versions made files without the last.
  private let columns: String

  /// Opens a file for reading.
  ///
  /// A pool opens its connections when they are first needed; by then a builder may have put another
  /// index in this one's place. So all are opened now.
  package convenience init(reading path: String, folder: String) throws(IndexError) {
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw .file(
        FileError(.read, path, reason: "the file is missing or permission is denied"))
    }
    var configuration = Configuration()
    configuration.readonly = true
    var readers: [any DatabaseReader] = []
    do {
      for _ in 0..<Self.readersOfAFile {
        readers.append(try DatabaseQueue(path: path, configuration: configuration))
      }
    } catch { throw IndexError(metadata: error, path) }
    try self.init(readers, path: path, folder: folder)
  }

  /// Reads through connections that are open.
  init(_ readers: [any DatabaseReader], path: String, folder: String) throws(IndexError) {
    precondition(!readers.isEmpty, "no connection to \(path)")
    self.readers = readers
    self.path = path
    self.folder = folder
    do {
      let names = try readers[0].read { try $0.columns(in: "entry").map(\.name) }
      columns = names.contains("checksum") ? Self.columns : Self.firstColumns
    } catch { throw IndexError(metadata: error, path) }
  }

  func reading<Result>(
    _ body: (Database) throws -> Result
  ) throws(IndexError) -> Result {
    let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    let reader = readers[Int(UInt(bitPattern: number) % UInt(readers.count))]
    do { return try reader.read(body) } catch { throw IndexError(metadata: error, path) }
  }

  /// The error for a picture that a store of vectors has and the metadata have not.
  func hasNoRecord(of picture: String) -> IndexError {
    .damaged(file: path, reason: "it has no record of \(picture)")
  }

  func isSound() throws(IndexError) -> Bool {
    try reading { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") == ["ok"] }
  }

  func count() throws(IndexError) -> Int {
    try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM entry") ?? 0 }
  }

  // MARK: - Ids and rows

  /// The row of the picture with a name, or nil if there is none.
  package func row(named name: String) throws(IndexError) -> Int? {
    let id = VectorID(name)
    return try rows(of: [id])[id]
  }

  /// The rows of ids; ids without a record are left out.
  func rows(of ids: [VectorID]) throws(IndexError) -> [VectorID: Int] {
    var rows: [VectorID: Int] = [:]
    for record in try records("row, name", where: "name", isAmong: ids.map(\.text)) {
      rows[VectorID(record["name"])] = record["row"]
    }
    return rows
  }

  /// The ids of rows; rows without a record are left out.
  func ids(at rows: [Int]) throws(IndexError) -> [Int: VectorID] {
    var ids: [Int: VectorID] = [:]
    for record in try records("row, name", where: "row", isAmong: rows) {
      ids[record["row"]] = VectorID(record["name"])
    }
    return ids
  }

  /// The first `count` rows in the order of their ids, and among them rows that have no record.
  ///
  /// - Parameters:
  ///   - removed: Rows that are left out.
  ///   - others: Ids and rows in the order of the ids.
  func rowsByID(
    of count: Int, without removed: RowSet, and others: [(id: VectorID, row: Int)]
  ) throws(IndexError) -> [Int] {
    func isThere(_ row: Int) -> Bool { (0..<count).contains(row) && !removed.contains(row) }
    return try reading { store in
      // SQLite, too, compares texts by their bytes, and has them in this order.
      guard !others.isEmpty else {
        return try Int.fetchAll(store, sql: "SELECT row FROM entry ORDER BY name").filter(isThere)
      }
      var rows: [Int] = []
      var others = others[...]
      let records = try Row.fetchCursor(store, sql: "SELECT row, name FROM entry ORDER BY name")
      while let record = try records.next() {
        let row: Int = record[0]
        guard isThere(row) else { continue }
        while let other = others.first, other.id < VectorID(record[1]) {
          rows.append(other.row)
          others.removeFirst()
        }
        rows.append(row)
      }
      return rows + others.map(\.row)
    }
  }

  // MARK: - Filters

  /// The rows of the first `count` that a filter lets through.
  func rows(passing filter: SearchFilter, of count: Int) throws(IndexError) -> RowSet {
    try reading { store in
      var rows = RowSet(room: count)
      let (condition, arguments) = Self.condition(of: filter)
      let found = try Int.fetchCursor(
        store, sql: "SELECT row FROM entry WHERE \(condition)", arguments: arguments)
      while let row = try found.next() {
        if row < count { rows.insert(row) }
      }
      return rows
    }
  }

  /// The ids that a filter lets through.
  func ids(passing filter: SearchFilter) throws(IndexError) -> Set<VectorID> {
    try reading { store in
      let (condition, arguments) = Self.condition(of: filter)
      let names = try String.fetchCursor(
        store, sql: "SELECT name FROM entry WHERE \(condition)", arguments: arguments)
      var ids: Set<VectorID> = []
      while let name = try names.next() { ids.insert(VectorID(name)) }
      return ids
    }
  }

  private static func condition(of filter: SearchFilter) -> (String, StatementArguments) {
    var conditions = ["true"]
    var arguments = StatementArguments()
    for (column, values) in filter.conditions where !values.isEmpty {
      conditions.append("\(column) IN (\(marks(values.count)))")
      arguments += StatementArguments(values)
    }
    return (conditions.joined(separator: " AND "), arguments)
  }

  private static func marks(_ count: Int) -> String {
    Array(repeating: "?", count: count).joined(separator: ", ")
  }

  // MARK: - Records

  /// The records of ids, with captions in `languages` alone (nil: all); ids without one are left out.
  func records(
    of ids: [VectorID], languages: [String]?
  ) throws(IndexError) -> [VectorID: Record] {
    var found: [VectorID: Record] = [:]
    for record in try records(
      "\(columns), \(Self.captions(in: languages))", where: "name", isAmong: ids.map(\.text))
    {
      var entry = try entry(withCaptions: record)
      entry.location = entry.location.resolved(from: folder)
      found[VectorID(entry.name)] = Record(row: record["row"], entry: entry)
    }
    return found
  }

  /// The entry of a row with all its captions, or nil if there is no such row.
  package func entry(at row: Int) throws(IndexError) -> IndexEntry? {
    guard let id = try ids(at: [row])[row] else { return nil }
    return try records(of: [id], languages: nil)[id]?.entry
  }

  /// The row and entry of a name, its path as it is stored; captions are left out.
  func storedEntry(named name: String) throws(IndexError) -> Record? {
    try reading { store in
      // A builder asks this for every picture.
      let find = try store.cachedStatement(sql: "SELECT \(columns) FROM entry WHERE name = ?")
      return try Row.fetchOne(find, arguments: [name]).map {
        Record(row: $0["row"], entry: Self.entry($0))
      }
    }
  }

  /// The rows and names of pictures that a file holds alone, not as a part of it.
  func pictures(inFile path: String) throws(IndexError) -> [(row: Int, name: String)] {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    let paths = Set(
      [url.path, url.resolvingSymlinksInPath().path].flatMap { path in
        [path, IndexedLocation.file(path: path).stored(in: folder).path]
      })
    return try reading { store in
      try Row.fetchAll(
        store,
        sql: """
          SELECT row, name FROM entry WHERE path IN (\(Self.marks(paths.count)))
          AND offset IS NULL ORDER BY row
          """, arguments: StatementArguments(Array(paths))
      ).map { ($0["row"], $0["name"]) }
    }
  }

  /// The records whose `column` has one of some values: one query, but for very many values.
  private func records(
    _ columns: String, where column: String, isAmong values: [some DatabaseValueConvertible]
  ) throws(IndexError) -> [Row] {
    guard !values.isEmpty else { return [] }
    return try reading { store in
      var records: [Row] = []
      for start in stride(from: 0, to: values.count, by: Self.mostArguments) {
        let part = values[start..<min(values.count, start + Self.mostArguments)]
        // A few sizes, so that SQLite reads few statements; no value is equal to NULL.
        var size = 1
        while size < part.count { size *= 2 }
        let find = try store.cachedStatement(
          sql: "SELECT \(columns) FROM entry WHERE \(column) IN (\(Self.marks(size)))")
        let padding = [DatabaseValue](repeating: .null, count: size - part.count)
        records += try Row.fetchAll(
          find, arguments: StatementArguments(part.map(\.databaseValue) + padding))
      }
      return records
    }
  }

  /// `json_object('ko', captions -> '$."ko"', …)`; a tag holds only letters, digits and hyphens.
  private static func captions(in languages: [String]?) -> String {
    guard let languages else { return "captions" }
    let parts = languages.filter(isPlainTag).map { "'\($0)', captions -> '$.\"\($0)\"'" }
    return "json_object(\(parts.joined(separator: ", "))) AS captions"
  }

  private static func isPlainTag(_ tag: String) -> Bool {
    tag.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }

  private func entry(withCaptions record: Row) throws(IndexError) -> IndexEntry {
    var entry = Self.entry(record)
    let json: String = record["captions"]
    do {
      let texts = try JSONDecoder().decode([String: [String]?].self, from: Data(json.utf8))
      entry.captions = texts.compactMapValues { $0 }
    } catch { throw IndexError(metadata: error, path) }
    return entry
  }

  private static func entry(_ record: Row) -> IndexEntry {
    let path: String = record["path"]
    let offset: Int? = record["offset"]
    let length: Int? = record["length"]
    let bytes: Int? = record["stamp_bytes"]
    let modified: Int? = record["stamp_modified"]
    let location: IndexedLocation =
      if let offset, let length {
        .part(path: path, offset: offset, length: length)
      } else {
        .file(path: path)
      }
    var entry = IndexEntry(name: record["name"], location: location)
    entry.title = record["title"]
    entry.concept = record["concept"]
    entry.source = record["source"]
    entry.license = record["license"]
    entry.width = record["width"]
    entry.height = record["height"]
    if let bytes, let modified {
      entry.stamp = FileStamp(
        bytes: bytes, modified: modified, changed: record["stamp_changed"],
        number: record["stamp_number"])
    }
    entry.checksum = record["checksum"]
    return entry
  }
}
