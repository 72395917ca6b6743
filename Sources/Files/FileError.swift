internal import Foundation

/// What could not be done with a file or folder, and why.
///
/// Its reason is the system's own, which Foundation wraps in words of its own. Targets whose errors
/// say more than this have a case that carries it, or make one of theirs of it in one place.
package struct FileError: Error, Sendable {
  /// What was to be done.
  package enum Action: Sendable, Equatable {
    case read
    case write
  }

  package let action: Action
  package let path: String
  /// The system's number for the reason, `errno`; 0 where the system had nothing against it.
  package let code: Int32
  /// In words, without a full stop.
  package let reason: String

  /// The call that failed last on this thread: what `errno` says.
  package init(_ action: Action, _ path: String) { self.init(action, path, code: errno) }

  package init(_ action: Action, _ path: String, code: Int32) {
    self.init(action: action, path: path, code: code, reason: systemReason(code))
  }

  package init(_ action: Action, _ path: String, reason: String) {
    self.init(action: action, path: path, code: 0, reason: reason)
  }

  /// What lies beneath `error`, said of `path`.
  package init(_ action: Action, _ path: String, because error: any Error) {
    let (code, reason) = cause(of: error)
    self.init(action: action, path: path, code: code, reason: reason)
  }

  private init(action: Action, path: String, code: Int32, reason: String) {
    self.action = action
    self.path = path
    self.code = code
    self.reason = reason
  }

  /// Whether there is nothing at the path.
  package var isMissing: Bool { code == ENOENT }
  /// Whether the disk, or the user's share of it, has no room left.
  package var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }
}

extension FileError: Equatable {
  /// Whether both say the same.
  package static func == (a: FileError, b: FileError) -> Bool {
    a.action == b.action && a.path == b.path && a.reason == b.reason
  }
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch action {
    case .read: "\(path) cannot be read: \(reason)."
    case .write: "\(path) cannot be written: \(reason)."
    }
  }
}

/// The system's words for one of its numbers, without a full stop.
package func systemReason(_ code: Int32) -> String { String(cString: strerror(code)) }

/// The system's words for what lies beneath an error, without a full stop.
package func systemReason(of error: any Error) -> String { cause(of: error).reason }

/// The system's number and words for what lies beneath an error.
private func cause(of error: any Error) -> (code: Int32, reason: String) {
  if let error = error as? FileError { return (error.code, error.reason) }
  var inner = error as NSError
  while let next = inner.userInfo[NSUnderlyingErrorKey] as? NSError { inner = next }
  if inner.domain == NSPOSIXErrorDomain {
    let code = Int32(clamping: inner.code)
    return (code, systemReason(code))
  }
  if let code = systemCodes[inner.code], inner.domain == NSCocoaErrorDomain {
    return (code, systemReason(code))
  }
  return (0, "the system gives no reason (\(inner.domain) \(inner.code))")
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
