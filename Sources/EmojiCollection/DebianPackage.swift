internal import Corpora
internal import Files
internal import Foundation

/// The files of a Debian package, unpacked into a folder without being installed.
struct DebianPackage {
  let name: String
  /// Empty where it is not known.
  let version: String
  /// The folder that stands for `/` in the package's paths.
  let root: String

  /// How the package is called in the source of a sample.
  var title: String { version.isEmpty ? name : "\(name) \(version)" }

  /// Fetches the package `name` with `apt-get download`, or takes it from `cache`.
  ///
  /// Nothing is installed, and no rights beyond those of the user are needed.
  ///
  /// - Throws: ``CorpusError/toolFailed(command:reason:)`` with what apt or dpkg said.
  static func fetched(_ name: String, cache: String) throws(CorpusError) -> DebianPackage {
    let folder = cache + "/" + name
    if let known = unpacked(name, folder) { return known }
    do {
      try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: cache, reason: "the folder cannot be made")
    }
    let hidden = try PartFolder(for: folder)
    let part = hidden.path
    do throws(FileError) { try makeFolder(part + "/root") } catch {
      throw CorpusError(FileError(.write, folder, because: error))
    }
    try run(["apt-get", "-qq", "download", name], in: part)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: part)) ?? []
    guard let archive = names.first(where: { $0.hasPrefix(name + "_") && $0.hasSuffix(".deb") })
    else { throw .toolFailed(command: "apt-get download \(name)", reason: "it left no package") }
    try run(["dpkg-deb", "--extract", archive, "root"], in: part)
    unlink(part + "/" + archive)
    // The name of the archive is NAME_VERSION_ARCHITECTURE.deb, with a colon as %3a.
    let version = archive.split(separator: "_").dropFirst().first.map(String.init) ?? ""
    do throws(FileError) {
      let file = try OutputFile(part + "/version")
      try file.write(Array(version.replacingOccurrences(of: "%3a", with: ":").utf8))
      try file.finish()
    } catch {
      throw CorpusError(error)
    }
    do { try hidden.finish() } catch {
      // Somebody else may have fetched it meanwhile.
      if let known = unpacked(name, folder) { return known }
      throw error
    }
    guard let known = unpacked(name, folder) else {
      throw .unreadable(path: folder, reason: "the package is not complete")
    }
    return known
  }

  /// The package in `folder`, if it was unpacked there before.
  private static func unpacked(_ name: String, _ folder: String) -> DebianPackage? {
    guard let version = try? wholeFile(folder + "/version") else { return nil }
    return DebianPackage(
      name: name, version: String(decoding: version, as: UTF8.self), root: folder + "/root")
  }

  private static func run(_ command: [String], in folder: String) throws(CorpusError) {
    let line = command.joined(separator: " ")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    let said: Data
    do {
      try process.run()
      said = errors.fileHandleForReading.readDataToEndOfFile()
    } catch {
      throw .toolFailed(command: line, reason: "\(command[0]) cannot be started")
    }
    process.waitUntilExit()
    guard process.terminationStatus != 0 else { return }
    let words = String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
    if process.terminationStatus == 127 {
      throw .toolFailed(
        command: line,
        reason: "\(command[0]) is not installed; on a system other than Debian, unpack the "
          + "package elsewhere and name the folder as the source")
    }
    let reason = (words.first { $0.hasPrefix("E: ") } ?? words.last ?? "no reason given")
      .replacingOccurrences(of: "E: ", with: "")
    let hint =
      reason.contains("Unable to locate") || reason.contains("Can't find")
      ? "; run “apt-get update” as root first" : ""
    throw .toolFailed(command: line, reason: reason + hint)
  }
}

/// Where fetched packages are kept: `$XDG_CACHE_HOME/pictoglot/packages`, or in `~/.cache`.
package func packageCacheFolder() -> String {
  let environment = ProcessInfo.processInfo.environment
  let home = environment["HOME"] ?? NSHomeDirectory()
  let base = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.cache"
  return base + "/pictoglot/packages"
}
