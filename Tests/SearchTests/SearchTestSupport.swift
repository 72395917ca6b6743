import Foundation
import Languages
import Search
import TestSupport
import Vectors

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("pictoglot-search-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = self(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self(folder)).sorted()
  }
}

func unit(_ vector: [Float]) -> [Float] {
  let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return vector.map { $0 / length }
}

func cosine(_ a: [Float], _ b: [Float]) -> Float {
  zip(unit(a), unit(b)).reduce(0) { $0 + $1.0 * $1.1 }
}

let testModel = IndexedModel(name: "a test model", id: "0123")

/// Builds an index of `vectors` and returns it opened.
@discardableResult
func makeIndex(
  _ folder: String, _ vectors: [[Float]], type: VectorType = .float32,
  model: IndexedModel = testModel, entry: (Int) -> IndexEntry = testEntry
) throws -> SearchIndex {
  let settings = IndexSettings(model: model, width: vectors.first?.count ?? 4, type: type)
  let builder = try IndexBuilder(folder, settings: settings)
  try builder.add(vectors.indices.map(entry), vectors: VectorRows(vectors))
  try builder.finish()
  return try SearchIndex(opening: folder)
}

func testEntry(_ number: Int) -> IndexEntry {
  IndexEntry(
    name: "picture \(number)", location: .file(path: "/nowhere/\(number).png"),
    title: "title \(number)", captions: ["en": ["apple \(number)"], "ko": ["사과 \(number)"]],
    concept: "concept \(number % 3)", source: number.isMultiple(of: 2) ? "even" : "odd",
    license: "CC0-1.0", width: 136, height: 128, stamp: FileStamp(bytes: number, modified: 1))
}

/// The smallest PNG that is a picture: one pixel.
let onePixel: [UInt8] = [
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1,
  0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, 0x49, 0x44, 0x41, 0x54, 0x78,
  0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x89, 0x99, 0x3d, 0x1d, 0, 0, 0, 0,
  0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
]

/// Knows PNG alone, and makes nothing smaller.
struct PNGAlone: PictureFormats {
  func mediaType(of file: [UInt8]) -> String? {
    file.starts(with: onePixel.prefix(8)) ? "image/png" : nil
  }

  func shrunk(_ file: [UInt8], to longestSide: Int) -> PictureFile? { nil }
}

/// An index searched by ``LetterEmbedder``.
func makeEngine(_ index: SearchIndex, width: Int = 4) throws -> IndexSearchEngine {
  try IndexSearchEngine(
    index: index, embedder: LetterEmbedder(width: width), pictures: PNGAlone())
}

/// Texts are counted letters; a picture is its last byte's direction.
struct LetterEmbedder: Embedder {
  /// The language that it does not read.
  static let unknown = languageTag("tlh")

  var width = 4
  var modelName = testModel.name
  var modelID = testModel.id

  func embed(texts: [Query]) async throws -> EmbeddedTexts {
    let vectors = try texts.map { query in
      if query.language == Self.unknown { throw SearchError.unknownLanguage("tlh") }
      return ["a", "b", "c", "d"].map { letter in
        Float(query.text.filter { String($0) == letter }.count)
      }
    }
    return EmbeddedTexts(
      vectors: VectorRows(vectors),
      readings: texts.map { TextReading(text: $0.text, language: $0.language) },
      tokenCount: texts.count)
  }

  func embed(pictures: [[UInt8]]) async throws -> VectorRows {
    VectorRows(
      try pictures.map { picture in
        guard PNGAlone().mediaType(of: picture) != nil else {
          throw SearchError.unreadablePicture(reason: "it is no PNG")
        }
        return (0..<4).map { $0 == Int(picture.last ?? 0) % 4 ? 1 : 0 }
      })
  }
}
