import Foundation

/// One picture of an index, with what is known about it.
package struct IndexEntry: Sendable, Equatable {
  /// The picture's own name, one in an index: a sample's id or a file's path.
  package var name: String
  package var location: IndexedLocation
  /// One line for people, when none of the captions is asked for.
  package var title: String?
  /// Texts by BCP 47 tag.
  package var captions: [String: [String]]
  package var concept: String?
  package var source: String?
  package var license: String?
  /// The picture's size in pixels, where known.
  package var width: Int?
  package var height: Int?
  /// The state of the file that holds the picture; without it the picture is always embedded anew.
  package var stamp: FileStamp?
  /// XXH64 of the picture's bytes as they were embedded, in hexadecimal.
  package var checksum: String?

  package init(
    name: String, location: IndexedLocation, title: String? = nil,
    captions: [String: [String]] = [:], concept: String? = nil, source: String? = nil,
    license: String? = nil, width: Int? = nil, height: Int? = nil, stamp: FileStamp? = nil,
    checksum: String? = nil
  ) {
    self.name = name
    self.location = location
    self.title = title
    self.captions = captions
    self.concept = concept
    self.source = source
    self.license = license
    self.width = width
    self.height = height
    self.stamp = stamp
    self.checksum = checksum
  }
}

/// Where the bytes of a picture lie.
package enum IndexedLocation: Sendable, Equatable {
  case file(path: String)
  /// A part of a larger file, such as a tar shard; in bytes.
  case part(path: String, offset: Int, length: Int)

  package var path: String {
    switch self {
    case .file(let path), .part(let path, _, _): path
    }
  }

  func movingPath(_ change: (String) -> String) -> IndexedLocation {
    switch self {
    case .file(let path): .file(path: change(path))
    case .part(let path, let offset, let length):
      .part(path: change(path), offset: offset, length: length)
    }
  }

  /// The path made absolute, but relative to the index if both lie in one folder, so that the folder
  /// can be moved as a whole.
  func stored(in folder: String) -> IndexedLocation {
    movingPath { path in
      let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
      let home = URL(fileURLWithPath: folder).standardizedFileURL.deletingLastPathComponent().path
      // By bytes: a slash and a mark behind it are one character.
      guard home != "/", absolute.utf8.starts(with: (home + "/").utf8) else { return absolute }
      let start = absolute.utf8.index(absolute.startIndex, offsetBy: home.utf8.count + 1)
      return "../" + absolute[start...]
    }
  }

  func resolved(from folder: String) -> IndexedLocation {
    movingPath { path in
      guard path.hasPrefix("../") else { return path }
      return URL(fileURLWithPath: folder).standardizedFileURL.deletingLastPathComponent()
        .appendingPathComponent(String(path.dropFirst(3))).path
    }
  }
}
