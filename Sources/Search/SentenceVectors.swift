import CScan
import Files
import Foundation
package import Languages
package import Vectors

/// The vectors of many texts in a folder, made once and mapped into memory ever after.
///
/// The folder holds `vectors.npy` (halves, `[count, width]`) and `sentences.json`, which says what
/// they were made of; a folder made of anything else, or damaged, is as good as none.
package struct SentenceVectors: Sendable {
  /// What vectors depend on.
  package struct Origin: Codable, Sendable, Equatable {
    /// ``Embedder/modelID``, precision and whatever else the model's numbers depend on.
    package var model: String
    /// The language that was named for all texts; nil if each was read by itself.
    package var language: LanguageTag?
    /// ``checksum(of:)`` of the file that the texts stand in.
    package var file: String
    package var count: Int
    package var width: Int

    package init(model: String, language: LanguageTag?, file: String, count: Int, width: Int) {
      self.model = model
      self.language = language
      self.file = file
      self.count = count
      self.width = width
    }

    /// A name for a folder: other for any other origin.
    package var name: String {
      let parts = [model, language?.text ?? "", file, "\(count)", "\(width)"]
      return SentenceVectors.checksum(of: Array(parts.joined(separator: "\n").utf8))
    }
  }

  /// The file that says what a folder holds; it is written last.
  struct Note: Codable, Equatable {
    var format = "pictoglot-sentences"
    var version = 1
    var origin: Origin
    /// Of `vectors.npy`.
    var checksum: String
    var remarks: [String]
  }

  package let origin: Origin
  /// What a person should know about how the texts were read, one line each.
  package let remarks: [String]
  private let table: VectorTable

  static let type = VectorType.float16
  static let noteName = "sentences.json"

  /// Opens a folder; nil if it does not hold what `origin` says, whole and undamaged.
  package init?(opening folder: String, origin: Origin) {
    guard let data = FileManager.default.contents(atPath: folder + "/" + Self.noteName),
      let note = try? JSONDecoder().decode(Note.self, from: data),
      let file = try? MappedFile(VectorFileNames(folder: folder, suffix: "").vectors),
      note
        == Note(
          origin: origin,
          checksum: Self.hexadecimal(cscan_checksum(file.bytes.baseAddress, file.bytes.count)),
          remarks: note.remarks)
    else { return nil }
    guard
      let table = try? VectorTable(
        folder: folder, suffix: "", type: Self.type, count: origin.count, width: origin.width)
    else { return nil }
    self.origin = origin
    remarks = note.remarks
    self.table = table
  }

  /// The texts nearest to a vector of length one, by their numbers, the nearest first.
  ///
  /// - Complexity: One pass over all vectors, on all cores.
  package func nearest(to vector: [Float], limit: Int) -> [Neighbour] {
    table.nearest(to: vector, limit: limit, allowed: nil)
  }

  /// XXH64 in hexadecimal.
  package static func checksum(of bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { hexadecimal(cscan_checksum($0.baseAddress, $0.count)) }
  }

  static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Writes a folder of ``SentenceVectors``: beside its place, and moved there when it is whole.
package final class SentenceVectorsBuilder {
  private let folder: String
  private let partial: String
  private let lock: FileLock
  private let writer: VectorWriter
  private let origin: SentenceVectors.Origin
  private var isFinished = false

  /// - Parameter folder: Its place; the folders around it are made.
  /// - Throws: ``IndexError`` if nothing can be written there, or another program is about to.
  package init(_ folder: String, origin: SentenceVectors.Origin) throws(IndexError) {
    self.folder = folder
    self.origin = origin
    partial = folder + ".partial"
    try? FileManager.default.createDirectory(
      atPath: (folder as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    // What an interrupted program left there is written over.
    do throws(FileError) { try makeFolder(partial) } catch {
      guard error.code == EEXIST else { throw IndexError(error) }
    }
    lock = try buildLock(of: partial)
    writer = try VectorWriter(folder: partial, type: SentenceVectors.type, width: origin.width)
  }

  deinit { if !isFinished { try? FileManager.default.removeItem(atPath: partial) } }

  /// Adds vectors of length one, as wide as the origin says.
  package func append(_ vectors: VectorRows) throws(IndexError) { try writer.append(vectors) }

  /// Puts the folder in its place, whatever is there now.
  ///
  /// - Parameter remarks: What a person should know, each time the vectors are used.
  /// - Throws: ``IndexError``
  package func finish(remarks: [String]) throws(IndexError) {
    precondition(writer.count == origin.count, "\(writer.count) vectors of \(origin.count)")
    try writer.finish()
    let file: MappedFile
    do throws(FileError) {
      file = try MappedFile(VectorFileNames(folder: partial, suffix: "").vectors)
    } catch { throw IndexError(error) }
    let note = SentenceVectors.Note(
      origin: origin,
      checksum: SentenceVectors.hexadecimal(
        cscan_checksum(file.bytes.baseAddress, file.bytes.count)),
      remarks: remarks)
    let path = partial + "/" + SentenceVectors.noteName
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(note) else {
      throw .file(FileError(.write, path, reason: "its fields cannot be encoded"))
    }
    let old = folder + ".old"
    do throws(FileError) {
      let output = try OutputFile(path)
      try output.write([UInt8](data))
      try output.finish()
      try? FileManager.default.removeItem(atPath: old)
      if FileManager.default.fileExists(atPath: folder) { try moveFile(folder, to: old) }
      try moveFile(partial, to: folder)
      try synchronizeFolder(folder.parentPath)
    } catch { throw IndexError(error) }
    isFinished = true
    try? FileManager.default.removeItem(atPath: old)
  }
}
