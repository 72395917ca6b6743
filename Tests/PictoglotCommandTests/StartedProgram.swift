import Foundation
import TestSupport

/// A program of this package that runs while the test goes on, with its words kept in files.
final class StartedProgram {
  private let process = Process()
  private let folder: TemporaryFolder

  /// Starts `pictoglot`.
  ///
  /// - Parameters:
  ///   - blocks: The largest file it may write, as `ulimit -f` counts: 512 bytes or 1 KiB each.
  /// - Throws: If the program was not built.
  init(_ arguments: [String], largestFile blocks: Int? = nil) throws {
    folder = try TemporaryFolder()
    let beside = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0])
      .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("pictoglot")
    let program =
      FileManager.default.fileExists(atPath: beside.path)
      ? beside : root().appendingPathComponent(".build/debug/pictoglot")
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let limit = blocks.map { "ulimit -f \($0) && " } ?? ""
    process.arguments = ["-c", limit + #"exec "$0" "$@""#, program.path] + arguments
    for name in ["/out", "/err"] {
      _ = FileManager.default.createFile(atPath: folder.path + name, contents: nil)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: folder.path + "/out")
    process.standardError = FileHandle(forWritingAtPath: folder.path + "/err")
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  /// Sends SIGTERM.
  func terminate() { kill(process.processIdentifier, SIGTERM) }

  /// Waits for its end.
  ///
  /// - Returns: How it ended, and the lines of its standard error.
  func end() throws -> (status: Int32, errors: [String]) {
    process.waitUntilExit()
    let errors = try String(contentsOfFile: folder.path + "/err", encoding: .utf8)
    return (
      process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      errors.split(separator: "\n").map(String.init)
    )
  }
}
