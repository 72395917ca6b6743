internal import Synchronization

/// Where tests let the writing of files fail.
///
/// Whatever changes a file or folder here passes this first. What other libraries write, such as a
/// database, can be made to by calling ``pass(_:)`` before.
package final class FileFaults: Sendable {
  /// The faults that the running task meets; nil outside of tests.
  @TaskLocal static var current: FileFaults?

  private let first: Int
  private let count = Mutex(0)

  /// - Parameter first: The operation that fails, counted from 1; those after it succeed.
  package init(at first: Int) { self.first = first }

  /// Whether the operation that was to fail has been reached.
  package var haveHappened: Bool { count.withLock { $0 >= first } }

  /// Runs `body` with these faults.
  package func happen<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$current.withValue(self, operation: body)
  }

  /// Counts an operation on `path`.
  ///
  /// - Throws: ``FileError`` if it is the one that is to fail.
  package static func pass(_ path: String) throws(FileError) {
    guard let current else { return }
    let number = current.count.withLock { count in
      count += 1
      return count
    }
    if number == current.first {
      throw FileError(.write, path, reason: "a test lets it fail")
    }
  }
}
