internal import Files
internal import Foundation

/// A blob that is being downloaded, with the checksum of what it holds.
///
/// It outlives the process: the next one reads what is there and goes on behind it.
struct PartialFile: ~Copyable {
  let path: String
  let size: Int64
  private(set) var written: Int64 = 0
  private var checksum: Checksum
  private let etag: String
  private let descriptor: Int32

  private static let piece = 4 << 20

  init(_ path: String, etag: String, size: Int64) throws {
    self.path = path
    self.size = size
    self.etag = etag
    checksum = Checksum(expecting: etag, size: size)
    // A link here would lead our writing to another file.
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw HubError(FileError(.write, path)) }
    try takeOver()
  }

  deinit { close(descriptor) }

  private mutating func takeOver() throws {
    let found = CacheFiles.size(path) ?? 0
    guard found > 0 else { return }
    guard found <= size else { return try startOver() }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 16)
    defer { buffer.deallocate() }
    while written < found {
      try Task.checkCancellation()
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw HubError(FileError(.read, path)) }
      checksum.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      written += Int64(count)
    }
  }

  /// Forgets what is there.
  mutating func startOver() throws {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw HubError(FileError(.write, path))
    }
    written = 0
    checksum = Checksum(expecting: etag, size: size)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw HubError(FileError(.write, path)) }
      checksum.update(UnsafeRawBufferPointer(rebasing: rest[..<count]))
      written += Int64(count)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Nil if size and checksum are as promised.
  func damage(file: String) -> HubError? {
    if written != size { return .wrongSize(file: file, expected: size, found: written) }
    if checksum.isAsExpected { return nil }
    return .wrongChecksum(file: file, expected: etag, found: checksum.value)
  }

  /// Waits until the disk has it, and gives it its name.
  func finish(as target: String) throws {
    guard fsync(descriptor) == 0 else { throw HubError(FileError(.write, path)) }
    try CacheFiles.move(path, to: target)
  }
}
