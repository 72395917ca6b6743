package import Foundation

/// Writes a file so that its place holds what it held before or all of the new bytes, even where the
/// machine stops meanwhile: beside it first, onto the disk, then renamed.
///
/// - Parameter beside: Where it is made; several that write one place at once each need their own.
/// - Throws: ``FileError``, which names `path`; then nothing has changed there.
package func writeWhole(
  _ bytes: Data, to path: String, beside: String? = nil
) throws(FileError) {
  let beside = beside ?? path + ".partial"
  do throws(FileError) {
    let file = try OutputFile(beside)
    let error = bytes.withUnsafeBytes { bytes -> FileError? in
      do throws(FileError) { try file.write(bytes) } catch { return error }
      return nil
    }
    if let error { throw error }
    try file.finish()
    try moveIntoPlace(beside, to: path)
  } catch {
    removeFile(beside)
    throw FileError(.write, path, because: error)
  }
}

/// Renames a file or folder whose bytes the disk has, and waits until the disk has the new name, too.
///
/// - Throws: ``FileError``, which names `destination`.
package func moveIntoPlace(_ path: String, to destination: String) throws(FileError) {
  try moveFile(path, to: destination)
  do throws(FileError) { try synchronizeFolder(destination.parentPath) } catch {
    throw FileError(.write, destination, because: error)
  }
}

/// Renames a file or folder, replacing a file that is there in one step. The disk has the new name
/// for sure only when its folder is synchronized.
///
/// - Throws: ``FileError``, which names `destination`.
package func moveFile(_ path: String, to destination: String) throws(FileError) {
  try FileFaults.pass(destination)
  let status = path.withSystemPath { old in
    destination.withSystemPath { new in rename(old, new) }
  }
  guard status == 0 else { throw FileError(.write, destination) }
}

/// Makes a folder in one that is there.
///
/// - Throws: ``FileError``, also if there is something at `path` already.
package func makeFolder(_ path: String) throws(FileError) {
  try FileFaults.pass(path)
  guard path.withSystemPath({ mkdir($0, 0o755) }) == 0 else { throw FileError(.write, path) }
}

/// Removes the name of a file, if there is one.
package func removeFile(_ path: String) { _ = path.withSystemPath { unlink($0) } }

/// Waits until the disk has everything of a file that somebody else wrote.
package func synchronizeFile(_ path: String) throws(FileError) {
  let descriptor = path.withSystemPath { open($0, O_RDWR | O_CLOEXEC) }
  guard descriptor >= 0 else { throw FileError(.write, path) }
  defer { close(descriptor) }
  try synchronizeDescriptor(descriptor, of: path)
}

/// Waits until the disk has the names in a folder: a rename is an entry of the folder, which is
/// written by itself.
///
/// A folder that may be written and not read cannot be waited for, nor can one of a file system that
/// knows no such thing.
///
/// - Parameter path: The folder's path; empty for the one in which the program runs.
/// - Throws: ``FileError`` if the disk does not take them.
package func synchronizeFolder(_ path: String) throws(FileError) {
  try FileFaults.pass(path)
  let descriptor = (path.isEmpty ? "." : path).withSystemPath {
    open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  }
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
    throw FileError(.write, path)
  }
}

/// Waits until the disk has everything of an open file. A device or pipe has nothing to wait for.
func synchronizeDescriptor(_ descriptor: Int32, of path: String) throws(FileError) {
  try FileFaults.pass(path)
  guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError(.write, path) }
}
