internal import Foundation

/// A lock between processes on a file or folder; other programs that use `flock` respect it.
///
/// It is held as long as this object lives, and the system releases it if the process dies. On a
/// file system without locks it does not exclude other processes.
package final class FileLock: Sendable {
  package let path: String
  /// Whether it keeps others out; not so where the file system knows no locks.
  package let isExclusive: Bool
  private let descriptor: Int32

  private init(_ descriptor: Int32, of path: String, isExclusive: Bool) {
    self.descriptor = descriptor
    self.path = path
    self.isExclusive = isExclusive
  }

  deinit { close(descriptor) }

  /// Takes the lock of a file, which is made if there is none.
  ///
  /// - Returns: The lock, or nil while somebody else holds it.
  package static func take(_ path: String) throws(FileError) -> FileLock? {
    try FileFaults.pass(path)
    return try take(path, O_RDWR | O_CREAT)
  }

  /// Takes the lock of a folder that is there.
  ///
  /// - Returns: The lock, or nil while somebody else holds it.
  package static func take(folder path: String) throws(FileError) -> FileLock? {
    try take(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  }

  private static func take(_ path: String, _ flags: Int32) throws(FileError) -> FileLock? {
    let descriptor = path.withSystemPath { open($0, flags | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw FileError(.write, path) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      switch code {
      case EINTR: continue
      case ENOSYS, EOPNOTSUPP, ENOLCK:
        return FileLock(descriptor, of: path, isExclusive: false)
      default:
        close(descriptor)
        if code == EWOULDBLOCK { return nil }
        throw FileError(.write, path, code: code)
      }
    }
    return FileLock(descriptor, of: path, isExclusive: true)
  }

  /// Whether what is locked still has its name: a lock on a removed file does not exclude other
  /// processes.
  package var isInPlace: Bool {
    var held = stat()
    guard fstat(descriptor, &held) == 0, let there = fileFacts(path) else { return false }
    return held.st_ino == there.st_ino && held.st_dev == there.st_dev
  }
}
