import Files
import Layers

extension CheckpointError {
  /// What the system refused.
  init(_ error: FileError) {
    switch error.action {
    case .read: self = .unreadable(path: error.path, reason: error.reason)
    case .write: self = .unwritable(path: error.path, reason: error.reason)
    }
  }
}

/// Maps a file of numbers, which libtorch may change in memory; the file learns nothing of it.
///
/// - Throws: ``CheckpointError/unreadable(path:reason:)``
func mapped(_ path: String) throws(CheckpointError) -> MappedFile {
  do throws(FileError) { return try MappedFile(path, copiesOnWrite: true) } catch {
    throw CheckpointError(error)
  }
}
