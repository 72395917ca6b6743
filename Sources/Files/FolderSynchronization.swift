internal import Foundation

/// Waits until the disk has the names in a folder: a rename is an entry of the folder, which is
/// written by itself.
///
/// A folder that may be written and not read cannot be waited for, nor can one of a file system that
/// knows no such thing.
///
/// - Parameter path: The folder's path; empty for the one in which the program runs.
/// - Throws: ``FileFailure`` if the disk does not take them.
package func synchronizeFolder(_ path: String) throws(FileFailure) {
  let descriptor = (path.isEmpty ? "." : path).withSystemPath {
    open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  }
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw FileFailure() }
}
