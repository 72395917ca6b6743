internal import Foundation

/// A file that is being written from its beginning to its end; every error names it.
///
/// To replace a file atomically, write it under another name and then call
/// ``moveIntoPlace(_:to:)``.
package final class OutputFile: ByteSink {
  package typealias Failure = FileError

  /// What becomes of a file that is there already.
  package enum Existing: Sendable, Equatable {
    case emptied
    /// It keeps so many bytes of its beginning, and is written behind them.
    case kept(bytes: Int)
    /// It stays as it is, and nothing is written.
    case refused
  }

  package let path: String
  /// Bytes of the file with those that are still collected.
  package private(set) var size = 0
  private var descriptor: Int32
  private var collected: [UInt8] = []
  private let piece: Int

  /// Makes the file, or opens the one that is there.
  ///
  /// - Parameter piece: So many bytes are collected before they are written; 0 for none.
  package init(
    _ path: String, existing: Existing = .emptied, collecting piece: Int = 0
  ) throws(FileError) {
    self.path = path
    self.piece = piece
    try FileFaults.pass(path)
    let flags: Int32 =
      switch existing {
      case .emptied: O_TRUNC
      case .kept: 0
      case .refused: O_EXCL
      }
    descriptor = path.withSystemPath {
      open($0, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o666)
    }
    guard descriptor >= 0 else { throw FileError(.write, path) }
    if case .kept(let bytes) = existing {
      guard ftruncate(descriptor, off_t(bytes)) == 0 else { throw FileError(.write, path) }
      size = bytes
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  package func write(_ bytes: [UInt8]) throws(FileError) { try write(numbers: bytes) }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if let error = add(bytes) { throw error }
  }

  /// Writes numbers as they lie in memory.
  package func write<Number: BitwiseCopyable>(numbers: [Number]) throws(FileError) {
    if let error = numbers.withUnsafeBytes({ add($0) }) { throw error }
  }

  /// Writes over bytes that are there already.
  package func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    if let error = flush() ?? bytes.withUnsafeBytes({ put($0, at: offset) }) { throw error }
  }

  /// Waits until the disk has everything.
  package func synchronize() throws(FileError) {
    if let error = flush() { throw error }
    try synchronizeDescriptor(descriptor, of: path)
  }

  /// Waits until the disk has everything, and closes the file.
  package func finish() throws(FileError) {
    try synchronize()
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isClosed else { throw FileError(.write, path) }
  }

  // Errors are returned where the bytes of an array are borrowed, which forgets their type.

  private func add(_ bytes: UnsafeRawBufferPointer) -> FileError? {
    guard !bytes.isEmpty else { return nil }
    if piece > 0 {
      collected += bytes
      size += bytes.count
      return collected.count >= piece ? flush() : nil
    }
    if let error = put(bytes, at: size) { return error }
    size += bytes.count
    return nil
  }

  private func flush() -> FileError? {
    guard !collected.isEmpty else { return nil }
    let error = collected.withUnsafeBytes { put($0, at: size - collected.count) }
    if error == nil { collected.removeAll(keepingCapacity: true) }
    return error
  }

  private func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> FileError? {
    do throws(FileError) { try FileFaults.pass(path) } catch { return error }
    var done = 0
    while done < bytes.count {
      let written = pwrite(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return FileError(.write, path) }
      done += written
    }
    return nil
  }
}
