internal import Files
internal import Foundation

/// A file read from one end to the other.
final class ByteFile {
  let path: String
  private let descriptor: Int32

  static let piece = 4 << 20

  init(reading path: String) throws(HubError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HubError(FileError(.read, path)) }
  }

  deinit { close(descriptor) }

  var size: Int64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Fills a part of the buffer, as much as there is.
  ///
  /// - Returns: The count of bytes, less than asked for only at the end.
  func read(_ count: Int, into buffer: UnsafeMutableRawBufferPointer) throws(HubError) -> Int {
    var filled = 0
    while filled < count {
      let found = Foundation.read(
        descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
      if found < 0, errno == EINTR { continue }
      guard found >= 0 else { throw HubError(FileError(.read, path)) }
      if found == 0 { break }
      filled += found
    }
    return filled
  }

  /// Nil if fewer bytes are left.
  func read(_ count: Int) throws(HubError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: HubError?
    let found = bytes.withUnsafeMutableBytes { buffer in
      do throws(HubError) {
        return try read(count, into: buffer)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    return found == count ? bytes : nil
  }

  /// Hands the next bytes to `use`, piece by piece.
  ///
  /// - Returns: Whether there were so many.
  func pass(_ count: Int64, _ use: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 16)
    defer { buffer.deallocate() }
    var left = count
    while left > 0 {
      try Task.checkCancellation()
      let wanted = Int(min(left, Int64(Self.piece)))
      guard try read(wanted, into: buffer) == wanted else { return false }
      try use(UnsafeRawBufferPointer(rebasing: buffer[..<wanted]))
      left -= Int64(wanted)
    }
    return true
  }
}
