import Foundation

/// A file being written; every failure names the file and says what the system said.
final class OutputFile {
  let path: String
  private var descriptor: Int32
  private(set) var size = 0

  /// Makes an empty file, or empties the one that is there.
  init(creating path: String) throws(IndexError) {
    self.path = path
    try FileFaults.pass(path)
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw writingError(path) }
  }

  deinit { close() }

  func append(_ bytes: [UInt8]) throws(IndexError) {
    let failure = bytes.withUnsafeBytes { write($0, at: size) }
    if let failure { throw failure }
    size += bytes.count
  }

  func append<Number: BitwiseCopyable>(numbers: [Number]) throws(IndexError) {
    let failure = numbers.withUnsafeBytes { write($0, at: size) }
    if let failure { throw failure }
    size += numbers.count * MemoryLayout<Number>.stride
  }

  func overwrite(_ bytes: [UInt8], at offset: Int) throws(IndexError) {
    if let failure = bytes.withUnsafeBytes({ write($0, at: offset) }) { throw failure }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> IndexError? {
    do throws(IndexError) { try FileFaults.pass(path) } catch { return error }
    var done = 0
    while done < bytes.count {
      let written = pwrite(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return writingError(path) }
      done += written
    }
    return nil
  }

  /// Waits until the disk has it.
  func synchronize() throws(IndexError) {
    try FileFaults.pass(path)
    guard fsync(descriptor) == 0 else { throw writingError(path) }
  }

  func close() {
    if descriptor >= 0 { _ = Foundation.close(descriptor) }
    descriptor = -1
  }
}

/// The error for `errno` after a failed write to `path`.
func writingError(_ path: String) -> IndexError {
  switch errno {
  case ENOSPC, EDQUOT: .diskFull(path: path)
  case let code: .unwritable(path: path, reason: String(cString: strerror(code)))
  }
}

/// Waits until the disk has everything of a file that somebody else wrote.
func synchronizeFile(_ path: String) throws(IndexError) {
  try FileFaults.pass(path)
  let descriptor = open(path, O_RDWR | O_CLOEXEC)
  guard descriptor >= 0 else { throw writingError(path) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw writingError(path) }
}

/// Waits until the disk has the names in a folder, after files were renamed in it.
func synchronizeFolder(_ path: String) throws(IndexError) {
  try FileFaults.pass(path)
  let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw writingError(path) }
  defer { close(descriptor) }
  // Some file systems have nothing to wait for and say EINVAL.
  guard fsync(descriptor) == 0 || errno == EINVAL else { throw writingError(path) }
}

/// Renames a file, replacing what is there in one step.
func moveFile(_ path: String, to destination: String) throws(IndexError) {
  try FileFaults.pass(destination)
  guard rename(path, destination) == 0 else { throw writingError(destination) }
}
