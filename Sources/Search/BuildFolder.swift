import Files
import Foundation

/// Where an index grows until it is committed: a folder inside the index's own.
///
/// A build that was interrupted stays there. The next one moves it aside (`building.1`, …) and takes
/// the vectors of unchanged pictures from it.
struct BuildFolder {
  static let name = "building"
  private static let settingsName = "settings.json"

  let index: String
  var path: String { index + "/" + Self.name }

  /// What must be equal for vectors to be taken over.
  struct Settings: Codable, Equatable {
    var model: IndexedModel
    var width: Int
    var type: VectorType
  }

  /// Makes an empty folder to build in and returns the interrupted builds that fit, newest first.
  func begin(_ settings: Settings) throws(IndexError) -> [String] {
    let files = FileManager.default
    try undoCommit()
    var number = 1
    while files.fileExists(atPath: "\(path).\(number)") { number += 1 }
    if files.fileExists(atPath: path) {
      do throws(FileError) { try moveFile(path, to: "\(path).\(number)") } catch {
        throw IndexError(error)
      }
    }
    var fitting: [String] = []
    while number > 0 {
      let old = "\(path).\(number)"
      number -= 1
      guard files.fileExists(atPath: old) else { continue }
      if Self.settings(of: old) == settings {
        fitting.append(old)
      } else {
        try? files.removeItem(atPath: old)
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let bytes: [UInt8] = (try? encoder.encode(settings)).map { [UInt8]($0) } ?? []
    do throws(FileError) {
      try makeFolder(path)
      let file = try OutputFile(path + "/" + Self.settingsName)
      try file.write(bytes)
      try file.finish()
    } catch { throw IndexError(error) }
    return fitting
  }

  /// Moves back into the build what a commit had moved out of it when it ended before its time: files
  /// of a generation that the manifest does not know yet.
  private func undoCommit() throws(IndexError) {
    let files = FileManager.default
    guard files.fileExists(atPath: path) else { return }
    let committed: Int
    do throws(IndexError) {
      committed = try IndexManifest.read(from: index).generation
    } catch {
      guard error == .unfinished(folder: index) else { return }
      committed = 0
    }
    for name in (try? files.contentsOfDirectory(atPath: index)) ?? [] {
      guard let (plain, generation) = IndexManifest.parts(ofDataFile: name), generation > committed,
        !files.fileExists(atPath: path + "/" + plain)
      else { continue }
      do throws(FileError) { try moveFile(index + "/" + name, to: path + "/" + plain) } catch {
        throw IndexError(error)
      }
    }
  }

  private static func settings(of folder: String) -> Settings? {
    FileManager.default.contents(atPath: folder + "/" + settingsName)
      .flatMap { try? JSONDecoder().decode(Settings.self, from: $0) }
  }

  /// Removes this build and every interrupted one.
  func remove() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: index)) ?? []
    where name == Self.name || name.hasPrefix(Self.name + ".") {
      try? FileManager.default.removeItem(atPath: index + "/" + name)
    }
  }
}

/// The lock of a process that builds in a folder; it ends with the process at the latest.
///
/// - Throws: ``IndexError/busy(folder:)`` while another program holds it.
func buildLock(of folder: String) throws(IndexError) -> FileLock {
  let lock: FileLock?
  do throws(FileError) { lock = try FileLock.take(folder + "/.lock") } catch {
    throw IndexError(error)
  }
  if let lock { return lock }
  throw .busy(folder: folder)
}
