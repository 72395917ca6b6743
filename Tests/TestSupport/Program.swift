import Foundation

/// What a program printed, and how it ended.
package struct ProgramResult: Sendable {
  package let status: Int32
  package let output: String
  package let errors: String

  /// The lines of its output as JSON objects.
  package var objects: [[String: Any]] {
    output.split(separator: "\n").compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }
}

/// Runs one of this package's programs, as it was built beside the tests.
///
/// - Parameter environment: Variables that are set besides those of the tests.
/// - Throws: If the program was not built.
package func runProgram(
  _ name: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
) throws -> ProgramResult {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent(name)
  if !FileManager.default.fileExists(atPath: process.executableURL?.path ?? "") {
    process.executableURL = root().appendingPathComponent(".build/debug/\(name)")
  }
  process.arguments = arguments
  if !environment.isEmpty {
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  }
  let folder = try TemporaryFolder()
  // Files, not pipes: a pipe that nobody empties would stop a program that prints much.
  let paths = (folder.path + "/in", folder.path + "/out", folder.path + "/err")
  try Data(input.utf8).write(to: URL(fileURLWithPath: paths.0))
  for path in [paths.1, paths.2] {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
  }
  process.standardInput = FileHandle(forReadingAtPath: paths.0)
  process.standardOutput = FileHandle(forWritingAtPath: paths.1)
  process.standardError = FileHandle(forWritingAtPath: paths.2)
  try process.run()
  process.waitUntilExit()
  func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }
  return ProgramResult(
    status: process.terminationStatus, output: try text(paths.1), errors: try text(paths.2))
}
