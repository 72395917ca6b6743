import Files
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Search

@Suite("Which pictures have changed")
struct FileStampTests {
  let folder: TemporaryFolder
  let settings = IndexSettings(model: testModel, width: 2, type: .float32)

  init() throws { folder = try TemporaryFolder() }

  private func entry(_ path: String) throws -> IndexEntry {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    return IndexEntry(
      name: "p", location: .file(path: path), width: 3, height: 4, stamp: FileStamp(path: path),
      checksum: SentenceVectors.checksum(of: bytes))
  }

  private func index(_ entry: IndexEntry) throws {
    let builder = try IndexBuilder(folder("index"), settings: settings)
    try builder.add([entry], vectors: [[1, 2]])
    try builder.finish()
  }

  /// Whether the vector of the picture at `path` is taken over, without its size and checksum known.
  private func isReused(_ path: String) throws -> Bool {
    let builder = try IndexBuilder(folder("index"), settings: settings)
    defer { builder.discard() }
    return try builder.reuses(
      IndexEntry(name: "p", location: .file(path: path), stamp: FileStamp(path: path)))
  }

  /// Gives a file the times of another, as `cp -p` and `rsync -t` do.
  private func copyTimes(_ path: String, to other: String) throws {
    let date = try #require(
      FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: other)
  }

  @Test("Another picture of the same size and time is seen, written over or put in its place")
  func sameSizeAndTime() throws {
    let path = try folder.write([1, 2, 3], to: "p.png")
    try index(entry(path))
    #expect(try isReused(path))
    let other = try folder.write([4, 5, 6], to: "other.png")
    try copyTimes(path, to: other)
    #expect(rename(other, path) == 0)
    #expect(try !isReused(path))
    try index(entry(path))
    let times = try folder.write([0], to: "times")
    try copyTimes(path, to: times)
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.write(contentsOf: [7, 8, 9])
    try file.close()
    try copyTimes(times, to: path)
    #expect(try !isReused(path))
  }

  @Test("A folder that was copied, moved or touched is not embedded again")
  func copied() throws {
    let path = try folder.write([1, 2, 3], to: "p.png")
    try index(entry(path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 5)], ofItemAtPath: path)
    #expect(try isReused(path))
    try FileManager.default.createDirectory(
      atPath: folder("copy"), withIntermediateDirectories: true)
    let copy = try folder.write([1, 2, 3], to: "copy/p.png")
    #expect(try isReused(copy))
    let builder = try IndexBuilder(folder("index"), settings: settings)
    let plain = IndexEntry(name: "p", location: .file(path: copy), stamp: FileStamp(path: copy))
    #expect(try builder.reuses(plain))
    try builder.finish()
    // What only the embedding knew is handed on.
    let kept = try #require(try SearchIndex(opening: folder("index")).metadata.entry(at: 0))
    #expect(kept.width == 3 && kept.height == 4)
    #expect(kept.checksum == SentenceVectors.checksum(of: [1, 2, 3]))
  }

  @Test("A part of an archive that was written anew counts by its bytes")
  func parts() throws {
    let path = try folder.write([0, 1, 2, 3], to: "shard.tar")
    var part = try entry(path)
    part.location = .part(path: path, offset: 1, length: 2)
    part.checksum = SentenceVectors.checksum(of: [1, 2])
    try index(part)
    try folder.write([9, 9, 1, 2, 9], to: "shard.tar")
    let builder = try IndexBuilder(folder("index"), settings: settings)
    part.stamp = FileStamp(path: path)
    part.checksum = nil
    part.location = .part(path: path, offset: 1, length: 2)
    #expect(try !builder.reuses(part))
    part.location = .part(path: path, offset: 2, length: 2)
    #expect(try builder.reuses(part))
    builder.discard()
  }

  @Test("A link's stamp is that of its target")
  func links() throws {
    let path = try folder.write([1, 2, 3], to: "target.png")
    #expect(symlink("target.png", folder("link.png")) == 0)
    #expect(FileStamp(path: folder("link.png")) == FileStamp(path: path))
    try index(entry(folder("link.png")))
    try folder.write([3, 2, 1, 0], to: "target.png")
    #expect(try !isReused(folder("link.png")))
  }

  @Test("An index of an earlier version, which knows size and time alone, is read and gone on with")
  func earlierVersion() async throws {
    let path = try folder.write([1, 2, 3], to: "p.png")
    try index(entry(path))
    let database = folder("index/metadata.1.sqlite")
    try await DatabaseQueue(path: database).write { store in
      for column in ["stamp_changed", "stamp_number", "checksum"] {
        try store.execute(sql: "ALTER TABLE entry DROP COLUMN \(column)")
      }
    }
    try rewriteManifest(database)
    let old = try SearchIndex(opening: folder("index"))
    #expect(try old.metadata.entry(at: 0)?.name == "p")
    #expect(try old.metadata.entry(at: 0)?.stamp?.changed == nil)
    let found = try await old.store.nearest(to: [1, 2], limit: 1, among: .all)
    #expect(found.map(\.id) == ["p"])
    #expect(try isReused(path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 5)], ofItemAtPath: path)
    #expect(try !isReused(path))
  }

  /// Makes the manifest fit the metadata as they are now.
  private func rewriteManifest(_ database: String) throws {
    var manifest = try IndexManifest.read(from: folder("index"))
    let file = try MappedFile(database)
    manifest.metadata = IndexManifest.File(
      name: manifest.metadata.name, bytes: file.bytes.count, checksum: file.checksum)
    try manifest.write(to: folder("index"))
  }
}
