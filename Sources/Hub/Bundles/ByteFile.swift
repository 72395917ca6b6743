internal import Files
internal import Foundation

/// A file read from one end to the other, or at any place.
final class ByteFile: ByteSource {
  typealias Failure = HubError

  let path: String
  private let descriptor: Int32

  static let piece = 4 << 20

  init(reading path: String) throws(HubError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HubError(FileError(.read, path)) }
  }

  deinit { close(descriptor) }

  /// In bytes.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Up to `count` bytes from `offset` on; where the file is read on from stays as it is.
  func read(at offset: Int, upTo count: Int) throws(HubError) -> [UInt8] {
    do throws(FileError) {
      return try readFile(descriptor, of: path, from: offset, upTo: min(count, size - offset))
    } catch {
      throw HubError(error)
    }
  }

  /// Where the file is read on from.
  func seek(to offset: Int) throws(HubError) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw HubError(FileError(.read, path))
    }
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
