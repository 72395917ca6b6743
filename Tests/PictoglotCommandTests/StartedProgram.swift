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
  ///   - isOrdinary: Whether it runs as a user who is not root (see ``hasOrdinaryUser``).
  /// - Throws: If the program was not built.
  init(
    _ arguments: [String], largestFile blocks: Int? = nil, asOrdinaryUser isOrdinary: Bool = false
  ) throws {
    folder = try TemporaryFolder()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let limit = blocks.map { "ulimit -f \($0) && " } ?? ""
    let user = isOrdinary && geteuid() == 0 ? Self.ordinaryUser : ""
    process.arguments = ["-c", limit + "exec " + user + #""$0" "$@""#, Self.program] + arguments
    for name in ["/out", "/err"] {
      _ = FileManager.default.createFile(atPath: folder.path + name, contents: nil)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: folder.path + "/out")
    process.standardError = FileHandle(forWritingAtPath: folder.path + "/err")
    try process.run()
  }

  static let program: String = {
    let beside = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0])
      .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("pictoglot")
    return FileManager.default.fileExists(atPath: beside.path)
      ? beside.path : root().appendingPathComponent(".build/debug/pictoglot").path
  }()

  private static let ordinaryUser = "setpriv --reuid=65534 --regid=65534 --clear-groups "

  /// Whether a user who is not root can run the program: the tests' own, or one whom root becomes.
  static let hasOrdinaryUser: Bool = {
    guard geteuid() == 0 else { return true }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec " + ordinaryUser + #"test -x "$0""#, program]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  var isRunning: Bool { process.isRunning }

  /// Sends SIGTERM.
  func terminate() { kill(process.processIdentifier, SIGTERM) }

  /// Waits for its end.
  ///
  /// - Returns: How it ended, and the lines of its standard error.
  func end() throws -> (status: Int32, errors: [String]) {
    process.waitUntilExit()
    return (
      process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      try lines("/err")
    )
  }

  /// The lines of its standard output so far.
  func output() throws -> [String] { try lines("/out") }

  /// The lines of its standard error so far.
  func errors() throws -> [String] { try lines("/err") }

  private func lines(_ name: String) throws -> [String] {
    try String(contentsOfFile: folder.path + name, encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }
}
