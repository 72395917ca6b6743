import CScan
import Files
import Foundation
package import Languages
import Vectors

/// An index, opened for searching: vectors mapped into memory, metadata in SQLite.
///
/// Opening takes milliseconds whatever the size, and any number of tasks may search at once.
package final class SearchIndex: Sendable {
  package let folder: String
  package let manifest: IndexManifest
  let vectors: VectorTable
  let metadata: MetadataStore

  package var count: Int { manifest.count }

  /// Opens the index in `folder`; sizes and headers of its files are checked, not every byte.
  ///
  /// - Throws: ``IndexError`` if it is missing, unfinished, damaged or too new.
  package init(opening folder: String) throws(IndexError) {
    self.folder = folder
    var manifest = try IndexManifest.read(from: folder)
    var files: (vectors: VectorTable, metadata: MetadataStore)?
    while files == nil {
      do {
        files = try Self.openFiles(of: manifest, in: folder)
      } catch {
        // A builder may have committed between the reading of the manifest and that of the files.
        let newer = try IndexManifest.read(from: folder)
        guard newer.generation > manifest.generation else { throw error }
        manifest = newer
      }
    }
    guard let files else { throw .missing(folder: folder) }
    self.manifest = manifest
    (vectors, metadata) = files
  }

  private static func openFiles(
    of manifest: IndexManifest, in folder: String
  ) throws(IndexError) -> (VectorTable, MetadataStore) {
    try checkSizes(of: manifest, in: folder)
    let vectors = try VectorTable(
      folder: folder, suffix: ".\(manifest.generation)", type: manifest.type,
      count: manifest.count, width: manifest.width)
    return (vectors, try MetadataStore(reading: folder + "/" + manifest.metadata.name))
  }

  private static func checkSizes(of manifest: IndexManifest, in folder: String) throws(IndexError) {
    for file in manifest.files {
      let path = folder + "/" + file.name
      guard let found = FileStamp(path: path) else {
        throw .damaged(file: path, reason: "it is gone")
      }
      guard found.bytes == file.bytes else {
        throw .damaged(
          file: path, reason: "it has \(found.bytes) bytes instead of \(file.bytes)")
      }
    }
  }

  /// Reads every byte and compares the checksums.
  ///
  /// - Throws: ``IndexError/damaged(file:reason:)`` for the first file that has changed.
  package func verify() throws(IndexError) {
    for file in manifest.files {
      let path = folder + "/" + file.name
      let found: MappedFile
      do throws(FileError) { found = try MappedFile(path) } catch { throw IndexError(error) }
      guard found.checksum == file.checksum else {
        throw .damaged(file: path, reason: "its checksum is not the manifest's")
      }
    }
  }

  /// Finds the rows nearest to a vector, the best first.
  ///
  /// - Parameters:
  ///   - vector: As wide as the index, of any length but zero.
  ///   - limit: The most rows to name.
  ///   - filter: Which pictures count.
  /// - Returns: Rows and cosines.
  /// - Throws: ``SearchError`` for a vector that does not fit, ``IndexError`` for damaged metadata.
  package func nearest(
    to vector: [Float], limit: Int, where filter: SearchFilter = SearchFilter()
  ) throws -> [Neighbour] {
    guard vector.count == manifest.width else {
      throw SearchError.wrongWidth(expected: manifest.width, found: vector.count)
    }
    guard let unit = unitVector(vector[...]) else {
      throw SearchError.badEmbedding(reason: "it is zero or not finite")
    }
    let allowed = filter.isEmpty ? nil : try metadata.rows(passing: filter, of: count)
    return vectors.nearest(to: unit, limit: limit, allowed: allowed).map {
      Neighbour(row: $0.row, score: min(1, max(-1, $0.score)))
    }
  }

  /// Finds the pictures nearest to a vector, the best first, with their captions in `language` where
  /// they have one.
  package func search(
    _ vector: [Float], limit: Int, where filter: SearchFilter = SearchFilter(),
    language: LanguageTag? = nil
  ) throws -> [Hit] {
    try hits(for: nearest(to: vector, limit: limit, where: filter), language: language)
  }

  /// What the index knows of rows, with their captions in `language` where they have one.
  func hits(for neighbours: [Neighbour], language: LanguageTag?) throws(IndexError) -> [Hit] {
    let choice = CaptionChoice(asked: language)
    let entries = try metadata.entries(
      at: neighbours.map(\.row), languages: choice.languages)
    var hits: [Hit] = []
    for neighbour in neighbours {
      guard var entry = entries[neighbour.row] else {
        throw .damaged(
          file: metadata.path, reason: "it has no record of picture \(neighbour.row)")
      }
      entry.location = entry.location.resolved(from: folder)
      hits.append(
        Hit(
          id: neighbour.row, score: neighbour.score, entry: entry,
          caption: choice.caption(of: entry)))
    }
    return hits
  }

  /// The cosine of every picture with a vector of length one, in the order of the rows.
  ///
  /// - Complexity: One pass over all vectors, on all cores.
  func scores(of vector: [Float]) throws(SearchError) -> [Float] {
    guard vector.count == manifest.width else {
      throw .wrongWidth(expected: manifest.width, found: vector.count)
    }
    return vectors.scores(of: vector).map { min(1, max(-1, $0)) }
  }

  /// The row of the picture with a name, or nil if there is none.
  package func row(named name: String) throws(IndexError) -> Int? {
    try metadata.entry(named: name)?.row
  }

  /// The pictures that a file holds alone, not as a part of it.
  func pictures(inFile path: String) throws(IndexError) -> [(row: Int, name: String)] {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    let paths = Set(
      [url.path, url.resolvingSymlinksInPath().path].flatMap { path in
        [path, IndexedLocation.file(path: path).stored(in: folder).path]
      })
    return try metadata.pictures(inFiles: Array(paths))
  }

  /// The entry of a row with all its captions, or nil if there is no such row.
  package func entry(at row: Int) throws(IndexError) -> IndexEntry? {
    guard row >= 0, row < count else { return nil }
    guard var entry = try metadata.entries(at: [row], languages: nil)[row] else {
      throw .damaged(file: metadata.path, reason: "it has no record of picture \(row)")
    }
    entry.location = entry.location.resolved(from: folder)
    return entry
  }

  /// The vector of a row, of length one.
  package func vector(at row: Int) throws(SearchError) -> [Float] {
    guard row >= 0, row < count else { throw .unknownPicture(id: row) }
    return vectors.vector(at: row)
  }

  /// Throws unless the index was made with the model given.
  package func requireModel(_ model: IndexedModel, width: Int) throws(IndexError) {
    guard manifest.model.id == model.id else {
      throw .otherModel(folder: folder, index: manifest.model, asked: model)
    }
    guard manifest.width == width else {
      throw .otherWidth(folder: folder, index: manifest.width, asked: width)
    }
  }
}

extension MappedFile {
  /// XXH64 in hexadecimal.
  var checksum: String {
    let digits = String(cscan_checksum(bytes.baseAddress, bytes.count), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
