import Files
import Foundation
import GRDB

/// What an index knows of its pictures, in SQLite: one record a row of the vectors.
final class MetadataStore: Sendable {
  let path: String
  private let database: DatabaseQueue

  private static let firstColumns = """
    row, name, path, offset, length, title, concept, source, license, width, height, \
    stamp_bytes, stamp_modified
    """
  /// Those that stores of earlier versions lack.
  private static let laterColumns = "stamp_changed, stamp_number, checksum"
  private let columns: String

  /// Makes a new store.
  ///
  /// The disk is waited for when the index is committed, not at every batch: an ending of the program
  /// loses nothing, and after an ending of the machine ``isSound()`` decides.
  init(creating path: String) throws(IndexError) {
    self.path = path
    do {
      var configuration = Configuration()
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
      database = try DatabaseQueue(path: path, configuration: configuration)
      try database.write { store in
        try store.execute(
          sql: """
            CREATE TABLE entry (
              row INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
              offset INTEGER, length INTEGER, title TEXT, captions TEXT NOT NULL, concept TEXT,
              source TEXT, license TEXT, width INTEGER, height INTEGER,
              stamp_bytes INTEGER, stamp_modified INTEGER, stamp_changed INTEGER,
              stamp_number INTEGER, checksum TEXT)
            """)
      }
      columns = "\(Self.firstColumns), \(Self.laterColumns)"
    } catch { throw MetadataStore.failure(error, path) }
  }

  /// Opens a store for reading.
  init(reading path: String) throws(IndexError) {
    self.path = path
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw .file(
        FileError(.read, path, reason: "the file is missing or permission is denied"))
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      database = try DatabaseQueue(path: path, configuration: configuration)
      let names = try database.read { try $0.columns(in: "entry").map(\.name) }
      columns =
        names.contains("checksum")
        ? "\(Self.firstColumns), \(Self.laterColumns)" : Self.firstColumns
    } catch { throw MetadataStore.failure(error, path) }
  }

  func close() { try? database.close() }

  private static func failure(_ error: any Error, _ path: String) -> IndexError {
    if let error = error as? FileError { return IndexError(error) }
    guard let error = error as? DatabaseError else {
      return .damaged(file: path, reason: String(describing: error))
    }
    return switch error.resultCode {
    case .SQLITE_FULL: .diskFull(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM:
      .file(FileError(.write, path, reason: "permission denied"))
    case .SQLITE_CANTOPEN, .SQLITE_IOERR:
      .file(FileError(.read, path, reason: error.message ?? "the system gives no reason"))
    default: .damaged(file: path, reason: error.message ?? "SQLite says \(error.resultCode)")
    }
  }

  private func reading<Result>(
    _ body: (Database) throws -> Result
  ) throws(IndexError) -> Result {
    do { return try database.read(body) } catch { throw Self.failure(error, path) }
  }

  // MARK: - Writing

  /// Adds entries as the rows from `first` on, all or none.
  func append(_ entries: [IndexEntry], from first: Int) throws(IndexError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try FileFaults.pass(path)
      try database.write { store in
        let insert = try store.cachedStatement(
          sql: """
            INSERT INTO entry (\(columns), captions)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        for (index, entry) in entries.enumerated() {
          let captions = String(decoding: try encoder.encode(entry.captions), as: UTF8.self)
          let place: (offset: Int?, length: Int?) =
            switch entry.location {
            case .file: (nil, nil)
            case .part(_, let offset, let length): (offset, length)
            }
          try insert.execute(arguments: [
            first + index, entry.name, entry.location.path, place.offset, place.length,
            entry.title, entry.concept, entry.source, entry.license, entry.width, entry.height,
            entry.stamp?.bytes, entry.stamp?.modified, entry.stamp?.changed, entry.stamp?.number,
            entry.checksum, captions,
          ])
        }
      }
    } catch { throw Self.failure(error, path) }
  }

  // MARK: - Reading

  func isSound() throws(IndexError) -> Bool {
    try reading { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") == ["ok"] }
  }

  func count() throws(IndexError) -> Int {
    try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM entry") ?? 0 }
  }

  /// The row and entry of a name; captions are left out.
  func entry(named name: String) throws(IndexError) -> (row: Int, entry: IndexEntry)? {
    try reading { store in
      let find = try store.cachedStatement(
        sql: "SELECT \(columns) FROM entry WHERE name = ?")
      return try Row.fetchOne(find, arguments: [name]).map { ($0["row"], Self.entry($0)) }
    }
  }

  /// The rows and names of pictures that are whole files, at one of the paths as they are stored.
  func pictures(inFiles paths: [String]) throws(IndexError) -> [(row: Int, name: String)] {
    try reading { store in
      let marks = paths.map { _ in "?" }.joined(separator: ", ")
      return try Row.fetchAll(
        store,
        sql: """
          SELECT row, name FROM entry WHERE path IN (\(marks)) AND offset IS NULL ORDER BY row
          """, arguments: StatementArguments(paths)
      ).map { ($0["row"], $0["name"]) }
    }
  }

  /// The entries of rows, in the order asked for, with captions in `languages` alone (nil: all).
  func entries(at rows: [Int], languages: [String]?) throws(IndexError) -> [Int: IndexEntry] {
    try reading { store in
      var entries: [Int: IndexEntry] = [:]
      let captions = languages.map { "json_object(\(Self.extracts($0)))" } ?? "captions"
      let find = try store.cachedStatement(
        sql: "SELECT \(columns), \(captions) AS captions FROM entry WHERE row = ?")
      for row in rows {
        guard let record = try Row.fetchOne(find, arguments: [row]) else { continue }
        var entry = Self.entry(record)
        let json: String = record["captions"]
        let texts = try JSONDecoder().decode([String: [String]?].self, from: Data(json.utf8))
        entry.captions = texts.compactMapValues { $0 }
        entries[row] = entry
      }
      return entries
    }
  }

  /// `'ko', captions -> '$."ko"', …`; a tag holds nothing but letters, digits and hyphens.
  private static func extracts(_ languages: [String]) -> String {
    languages.filter(isPlainTag).map { "'\($0)', captions -> '$.\"\($0)\"'" }
      .joined(separator: ", ")
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

  /// One bit a row: set for the entries that a filter lets through.
  func rows(passing filter: SearchFilter, of count: Int) throws(IndexError) -> [UInt8] {
    try reading { store in
      var bits = [UInt8](repeating: 0, count: (count + 7) / 8)
      var conditions: [String] = []
      var arguments = StatementArguments()
      for (column, values) in filter.conditions where !values.isEmpty {
        let marks = values.map { _ in "?" }.joined(separator: ", ")
        conditions.append("\(column) IN (\(marks))")
        arguments += StatementArguments(values)
      }
      let rows = try Int.fetchCursor(
        store, sql: "SELECT row FROM entry WHERE \(conditions.joined(separator: " AND "))",
        arguments: arguments)
      while let row = try rows.next() {
        if row >= 0, row < count { bits[row / 8] |= 1 << UInt8(row % 8) }
      }
      return bits
    }
  }

  /// The languages of the captions, the most frequent first.
  func languages() throws(IndexError) -> [String] {
    try reading { store in
      try String.fetchAll(
        store,
        sql: """
          SELECT key FROM entry, json_each(entry.captions)
          GROUP BY key ORDER BY count(*) DESC, key
          """)
    }
  }
}
