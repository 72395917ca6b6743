package import Foundation

/// Why the system did not do what was asked, in its own words.
package struct FileFailure: Error, Equatable {
  /// The system's number for it, `errno`; 0 where the system had nothing against it.
  package let code: Int32
  /// In words, without a full stop.
  package let reason: String

  package init(code: Int32 = errno) {
    self.code = code
    reason = String(cString: strerror(code))
  }

  package init(reason: String) {
    code = 0
    self.reason = reason
  }

  /// What lies beneath an error of Foundation, which has words of its own for the system's.
  package init(of error: any Error) {
    if let failure = error as? FileFailure {
      self = failure
      return
    }
    var inner = error as NSError
    while let next = inner.userInfo[NSUnderlyingErrorKey] as? NSError { inner = next }
    if inner.domain == NSPOSIXErrorDomain {
      self.init(code: Int32(clamping: inner.code))
    } else if let code = systemCodes[inner.code], inner.domain == NSCocoaErrorDomain {
      self.init(code: code)
    } else {
      self.init(reason: "the system gives no reason (\(inner.domain) \(inner.code))")
    }
  }
}

/// The system's number for what Foundation numbers by itself.
private let systemCodes: [Int: Int32] = [
  CocoaError.fileNoSuchFile.rawValue: ENOENT, CocoaError.fileReadNoSuchFile.rawValue: ENOENT,
  CocoaError.fileReadNoPermission.rawValue: EACCES,
  CocoaError.fileWriteNoPermission.rawValue: EACCES,
  CocoaError.fileReadTooLarge.rawValue: EFBIG, CocoaError.fileWriteFileExists.rawValue: EEXIST,
  CocoaError.fileWriteOutOfSpace.rawValue: ENOSPC,
  CocoaError.fileWriteVolumeReadOnly.rawValue: EROFS,
  CocoaError.fileReadInvalidFileName.rawValue: EINVAL,
  CocoaError.fileWriteInvalidFileName.rawValue: EINVAL,
]

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
package func openFile(_ path: String) throws(FileFailure) -> (descriptor: Int32, facts: stat) {
  let descriptor = path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
  guard descriptor >= 0 else { throw FileFailure() }
  var facts = stat()
  guard fstat(descriptor, &facts) == 0 else {
    let failure = FileFailure()
    close(descriptor)
    throw failure
  }
  guard facts.isFile else {
    close(descriptor)
    throw FileFailure(reason: facts.isFolder ? "it is a folder" : "it is not a regular file")
  }
  return (descriptor, facts)
}

/// Up to `count` bytes of a regular file, from `offset` on.
package func readFile(
  _ path: String, from offset: Int = 0, upTo count: Int = .max
) throws(FileFailure) -> [UInt8] {
  let (descriptor, facts) = try openFile(path)
  defer { close(descriptor) }
  return try readFile(descriptor, from: offset, upTo: min(count, Int(facts.st_size) - offset))
}

/// Up to `count` bytes of an open file, from `offset` on; fewer only at its end.
package func readFile(
  _ descriptor: Int32, from offset: Int, upTo count: Int
) throws(FileFailure) -> [UInt8] {
  let wanted = max(0, count)
  var failure: FileFailure?
  let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
    while filled < wanted {
      let rest = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
      let got = pread(descriptor, rest.baseAddress, wanted - filled, off_t(offset + filled))
      if got < 0, errno == EINTR { continue }
      if got < 0 { failure = FileFailure() }
      if got <= 0 { return }
      filled += got
    }
  }
  if let failure { throw failure }
  return bytes
}
