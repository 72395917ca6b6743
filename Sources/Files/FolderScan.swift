internal import Foundation

/// The files in a folder and in the folders inside it, and what was not read of it.
///
/// One bad place ends nothing. Hidden files are left out, and folders that programs make for
/// themselves. Links to files count as what they point to; a link to a folder is followed once, and
/// not at all where it leads to a folder that was read already or to one around the whole.
package struct FolderScan: Sendable {
  /// Why something was left out.
  package enum Omission: Sendable, Equatable {
    case hidden
    /// Thumbnails, dustbins and the like.
    case machineMade
    /// A pipe, a socket or a device.
    case special
    /// A link to a folder that is not followed, and why.
    case linked(reason: String)
    case danglingLink
    /// What cannot be read, and what the system says.
    case locked(reason: String)
    /// A path with more bytes than the system takes.
    case tooLong
  }

  /// Paths relative to the folder, in the order of their bytes.
  package private(set) var files: [String] = []
  /// In the order of their bytes; folders end in a slash.
  package private(set) var omissions: [(name: String, why: Omission)] = []

  private let root: String
  /// Bytes of the path of the whole, from the file system's root.
  private let rootLength: Int
  private var seen: Set<Place> = []
  private let around: Set<Place>
  private var links: [String] = []

  private struct Place: Hashable {
    let device: UInt64
    let number: UInt64

    init(_ facts: stat) {
      device = UInt64(truncatingIfNeeded: facts.st_dev)
      number = UInt64(truncatingIfNeeded: facts.st_ino)
    }
  }

  /// Folders that cameras' storage, file managers and operating systems make for themselves.
  private static let machineMade: Set<String> = [
    "@eaDir", "#recycle", "#snapshot", "@Recycle", "@Recently-Snapshot", "$RECYCLE.BIN",
    "RECYCLER", "System Volume Information", "lost+found", "__MACOSX",
  ]

  /// - Throws: ``FileError`` if the folder itself cannot be listed.
  package init(_ path: String) throws(FileError) {
    root = path
    let full = path.withSystemPath { realpath($0, nil) }
    guard let full else { throw FileError(.read, path) }
    var parent = String(
      fileName: UnsafeBufferPointer(start: full, count: strlen(full)).map { UInt8(bitPattern: $0) })
    free(full)
    rootLength = parent.fileNameBytes.count
    var around: Set<Place> = []
    while let slash = parent.utf8.lastIndex(of: UInt8(ascii: "/")) {
      parent = String(parent[..<slash])
      if let facts = fileFacts(parent.isEmpty ? "/" : parent) { around.insert(Place(facts)) }
    }
    self.around = around
    if let facts = fileFacts(path) { seen.insert(Place(facts)) }
    guard list("") else { throw FileError(.read, path) }
    followLinks()
    files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    omissions.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func place(_ name: String) -> String { name.isEmpty ? root : root + "/" + name }

  /// Lists a folder and those inside it.
  ///
  /// - Returns: Whether the folder itself could be listed; otherwise `errno` says why.
  @discardableResult
  private mutating func list(_ first: String) -> Bool {
    var waiting = [first]
    while let folder = waiting.popLast() {
      guard let directory = place(folder).withSystemPath({ opendir($0) }) else {
        if folder == first { return false }
        omit(.locked(reason: systemReason(errno)), as: folder + "/")
        continue
      }
      defer { closedir(directory) }
      while true {
        errno = 0
        guard let entry = readdir(directory) else {
          if errno != 0 {
            omit(.locked(reason: systemReason(errno)), as: folder + "/")
          }
          break
        }
        let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
        guard bytes != Array(".".utf8), bytes != Array("..".utf8) else { continue }
        let name = String(fileName: bytes)
        let isFile = Int(entry.pointee.d_type) == Int(DT_REG)
        take(name, at: folder.isEmpty ? name : folder + "/" + name, isFile, &waiting)
      }
    }
    return true
  }

  /// Takes in one name of a folder; a folder to be listed is added to `waiting`.
  private mutating func take(
    _ name: String, at path: String, _ isFile: Bool, _ waiting: inout [String]
  ) {
    guard !name.utf8.starts(with: ".".utf8) else { return omit(.hidden, as: path) }
    guard rootLength + 1 + path.fileNameBytes.count < Int(PATH_MAX) else {
      return omit(.tooLong, as: path)
    }
    if isFile { return files.append(path) }
    guard let facts = fileFacts(place(path), ofLinks: true) else {
      return omit(.locked(reason: systemReason(errno)), as: path)
    }
    if facts.isFile {
      files.append(path)
    } else if facts.isFolder {
      guard !Self.machineMade.contains(name) else { return omit(.machineMade, as: path + "/") }
      if seen.insert(Place(facts)).inserted { waiting.append(path) }
    } else if facts.isLink {
      guard let target = fileFacts(place(path)) else {
        let code = errno
        let isGone = code == ENOENT || code == ELOOP || code == ENOTDIR
        return omit(isGone ? .danglingLink : .locked(reason: systemReason(code)), as: path)
      }
      if target.isFolder {
        links.append(path)
      } else if target.isFile {
        files.append(path)
      } else {
        omit(.special, as: path)
      }
    } else {
      omit(.special, as: path)
    }
  }

  private mutating func omit(_ why: Omission, as name: String) { omissions.append((name, why)) }

  /// Reads the folders that links lead to, each once.
  private mutating func followLinks() {
    while !links.isEmpty {
      let wave = links.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      links = []
      for link in wave {
        guard let facts = fileFacts(place(link)) else { continue }
        if around.contains(Place(facts)) {
          omit(.linked(reason: "it leads to a folder around this one"), as: link)
        } else if !seen.insert(Place(facts)).inserted {
          omit(.linked(reason: "it leads to a folder that is read already"), as: link)
        } else if !list(link) {
          omit(.locked(reason: systemReason(errno)), as: link + "/")
        }
      }
    }
  }
}
