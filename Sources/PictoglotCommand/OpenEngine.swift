import Foundation
import Pictoglot
import Pictures
import Search

/// Opens an index with the model it was made with.
///
/// - Parameters:
///   - model: Where the model is; where the index says it was, if not given.
func openEngine(_ path: String, model: String?, device: String) async throws -> IndexSearchEngine {
  let index = try SearchIndex(opening: path)
  let folder = try model ?? modelFolder(of: path)
  let embedder = try await ImageTextModel(folder: folder, device: device)
  return try IndexSearchEngine(index: index, embedder: embedder) { bytes, side in
    let picture = try Picture(decoding: bytes).fitted(in: side)
    return PictureFile(bytes: try picture.jpeg(quality: 85), mediaType: "image/jpeg")
  }
}

/// The file of an index that says where its model lies.
private let modelNote = "model.path"

/// Notes in an index where its model lies; relative to it if both lie in one folder, so that the
/// folder can be moved as a whole.
func noteModel(_ folder: String, inIndex path: String) throws {
  let absolute = URL(fileURLWithPath: folder).standardizedFileURL.path
  let home = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path + "/"
  let note = absolute.hasPrefix(home) ? "../" + absolute.dropFirst(home.count) : absolute
  do {
    try Data(note.utf8).write(to: URL(fileURLWithPath: path + "/" + modelNote), options: .atomic)
  } catch { throw CommandError("\(path) cannot be written: \(error.localizedDescription).") }
}

private func modelFolder(of index: String) throws -> String {
  guard let data = FileManager.default.contents(atPath: index + "/" + modelNote) else {
    throw CommandError("\(index) does not say where its model is. Add --model FOLDER.")
  }
  let note = String(decoding: data, as: UTF8.self)
  let path = note.hasPrefix("../") ? index + "/" + note : note
  guard FileManager.default.fileExists(atPath: path) else {
    throw CommandError("The model of \(index) is not in \(path) any more. Add --model FOLDER.")
  }
  return path
}
