import Foundation
import SearchTestKit
import TestSupport
import Testing

@testable import Search

/// A small file system in memory, mounted at a folder.
private struct SmallDisk {
  let path: String

  /// Whether this process may mount one.
  static let isPossible: Bool = {
    guard let folder = try? TemporaryFolder() else { return false }
    let disk = try? SmallDisk(folder("disk"), kilobytes: 64)
    disk?.unmount()
    return disk != nil
  }()

  init(_ path: String, kilobytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "none", path])
  }

  func unmount() { try? Self.run("umount", [path]) }

  func grow(toKilobytes size: Int) throws {
    try Self.run("mount", ["-o", "remount,size=\(size)k", path])
  }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
  }
}

@Suite("A full disk")
struct FullDiskTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "It harms no index, and with more room the build goes on where it was",
    .enabled(if: SmallDisk.isPossible, "this user cannot mount a small disk"))
  func goesOn() throws {
    let disk = try SmallDisk(folder("disk"), kilobytes: 512)
    defer { disk.unmount() }
    let place = disk.path + "/index"
    var numbers = SeededNumbers(5)
    let vectors = (0..<3000).map { _ in numbers.vector(64) }
    try makeIndex(place, Array(vectors.prefix(3)))
    let settings = IndexSettings(model: testModel, width: 64, type: .float32)
    var embedded = 3
    let failure = #expect(throws: IndexError.self) {
      let builder = try IndexBuilder(place, settings: settings)
      for row in 0..<3000 where try !builder.reuses(testEntry(row)) {
        try builder.add([testEntry(row)], vectors: [vectors[row]])
        embedded += 1
      }
      try builder.finish()
    }
    guard case .diskFull(let path) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(path.hasPrefix(place))
    let old = try SearchIndex(opening: place)
    try old.verify()
    #expect(old.count == 3 && embedded > 100)

    try disk.grow(toKilobytes: 8192)
    let builder = try IndexBuilder(place, settings: settings)
    for row in 0..<3000 where try !builder.reuses(testEntry(row)) {
      try builder.add([testEntry(row)], vectors: [vectors[row]])
    }
    #expect(builder.reusedCount == embedded)
    try builder.finish()
    let index = try SearchIndex(opening: place)
    try index.verify()
    #expect(index.count == 3000)
    #expect(cosine(index.vectors.vector(at: 2999), vectors[2999]) > 0.9999)
  }
}
