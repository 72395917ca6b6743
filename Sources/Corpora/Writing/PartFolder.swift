internal import Files
internal import Foundation

/// A hidden folder beside its destination, which is renamed to the destination when it is complete.
///
/// Its writer holds a lock on it, which ends with the process at the latest. A folder without a
/// lock was left by a killed program; the next writer of the same destination removes it.
package final class PartFolder {
  /// Where to write, `.NAME.MARK.part`.
  package let path: String
  private let destination: String
  /// None where folders cannot be locked.
  private let lock: FileLock?
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
      do throws(FileError) { try makeFolder(path) } catch {
        if error.code == EEXIST { continue }
        throw CorpusError(FileError(.write, destination, because: error))
      }
      let lock: FileLock?
      do throws(FileError) {
        // Between the two calls another process may have taken the folder for an abandoned one.
        guard let taken = try FileLock.take(folder: path), taken.isInPlace else { continue }
        lock = taken
      } catch {
        // Without a sign of such a process, the folder cannot be locked: go on without.
        guard fileFacts(path) != nil else { continue }
        lock = nil
      }
      (self.path, self.lock) = (path, lock)
      return
    }
  }

  deinit {
    if !isFinished { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Gives the folder its name.
  ///
  /// - Throws: ``CorpusError/exists(path:)`` if there is something by now.
  package func finish() throws(CorpusError) {
    do throws(FileError) { try moveFile(path, to: destination) } catch {
      throw [EEXIST, ENOTEMPTY, ENOTDIR].contains(error.code)
        ? .exists(path: destination) : CorpusError(error)
    }
    isFinished = true
    do throws(FileError) { try synchronizeFolder(destination.parentPath) } catch {
      throw CorpusError(FileError(.write, destination, because: error))
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
      // A lock that keeps nobody out says nothing of whoever else may be writing there.
      guard let lock = try? FileLock.take(folder: path), lock.isExclusive else { continue }
      withExtendedLifetime(lock) { _ = try? FileManager.default.removeItem(atPath: path) }
    }
  }
}
