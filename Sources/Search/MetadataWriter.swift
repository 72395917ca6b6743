import Files
import Foundation
import GRDB

/// Writes what an index will know of its pictures into a new SQLite file.
final class MetadataWriter: Sendable {
  let path: String
  private let database: DatabaseQueue

  /// Makes a new file.
  ///
  /// The disk is waited for when the index is committed, not at every batch: an ending of the program
  /// loses nothing, and after an ending of the machine ``MetadataStore/isSound()`` decides.
  init(_ path: String) throws(IndexError) {
    self.path = path
    do {
      var configuration = Configuration()
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
      database = try DatabaseQueue(path: path, configuration: configuration)
      try database.write { try Self.makeTable(in: $0) }
    } catch { throw IndexError(metadata: error, path) }
  }

  static func makeTable(in store: Database) throws {
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

  /// Adds entries as the rows from `first` on, all or none.
  func append(_ entries: [IndexEntry], from first: Int) throws(IndexError) {
    do {
      try FileFaults.pass(path)
      try database.write { try Self.insert(entries, from: first, into: $0) }
    } catch { throw IndexError(metadata: error, path) }
  }

  static func insert(_ entries: [IndexEntry], from first: Int, into store: Database) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let insert = try store.cachedStatement(
      sql: """
        INSERT INTO entry (\(MetadataStore.columns), captions)
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

  /// The languages of the captions, the most frequent first.
  func languages() throws(IndexError) -> [String] {
    do {
      return try database.read { store in
        try String.fetchAll(
          store,
          sql: """
            SELECT key FROM entry, json_each(entry.captions)
            GROUP BY key ORDER BY count(*) DESC, key
            """)
      }
    } catch { throw IndexError(metadata: error, path) }
  }

  func close() { try? database.close() }
}

extension IndexError {
  /// Why the metadata in `path` cannot be read or written.
  init(metadata error: any Error, _ path: String) {
    if let error = error as? FileError {
      self.init(error)
      return
    }
    guard let error = error as? DatabaseError else {
      self = .damaged(file: path, reason: String(describing: error))
      return
    }
    self =
      switch error.resultCode {
      case .SQLITE_FULL: .diskFull(path: path)
      case .SQLITE_READONLY, .SQLITE_PERM:
        .file(FileError(.write, path, reason: "permission denied"))
      case .SQLITE_CANTOPEN, .SQLITE_IOERR:
        .file(FileError(.read, path, reason: error.message ?? "the system gives no reason"))
      default: .damaged(file: path, reason: error.message ?? "SQLite says \(error.resultCode)")
      }
  }
}
