package import Files
import Foundation

/// The file of an index that says where its model lies.
///
/// Relative to the index if both lie in one folder, so that the folder can be moved as a whole. A
/// published model is noted by its name.
enum ModelNote {
  private static let fileName = "model.path"

  /// Notes in an index the folder or name of its model.
  static func write(_ model: String, to index: String) throws(PictureIndexError) {
    let absolute = URL(fileURLWithPath: model).standardizedFileURL.path
    let home =
      URL(fileURLWithPath: index).standardizedFileURL.deletingLastPathComponent().path + "/"
    let isFolder = FileManager.default.fileExists(atPath: absolute)
    let note =
      !isFolder
      ? model : absolute.hasPrefix(home) ? "../" + absolute.dropFirst(home.count) : absolute
    let path = index + "/" + fileName
    do throws(FileError) { try writeWhole(Data(note.utf8), to: path) } catch { throw .file(error) }
  }

  /// The folder or name of an index's model.
  static func read(from index: String) throws(PictureIndexError) -> String {
    guard let data = FileManager.default.contents(atPath: index + "/" + fileName) else {
      throw .noModelNoted(index: index)
    }
    let note = String(decoding: data, as: UTF8.self)
    let path = note.hasPrefix("../") ? index + "/" + note : note
    let isPlace = note.hasPrefix("../") || note.hasPrefix("/")
    guard !isPlace || FileManager.default.fileExists(atPath: path) else {
      throw .modelGone(index: index, path: path)
    }
    return path
  }
}

/// Why an index cannot be asked with the model that made it.
package enum PictureIndexError: Error, Equatable {
  case noModelNoted(index: String)
  case modelGone(index: String, path: String)
  case unknownName(String, index: String)
  case file(FileError)
}

extension PictureIndexError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noModelNoted(let index):
      "\(index) does not say where its model is. Add --model MODEL."
    case .modelGone(let index, let path):
      "The model of \(index) is no longer in \(path). Add --model MODEL."
    case .unknownName(let name, let index):
      "There is no picture “\(name)” in \(index). “pictoglot search --json” shows the names."
    case .file(let error): "\(error)"
    }
  }
}
