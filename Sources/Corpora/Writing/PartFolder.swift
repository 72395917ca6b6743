internal import FileSystem
internal import Foundation

/// A hidden folder beside the place where something is to be, which gets its name when all is there.
///
/// While it grows its maker holds a lock on it, which ends with the process at the latest. So what a
/// killed program left behind is told from what another one is still writing, and the next one that
/// wants the same place removes it.
package final class PartFolder {
  /// Where to write, `.NAME.MARK.part`.
  package let path: String
  private let destination: String
  private let descriptor: Int32
  private var isFinished = false

  /// Makes the folder for what is to be at `destination`; its parent must be there.
  ///
  /// - Throws: ``CorpusError/unwritable(path:reason:)``, which names `destination`.
  package init(for destination: String) throws(CorpusError) {
    self.destination = destination
    Self.removeRemains(of: destination)
    while true {
      let mark = String(UInt32.random(in: 0...UInt32.max), radix: 36)
      let path = Self.path(of: destination, mark: mark)
      guard mkdir(path, 0o755) == 0 else {
        if errno == EEXIST { continue }
        throw .unwritable(path: destination, reason: systemReason())
      }
      let descriptor = Self.locked(path)
      // Between the two calls another process may have taken the folder for an abandoned one.
      if let descriptor, Self.isSame(descriptor, path) {
        (self.path, self.descriptor) = (path, descriptor)
        return
      }
      if let descriptor { close(descriptor) }
      // Without a sign of such a process, this file system knows no locks: go on without.
      if descriptor == nil, errno != EWOULDBLOCK, FileManager.default.fileExists(atPath: path) {
        (self.path, self.descriptor) = (path, -1)
        return
      }
    }
  }

  deinit {
    if !isFinished { try? FileManager.default.removeItem(atPath: path) }
    if descriptor >= 0 { close(descriptor) }
  }

  /// Gives the folder its name.
  ///
  /// - Throws: ``CorpusError/exists(path:)`` if there is something by now.
  package func finish() throws(CorpusError) {
    guard rename(path, destination) == 0 else {
      throw errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR
        ? .exists(path: destination)
        : .unwritable(path: destination, reason: systemReason())
    }
    isFinished = true
    do throws(FileFailure) {
      try synchronizeFolder((destination as NSString).deletingLastPathComponent)
    } catch {
      throw .unwritable(path: destination, reason: error.reason)
    }
  }

  private static func path(of destination: String, mark: String) -> String {
    let parent = (destination as NSString).deletingLastPathComponent
    return (parent as NSString).appendingPathComponent(".\(fileName(destination)).\(mark).part")
  }

  /// Removes what ended programs left behind on their way to `destination`.
  private static func removeRemains(of destination: String) {
    let parent = (destination as NSString).deletingLastPathComponent
    let names = try? FileManager.default.contentsOfDirectory(atPath: parent.isEmpty ? "." : parent)
    let (head, tail) = (Array(".\(fileName(destination)).".utf8), Array(".part".utf8))
    for name in names ?? [] {
      let bytes = Array(name.utf8)
      guard bytes.starts(with: head), bytes.count > head.count + tail.count,
        bytes.suffix(tail.count) == tail[...]
      else { continue }
      let mark = bytes[head.count..<bytes.count - tail.count]
      guard mark.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }) else {
        continue
      }
      let path = (parent as NSString).appendingPathComponent(name)
      guard let descriptor = locked(path) else { continue }
      try? FileManager.default.removeItem(atPath: path)
      close(descriptor)
    }
  }

  /// The folder, open and locked; `nil`, and the reason in `errno`, if that cannot be.
  private static func locked(_ path: String) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      errno = reason
      return nil
    }
    return descriptor
  }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var (open, named) = (stat(), stat())
    return fstat(descriptor, &open) == 0 && lstat(path, &named) == 0
      && open.st_ino == named.st_ino && open.st_dev == named.st_dev
  }
}
