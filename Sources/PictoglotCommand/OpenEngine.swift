import Checkpoints
import Foundation
import Pictoglot
import Pictures
import Search
import Training

/// Opens an index with the model it was made with.
///
/// - Parameters:
///   - model: What the model is called or where it is; what the index says, if not given.
///   - sides: The towers that will be asked; the others take no memory.
func openEngine(
  _ path: String, model: String?, sides: ImageTextModel.Sides = .both, device: String
) async throws -> IndexSearchEngine {
  let index = try SearchIndex(opening: path)
  let name = try model ?? modelName(of: path)
  let embedder = try await ImageTextModel(name, sides: sides, device: device)
  return try IndexSearchEngine(index: index, embedder: embedder) { bytes, side in
    let picture = try Picture(decoding: bytes).fitted(in: side)
    return PictureFile(bytes: try picture.jpeg(quality: 85), mediaType: "image/jpeg")
  }
}

/// The file of an index that says where its model lies.
private let modelNote = "model.path"

/// Notes in an index where its model lies; relative to it if both lie in one folder, so that the
/// folder can be moved as a whole. A published model is noted by its name.
func noteModel(_ folder: String, inIndex path: String) throws {
  let absolute = URL(fileURLWithPath: folder).standardizedFileURL.path
  let home = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path + "/"
  let isFolder = FileManager.default.fileExists(atPath: absolute)
  let note =
    !isFolder
    ? folder : absolute.hasPrefix(home) ? "../" + absolute.dropFirst(home.count) : absolute
  do {
    try Data(note.utf8).write(to: URL(fileURLWithPath: path + "/" + modelNote), options: .atomic)
  } catch { throw CommandError("\(path) cannot be written: \(systemReason(of: error)).") }
}

private func modelName(of index: String) throws -> String {
  guard let data = FileManager.default.contents(atPath: index + "/" + modelNote) else {
    throw CommandError("\(index) does not say where its model is. Add --model MODEL.")
  }
  let note = String(decoding: data, as: UTF8.self)
  let path = note.hasPrefix("../") ? index + "/" + note : note
  let isPlace = note.hasPrefix("../") || note.hasPrefix("/")
  guard !isPlace || FileManager.default.fileExists(atPath: path) else {
    throw CommandError("The model of \(index) is not in \(path) any more. Add --model MODEL.")
  }
  return path
}
