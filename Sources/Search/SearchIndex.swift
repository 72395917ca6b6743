import CScan
import Files

/// An index, opened for searching: an exact store over its mapped vectors, and its metadata.
///
/// Opening takes milliseconds whatever the size, and any number of tasks may search at once. A builder
/// replaces an index as a whole; this one stays as it was opened.
package final class SearchIndex: Sendable {
  package let folder: String
  package let manifest: IndexManifest
  /// What finds pictures; their ids are their names.
  package let store: ExactStore
  package let metadata: MetadataStore
  let vectors: VectorTable

  package var count: Int { manifest.count }

  package var info: SearchInfo {
    SearchInfo(
      modelName: manifest.model.name, count: count, width: manifest.width,
      languages: manifest.languages, version: manifest.fingerprint)
  }

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
    store = ExactStore(name: folder, table: vectors, metadata: metadata)
  }

  private static func openFiles(
    of manifest: IndexManifest, in folder: String
  ) throws(IndexError) -> (VectorTable, MetadataStore) {
    try checkSizes(of: manifest, in: folder)
    let vectors = try VectorTable(
      folder: folder, suffix: ".\(manifest.generation)", type: manifest.type,
      count: manifest.count, width: manifest.width)
    let metadata = try MetadataStore(
      reading: folder + "/" + manifest.metadata.name, folder: folder)
    return (vectors, metadata)
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
