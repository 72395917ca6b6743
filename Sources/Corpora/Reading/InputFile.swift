internal import Foundation

/// A file open for reading at any place, from any thread.
final class InputFile: Sendable {
  let path: String
  /// The size when the file was opened, in bytes.
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws(CorpusError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .missing(path: path) : .unreadable(path: path, reason: systemReason())
    }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      let reason = systemReason()
      close(descriptor)
      throw .unreadable(path: path, reason: reason)
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unreadable(path: path, reason: "it is not a regular file")
    }
    size = Int(facts.st_size)
  }

  deinit { close(descriptor) }

  /// Up to `count` bytes from `offset` on; fewer only at the end of the file.
  func read(at offset: Int, upTo count: Int) throws(CorpusError) -> [UInt8] {
    let wanted = max(0, min(count, size - offset))
    var failure: String?
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
        let got = pread(descriptor, rest.baseAddress, wanted - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = systemReason() }
        if got <= 0 { return }
        filled += got
      }
    }
    if let failure { throw .unreadable(path: path, reason: failure) }
    return bytes
  }

  /// Exactly `count` bytes from `offset` on.
  func read(at offset: Int, count: Int) throws(CorpusError) -> [UInt8] {
    let bytes = try read(at: offset, upTo: count)
    guard bytes.count == count else {
      throw .shortRead(path: path, offset: offset, expected: count, found: bytes.count)
    }
    return bytes
  }

  /// The whole file.
  func all() throws(CorpusError) -> [UInt8] { try read(at: 0, count: size) }
}

/// The words of the operating system for what just went wrong.
func systemReason() -> String { String(cString: strerror(errno)).lowercased() }
