import Files

/// The system's own words for why a file could not be written or read, which Foundation wraps in
/// words of its own; without a full stop.
package func systemReason(of error: any Error) -> String { FileFailure(of: error).reason }
