import Files
import Foundation

/// A file to which a run adds piece after piece, such as lines of a log.
///
/// A log is no reason to end a run: what cannot be written is kept and written with the next piece,
/// and meanwhile the file ends with the last whole one.
final class AppendedFile {
  private let path: String
  /// Bytes of the file's whole pieces.
  private var size: UInt64
  /// What is still to be written.
  private var waiting = Data()

  /// Empties the file.
  ///
  /// - Throws: ``TrainingError/file(_:)``
  init(_ path: String, beginning bytes: Data) throws(TrainingError) {
    self.path = path
    size = UInt64(bytes.count)
    do { try writeWhole(bytes, to: path) } catch {
      throw .file(FileError(.write, path, because: error))
    }
  }

  /// - Throws: ``TrainingError/file(_:)``; the piece is written with the next one.
  func append(_ piece: Data) throws(TrainingError) {
    waiting += piece
    do {
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? file.close() }
      // Somebody may have cut it short.
      size = min(size, try file.seekToEnd())
      do {
        try file.truncate(atOffset: size)
        try file.seek(toOffset: size)
        try file.write(contentsOf: waiting)
      } catch {
        try? file.truncate(atOffset: size)
        throw error
      }
      size += UInt64(waiting.count)
      waiting = Data()
    } catch { throw .file(FileError(.write, path, because: error)) }
  }
}
