import Files
import Foundation

/// Size, mtime, ctime and inode number of a file, or of a link's target: equal as long as nobody
/// writes or replaces the file.
package struct FileStamp: Sendable, Equatable {
  package var bytes: Int
  /// Milliseconds since 1970; programs that copy files may set it.
  package var modified: Int
  /// When the system last touched the file's record, which nobody can set, in nanoseconds since 1970;
  /// nil in indexes that older versions made.
  package var changed: Int?
  /// The file's number in its file system; nil as above.
  package var number: Int?

  package init(bytes: Int, modified: Int, changed: Int? = nil, number: Int? = nil) {
    self.bytes = bytes
    self.modified = modified
    self.changed = changed
    self.number = number
  }

  /// The stamp of the file at `path`, or nil if there is none.
  package init?(path: String) {
    guard let facts = fileFacts(path) else { return nil }
    #if canImport(Darwin)
      let (modified, changed) = (facts.st_mtimespec, facts.st_ctimespec)
    #else
      let (modified, changed) = (facts.st_mtim, facts.st_ctim)
    #endif
    self.init(
      bytes: Int(facts.st_size),
      modified: Int(modified.tv_sec) * 1000 + (Int(modified.tv_nsec) + 500_000) / 1_000_000,
      changed: Int(changed.tv_sec) * 1_000_000_000 + Int(changed.tv_nsec),
      number: Int(truncatingIfNeeded: facts.st_ino))
  }

  /// Whether the two differ in nothing that both know.
  func agrees(with other: FileStamp) -> Bool {
    func agree(_ a: Int?, _ b: Int?) -> Bool { a == nil || b == nil || a == b }
    return bytes == other.bytes && modified == other.modified && agree(changed, other.changed)
      && agree(number, other.number)
  }
}
