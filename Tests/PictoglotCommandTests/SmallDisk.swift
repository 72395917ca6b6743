import Foundation
import TestSupport

/// A file system of its own, so small that it can be filled up; it is gone with its value.
final class SmallDisk {
  /// Whether this user may mount one.
  static let isPossible = (try? SmallDisk(bytes: 1 << 16)) != nil

  private let folder: TemporaryFolder
  var path: String { folder.path }
  private var filling: String { path + "/filling" }

  /// - Throws: If this user may not mount one.
  init(bytes: Int) throws {
    folder = try TemporaryFolder()
    guard
      try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", folder.path]) == 0
    else { throw CocoaError(.fileWriteNoPermission) }
  }

  deinit { _ = try? Self.run("umount", [path]) }

  /// Takes all room but about so many bytes.
  func fill(leaving bytes: Int) throws {
    let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
    let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
    try Data(repeating: 1, count: max(0, free - bytes)).write(to: URL(fileURLWithPath: filling))
  }

  /// Gives the room back.
  func empty() throws { try FileManager.default.removeItem(atPath: filling) }

  private static func run(_ command: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
