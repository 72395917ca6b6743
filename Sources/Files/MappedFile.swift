internal import Foundation

/// A regular file's bytes in memory for as long as this lives, read by the system when they are
/// first touched.
///
/// The file may be unlinked meanwhile; it must not be shortened.
package final class MappedFile: Sendable {
  package let path: String
  // Unchecked: the mapping never moves, and nothing here writes to it.
  package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// - Parameter copiesOnWrite: Whether the bytes may be written to in memory, of which the file
  ///   learns nothing. The system then counts all of them as memory that may be needed.
  package init(_ path: String, copiesOnWrite: Bool = false) throws(FileError) {
    self.path = path
    let (descriptor, facts) = try openFile(path)
    defer { close(descriptor) }
    let size = Int(facts.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let protection = copiesOnWrite ? PROT_READ | PROT_WRITE : PROT_READ
    guard let start = mmap(nil, size, protection, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw FileError(.read, path) }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
