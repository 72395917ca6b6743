import Foundation

/// The system's own words for why a file could not be written or read, which Foundation wraps in
/// words of its own; without a full stop.
package func systemReason(of error: any Error) -> String {
  var inner = error as NSError
  while let next = inner.userInfo[NSUnderlyingErrorKey] as? NSError { inner = next }
  if inner.domain == NSPOSIXErrorDomain {
    return String(cString: strerror(Int32(clamping: inner.code)))
  }
  let words = inner.localizedDescription
  return words.hasSuffix(".") ? String(words.dropLast()) : words
}
