package import Foundation

/// A new folder that is removed when this goes.
package final class TemporaryFolder {
  package let path: String

  package init() throws {
    path = NSTemporaryDirectory() + "/pictoglot-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A committed file under `Tests/Fixtures`.
package func fixture(_ name: String, from file: String = #filePath) -> String {
  root(of: file).appendingPathComponent("Tests/Fixtures/" + name).path
}

/// The data that lies beside a checkout of the project, or nil where there is none.
package func sharedData(_ name: String, from file: String = #filePath) -> String? {
  let environment = ProcessInfo.processInfo.environment["PICTOGLOT_SHARED"]
  let shared =
    environment.map { URL(fileURLWithPath: $0) }
    ?? root(of: file).deletingLastPathComponent().appendingPathComponent("shared")
  let path = shared.appendingPathComponent("data/" + name).path
  return FileManager.default.fileExists(atPath: path) ? path : nil
}

/// The checkout that a test's source file lies in.
package func root(of file: String = #filePath) -> URL {
  var folder = URL(fileURLWithPath: file).deletingLastPathComponent()
  while folder.path != "/",
    !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
  { folder.deleteLastPathComponent() }
  return folder
}
