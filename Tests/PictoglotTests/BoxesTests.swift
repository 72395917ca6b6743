import Corpora
import Foundation
import Models
import Pictoglot
import Pictures
import TestSupport
import Testing
import Towers

@Suite("Pictures with boxes")
struct BoxesTests {
  private func parts(of tower: ImageTowerSettings?) -> Int? {
    (tower?.settings as? BriVLImage.Settings)?.parts
  }

  @Test("BriVL looks through a picture's boxes, and through even parts where it has none")
  func boxes() async throws {
    let folder = try TemporaryFolder()
    var pixels: [UInt8] = []
    for index in 0..<64 * 48 { pixels += [UInt8(index % 251), UInt8(index / 64 * 5), 90] }
    let bytes = try Picture(width: 64, height: 48, pixels: pixels).png()
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/a.png"))
    // Even parts of the picture, as the tower makes them of the square that it sees.
    let model = try await ImageTextModel(fixture("families_image/brivl"), sides: .pictures)
    let parts = try #require(self.parts(of: model.card.encoder.image))
    let grid = (0..<parts * parts).map { index in
      let (row, column) = (Double(index / parts), Double(index % parts))
      let (wide, high) = (64 / Double(parts), 48 / Double(parts))
      return "[\(column * wide), \(row * high), \((column + 1) * wide), \((row + 1) * high)]"
    }
    let records = [
      #"{"id": "none", "image": "a.png", "captions": {"zh": "一"}}"#,
      #"{"id": "even", "image": "a.png", "captions": {"zh": "一"}, "bbox": [\#(grid.joined(separator: ","))]}"#,
      #"{"id": "one", "image": "a.png", "captions": {"zh": "一"}, "bbox": [[5, 5, 30, 20]]}"#,
    ]
    let path = folder.path + "/a.jsonl"
    try Data(records.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    let corpus = try Corpus(opening: path)
    let embedded = try await model.embed(picturesOf: corpus.samples, in: corpus)
    let rows = embedded.vectors.map(Array.init)
    #expect(isClose(rows[0], rows[1], tolerance: 1e-5))
    #expect(!isClose(rows[0], rows[2], tolerance: 1e-3))
  }
}
