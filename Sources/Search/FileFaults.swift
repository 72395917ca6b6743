import Foundation
import Synchronization

/// Where the tests let the writing of files fail.
final class FileFaults: Sendable {
  /// The faults that the running task meets; nil outside of tests.
  @TaskLocal static var current: FileFaults?

  private let first: Int
  private let count = Mutex(0)

  /// - Parameter first: The operation that fails, counted from 1; those after it succeed.
  init(at first: Int) { self.first = first }

  /// Whether the operation that was to fail has been reached.
  var haveHappened: Bool { count.withLock { $0 >= first } }

  /// Counts an operation on `path`, and throws if it is the one that is to fail.
  static func pass(_ path: String) throws(IndexError) {
    guard let current else { return }
    let number = current.count.withLock { count in
      count += 1
      return count
    }
    if number == current.first { throw .unwritable(path: path, reason: "a test lets it fail") }
  }
}
