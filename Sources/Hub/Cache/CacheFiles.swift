internal import Files
internal import Foundation

/// The few things done to files here; a failure names the file and the reason.
enum CacheFiles {
  static func makeFolder(_ path: String) throws(HubError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw HubError(FileError(.write, path, because: error))
    }
  }

  static func makeFolder(of file: String) throws(HubError) { try makeFolder(parent(of: file)) }

  static func parent(of path: String) -> String {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return String(decoding: path.utf8.dropLast((parts.last?.count ?? 0) + 1), as: UTF8.self)
  }

  /// Size in bytes of a regular file, links followed; nil if there is none.
  static func size(_ path: String) -> Int64? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// Whether something is there, be it a link that leads nowhere.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Gives a file or folder, which the disk has, another name, and waits until the disk has that, too.
  static func move(_ path: String, to target: String) throws(HubError) {
    do throws(FileError) { try moveIntoPlace(path, to: target) } catch { throw HubError(error) }
  }

  /// Writes a small file beside its place, then puts it there.
  static func write(_ bytes: Data, to path: String) throws(HubError) {
    try makeFolder(of: path)
    let temporary = path + ".\(UUID().uuidString).tmp"
    do throws(FileError) { try writeWhole(bytes, to: path, beside: temporary) } catch {
      throw HubError(error)
    }
  }

  /// A small file's contents; nil if there is none or it is not small.
  static func read(_ path: String, atMost limit: Int64 = 64 << 20) -> Data? {
    guard let size = size(path), size <= limit else { return nil }
    return FileManager.default.contents(atPath: path)
  }

  /// The names in a folder, sorted; none if there is no folder.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// The paths of all files under a folder, within it, sorted.
  static func paths(under folder: String) -> [String] {
    names(in: folder).flatMap { name in
      let path = folder + "/" + name
      return ModelName.isFolder(path) ? paths(under: path).map { name + "/" + $0 } : [name]
    }
  }

  static func remove(_ path: String) throws(HubError) {
    guard exists(path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw HubError(FileError(.write, path, because: error))
    }
  }
}
