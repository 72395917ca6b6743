internal import Foundation

/// A lock between processes on a file; others that use `flock`, such as huggingface_hub, respect it.
///
/// It is held for as long as this lives, and the system gives it back if the process dies.
final class FileLock: Sendable {
  private let descriptor: Int32

  private static let pause = Duration.milliseconds(50)

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Waits until the lock is ours.
  ///
  /// - Parameter onWait: Called once, if another holds it.
  static func take(_ path: String, onWait: () async -> Void) async throws -> FileLock {
    try CacheFiles.makeFolder(of: path)
    var hasWaited = false
    while true {
      let lock = FileLock(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666))
      guard lock.descriptor >= 0 else {
        throw HubError.file(path: path, reason: systemReason())
      }
      if flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 {
        if lock.isAt(path) { return lock }
        // Whoever had it removed the file; a lock on a removed file excludes nobody.
        continue
      }
      switch errno {
      case EWOULDBLOCK, EINTR: break
      // A file system without locks: downloads still end whole, at worst made twice.
      case ENOSYS, EOPNOTSUPP, ENOLCK: return lock
      default: throw HubError.file(path: path, reason: systemReason())
      }
      if !hasWaited { await onWait() }
      hasWaited = true
      try await Task.sleep(for: pause)
    }
  }

  private func isAt(_ path: String) -> Bool {
    var (ours, there) = (stat(), stat())
    return fstat(descriptor, &ours) == 0 && stat(path, &there) == 0
      && ours.st_ino == there.st_ino && ours.st_dev == there.st_dev
  }
}
