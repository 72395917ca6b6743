internal import Files
package import Foundation

/// Writes a file so that its place holds what it held before or all of the new bytes, even where the
/// machine stops meanwhile: beside it first, onto the disk, then renamed.
///
/// - Throws: What the system says, of which ``systemReason(of:)`` makes words; then nothing has
///   changed at `path`.
package func writeWhole(_ bytes: Data, to path: String) throws {
  let beside = path + ".partial"
  do {
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw lastSystemError() }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try file.write(contentsOf: bytes)
    try file.synchronize()
    try file.close()
    try moveIntoPlace(beside, to: path)
  } catch {
    unlink(beside)
    throw error
  }
}

/// Renames a file or folder whose bytes the disk has, and waits until the disk has the new name, too.
///
/// - Throws: What the system says, of which ``systemReason(of:)`` makes words.
package func moveIntoPlace(_ path: String, to destination: String) throws {
  guard rename(path, destination) == 0 else { throw lastSystemError() }
  try synchronizeFolder(URL(fileURLWithPath: destination).deletingLastPathComponent().path)
}

private func lastSystemError() -> any Error { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
