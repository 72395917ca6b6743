import Foundation
import Search
import TestSupport
import Testing
import Vectors

@Suite("Adding and taking away pictures and words")
struct AnalogyTests {
  /// `Tests/Fixtures/search/analogy.json`, made by `Tools/references/analogy.py`.
  private struct Reference: Decodable {
    struct Operand: Decodable {
      let kind: String
      let number: Int
      let weight: Float
    }
    struct Question: Decodable {
      let operands: [Operand]
      let limit: Int
      let leftOut: [Int]
      let hits: [Int]
      let scores: [Double]
    }
    let width: Int
    let index: Data
    let texts: Data
    let pictures: Data
    let questions: [Question]

    func rows(_ bytes: Data) -> [[Float]] {
      let bytes = [UInt8](bytes)
      let numbers = stride(from: 0, to: bytes.count, by: 4).map { start in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
      }
      return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
    }
  }

  /// Texts are the numbers of vectors; of a picture, its last byte is.
  private struct Table: Embedder {
    let texts: [[Float]]
    let pictures: [[Float]]
    var width: Int { texts[0].count }
    var modelName: String { testModel.name }
    var modelID: String { testModel.id }

    func embed(texts queries: [Query]) async throws -> EmbeddedTexts {
      EmbeddedTexts(
        vectors: VectorRows(queries.map { texts[Int($0.text) ?? 0] }),
        readings: queries.map { TextReading(text: $0.text, language: languageTag("en")) },
        tokenCount: queries.count)
    }

    func embed(pictures files: [[UInt8]]) async throws -> VectorRows {
      VectorRows(files.map { pictures[Int($0.last ?? 0)] })
    }
  }

  @Test(
    "Hits, their order and their scores are the reference's, without the query's pictures",
    arguments: [VectorType.float32, .float16])
  func agreesWithReference(type: VectorType) async throws {
    let file = URL(fileURLWithPath: fixture("search/analogy.json"))
    let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    let folder = try TemporaryFolder()
    let index = try makeIndex(folder("index"), reference.rows(reference.index), type: type)
    let engine = try IndexSearchEngine(
      index: index,
      embedder: Table(
        texts: reference.rows(reference.texts), pictures: reference.rows(reference.pictures)),
      pictures: PNGAlone())
    for (number, question) in reference.questions.enumerated() {
      let operands = question.operands.map { operand in
        let content: SearchRequest.Operand.Content =
          switch operand.kind {
          case "text": .text(Query("\(operand.number)"))
          case "picture": .picture(onePixel + [UInt8(operand.number)])
          default: .indexed(operand.number)
          }
        return SearchRequest.Operand(content, weight: operand.weight)
      }
      let answer = try await engine.search(
        SearchRequest(operands: operands, limit: question.limit, leavesOutItsPictures: true))
      #expect(answer.leftOut.map(\.id).sorted() == question.leftOut, "question \(number)")
      #expect(answer.readings.count == question.operands.count { $0.kind == "text" })
      let tolerance = type == .float32 ? 1e-6 : 1e-3
      let scores = answer.hits.map { Double($0.score) }
      #expect(scores.count == question.scores.count, "question \(number)")
      #expect(zip(scores, question.scores).allSatisfy { abs($0 - $1) < tolerance })
      if type == .float32 { #expect(answer.hits.map(\.id) == question.hits, "question \(number)") }
    }
  }

  @Test("A picture is known again by its path, its bytes, its number, or as the model sees it")
  func leavesOutItsPictures() async throws {
    let folder = try TemporaryFolder()
    let (path, bytes) = (folder("a.png"), onePixel + [0])
    try folder.write(bytes, to: "a.png")
    try folder.write([7] + bytes + [7], to: "s.tar")
    let places: [IndexedLocation] = [
      .file(path: path), .part(path: folder("s.tar"), offset: 1, length: bytes.count),
      .file(path: folder("gone.png")), .file(path: folder("other.png")),
      .file(path: folder("fourth.png")),
    ]
    // As far from the picture as rounding to bytes, to halves, and another picture.
    let vectors: [[Float]] = [
      [0, 1, 0, 0], [1, 0.15, 0, 0], [1, 0.005, 0, 0], [1, 0.3, 0, 0], [0, 0, 0, 1],
    ]
    let index = try makeIndex(folder("index"), vectors) {
      IndexEntry(name: "picture \($0)", location: places[$0])
    }
    let engine = try makeEngine(index)
    let operands: [SearchRequest.Operand] = [
      .init(.picture(bytes), file: path), .init(.text(Query("c")), weight: -0.1),
      .init(.indexed(4), weight: -0.1),
    ]
    var request = SearchRequest(operands: operands, limit: 5)
    #expect(try await engine.search(request).hits.count == 5)
    request.leavesOutItsPictures = true
    let answer = try await engine.search(request)
    #expect(answer.hits.map(\.id) == [3])
    #expect(
      answer.leftOut == [
        LeftOut(id: 0, name: "picture 0", reason: .path),
        LeftOut(id: 2, name: "picture 2", reason: .embedding),
        LeftOut(id: 1, name: "picture 1", reason: .bytes),
        LeftOut(id: 4, name: "picture 4", reason: .asked),
      ])
    // What is left out makes room for others.
    request.limit = 1
    #expect(try await engine.search(request).hits.map(\.id) == [3])
  }

  @Test("A file is found in the index by a path relative to this folder and through a link")
  func findsFiles() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(onePixel, to: "a.png")
    try FileManager.default.createSymbolicLink(
      atPath: folder("link.png"), withDestinationPath: path)
    let index = try makeIndex(folder("index"), [[0, 1, 0, 0], [1, 0, 1, 0]]) {
      IndexEntry(name: "\($0)", location: .file(path: $0 == 0 ? path : "/nowhere"))
    }
    let engine = try makeEngine(index)
    for name in [path, folder("link.png"), folder("./index/../a.png")] {
      let answer = try await engine.search(
        SearchRequest(
          operands: [.init(.picture(onePixel), file: name)], limit: 5, leavesOutItsPictures: true))
      #expect(answer.leftOut.map(\.reason) == [.path], "\(name)")
      #expect(answer.hits.map(\.id) == [1], "\(name)")
    }
  }
}
