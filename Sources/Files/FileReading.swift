package import Foundation

/// What the system knows of the file at `path`, of a link's target unless `ofLinks`; `nil` if there
/// is none, and then `errno` says why.
package func fileFacts(_ path: String, ofLinks: Bool = false) -> stat? {
  var facts = stat()
  let status = path.withSystemPath { ofLinks ? lstat($0, &facts) : stat($0, &facts) }
  return status == 0 ? facts : nil
}

extension stat {
  package var isFile: Bool { st_mode & S_IFMT == S_IFREG }
  package var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
  package var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}

/// Opens a regular file for reading; anything else is refused, and a pipe is not waited for.
///
/// - Returns: The descriptor, to be closed by the caller, and what the system knows of the file.
package func openFile(_ path: String) throws(FileError) -> (descriptor: Int32, facts: stat) {
  let descriptor = path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
  guard descriptor >= 0 else { throw FileError(.read, path) }
  var facts = stat()
  guard fstat(descriptor, &facts) == 0 else {
    let error = FileError(.read, path)
    close(descriptor)
    throw error
  }
  guard facts.isFile else {
    close(descriptor)
    throw FileError(
      .read, path, reason: facts.isFolder ? "it is a folder" : "it is not a regular file")
  }
  return (descriptor, facts)
}

/// Up to `count` bytes of a regular file, from `offset` on.
package func readFile(
  _ path: String, from offset: Int = 0, upTo count: Int = .max
) throws(FileError) -> [UInt8] {
  let (descriptor, facts) = try openFile(path)
  defer { close(descriptor) }
  return try readFile(
    descriptor, of: path, from: offset, upTo: min(count, Int(facts.st_size) - offset))
}

/// Up to `count` bytes of an open file, from `offset` on; fewer only at its end.
///
/// - Parameter path: Where the file is, for errors.
package func readFile(
  _ descriptor: Int32, of path: String, from offset: Int, upTo count: Int
) throws(FileError) -> [UInt8] {
  let wanted = max(0, count)
  var failure: FileError?
  let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
    while filled < wanted {
      let rest = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
      let got = pread(descriptor, rest.baseAddress, wanted - filled, off_t(offset + filled))
      if got < 0, errno == EINTR { continue }
      if got < 0 { failure = FileError(.read, path) }
      if got <= 0 { return }
      filled += got
    }
  }
  if let failure { throw failure }
  return bytes
}
