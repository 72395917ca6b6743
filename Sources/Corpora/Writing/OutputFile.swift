package import FileSystem
internal import Foundation

/// A file that is being written; a failed write names the file and the reason.
package final class OutputFile: ByteSink {
  package typealias Failure = CorpusError

  package let path: String
  package private(set) var size = 0
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  private static let piece = 1 << 20

  package init(_ path: String) throws(CorpusError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  package func write(_ bytes: some Collection<UInt8>) throws(CorpusError) {
    buffer += bytes
    size += bytes.count
    if buffer.count >= Self.piece { try flush() }
  }

  /// Writes what is left, waits until the disk has it, and closes the file.
  package func finish() throws(CorpusError) {
    try flush()
    // Special files cannot be synchronized, and need not be.
    let isSynchronized = fsync(descriptor) == 0 || errno == EINVAL
    let reason = systemReason()
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isSynchronized, isClosed else { throw .unwritable(path: path, reason: reason) }
  }

  private func flush() throws(CorpusError) {
    var written = 0
    while written < buffer.count {
      let count = buffer[written...].withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unwritable(path: path, reason: systemReason()) }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
