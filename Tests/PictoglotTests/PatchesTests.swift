import Foundation
import Pictoglot
import Pictures
import Search
import TestSupport
import Testing
import Training

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Where in a picture a text is to be seen")
struct PatchesTests {
  private let picture = fixture("families_image/picture.png")

  private func model(_ name: String = "clip") async throws -> ImageTextModel {
    try await ImageTextModel(fixture("families_image/" + name), device: "cpu")
  }

  /// What `Tools/references/patches.py` wrote down of transformers.
  private struct Reference: Decodable {
    struct Ranked: Decodable {
      let text: String
      let rows, columns: Int
      let order: [Int]
      let cosines, probabilities: [Float]
    }
    let ranked: [Ranked]
  }

  @Test("Tiles, their order and their probabilities are KoCLIP's")
  func tiles() async throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixture("patches/tiles.json")))
    let model = try await model()
    for expected in try JSONDecoder().decode(Reference.self, from: data).ranked {
      let found = try await model.patches(
        pictureFile: picture, of: expected.text, rows: expected.rows, columns: expected.columns)
      #expect(found.map { $0.row * expected.columns + $0.column } == expected.order)
      #expect(isClose(found.map(\.similarity), expected.order.map { expected.cosines[$0] }))
      #expect(
        isClose(found.map(\.probability), expected.order.map { expected.probabilities[$0] }))
      #expect(isClose([found.map(\.probability).reduce(0, +)], [1]))
    }
  }

  @Test("Tiles that are alike keep the order of reading")
  func ties() async throws {
    let folder = try TemporaryFolder()
    let grey = folder.path + "/grey.png"
    try Data(Picture(width: 30, height: 30, colour: (128, 128, 128)).png())
      .write(to: URL(fileURLWithPath: grey))
    let found = try await model().patches(pictureFile: grey, of: "red")
    #expect(found.map { $0.row * 3 + $0.column } == Array(0..<9))
    #expect(isClose(found.map(\.probability), [Float](repeating: 1.0 / 9, count: 9)))
  }

  @Test("A picture smaller than its grid, and an empty text, are refused in words")
  func refuses() async throws {
    let folder = try TemporaryFolder()
    let tiny = folder.path + "/tiny.png"
    try Data(Picture(width: 2, height: 5, colour: (1, 2, 3)).png())
      .write(to: URL(fileURLWithPath: tiny))
    let model = try await model()
    await #expect {
      try await model.patches(pictureFile: tiny, of: "red")
    } throws: {
      "\($0)".contains("tiny.png: A picture of 2×5 pixels cannot be cut into 3 rows and 3 columns")
    }
    await #expect(throws: SearchError.emptyQuery) {
      try await model.patches(pictureFile: picture, of: "  ")
    }
    await #expect(throws: SearchError.emptyQuery) {
      try await model.heatMap(pictureFile: picture, of: "")
    }
  }

  @Test("A model that gathers what it sees in boxes points to tiles, which it can")
  func noMap() async throws {
    let model = try await model("brivl")
    await #expect {
      try await model.heatMap(pictureFile: picture, of: "红苹果")
    } throws: {
      "\($0)".contains("cannot say where in a picture something is")
        && "\($0)".contains("Tiles work with every model")
    }
    #expect(try await model.patches(pictureFile: picture, of: "红苹果").count == 9)
  }

  @Test("A model taught colours finds the tiles of one; a map leaves out the margin")
  func findsColours() async throws {
    let collection = try TinyCollection()
    var request = TrainingRun.Request(
      recipe: "concepts", data: collection.path, out: collection.folder.path + "/run")
    request.assignments = TinyCollection.assignments(steps: 25)
    request.device = "cpu"
    let run = try TrainingRun(request, on: { _ in }, isInterrupted: { false })
    #expect(try run.run() == .finished)
    let model = try await ImageTextModel(request.out, device: "cpu")
    // Red above, blue below; twice as wide as high, so that half of what the model sees is margin.
    let collage = Picture(
      width: 64, height: 32,
      pixels: (0..<64 * 32).flatMap { $0 < 64 * 16 ? [220, 20, 20] : [20, 20, 220] as [UInt8] })
    let path = collection.folder.path + "/collage.png"
    try Data(collage.png()).write(to: URL(fileURLWithPath: path))
    // Two pictures of the collection side by side.
    let (red, blue) = (
      try Picture(contentsOf: collection.folder.path + "/red.png"),
      try Picture(contentsOf: collection.folder.path + "/blue.png")
    )
    var pixels: [UInt8] = []
    for row in 0..<24 {
      let line = row * 72..<(row + 1) * 72
      pixels += red.pixels[line]
      pixels += blue.pixels[line]
    }
    let pair = Picture(width: 48, height: 24, pixels: pixels)
    let sideBySide = collection.folder.path + "/pair.png"
    try Data(pair.png()).write(to: URL(fileURLWithPath: sideBySide))
    for (text, column) in [("red", 0), ("빨강", 0), ("blue", 1), ("파랑", 1)] {
      let map = try await model.heatMap(pictureFile: path, of: text)
      // Of four rows of patches, the outer two are margin.
      #expect(map.rows == 2 && map.columns == 4 && map.similarities.count == 8)
      #expect(map.region.left == 0 && map.region.top == 0)
      #expect(map.region.width == 1 && map.region.height == 1)
      #expect(map[map.peak.row, map.peak.column] == map.similarities.max())
      let tiles = try await model.patches(pictureFile: sideBySide, of: text, rows: 1, columns: 2)
      #expect(tiles.first?.column == column, "\(text): \(tiles)")
    }
    // The edge of the picture lies within a patch: it counts, and reaches beyond.
    let flat = Picture(width: 128, height: 48, colour: (220, 20, 20))
    let map = try await model.heatMap(picture: try flat.png(), of: "red")
    #expect(map.rows == 2 && map.columns == 4)
    #expect(map.region.top < 0 && map.region.top + map.region.height > 1)
    #expect(map.region.height < 1.5)
  }

  @Test("Overlays hold the picture and every number, and refer to nothing outside")
  func overlays() async throws {
    let picture = try Picture(contentsOf: picture)
    let model = try await model()
    let texts = [Query("a <b> & \"c\""), Query("빨간 사과", language: languageTag("ko"))]
    let grid = try TileGrid(width: picture.width, height: picture.height)
    let tiles = PictureOverlay(
      picture, tiles: try await model.tileScores(of: picture, for: texts, grid: grid))
    let maps = PictureOverlay(picture, maps: try await model.heatMaps(of: picture, for: texts))
    for (overlay, cells) in [(tiles, 9), (maps, 4)] {
      let svg = try overlay.svg()
      let reader = XMLParser(data: Data(svg.utf8))
      #expect(reader.parse(), "\(String(describing: reader.parserError))")
      #expect(svg.components(separatedBy: "<title>Row ").count == 2 * cells + 1)
      let links = svg.components(separatedBy: "href=\"").dropFirst()
      #expect(links.allSatisfy { $0.hasPrefix("data:image/") || $0.hasPrefix("#") })
      #expect(svg.contains("a &lt;b&gt; &amp; &quot;c&quot;") && svg.contains("빨간 사과"))
      let drawn = try Picture(decoding: try overlay.png())
      #expect(drawn.width > 700 && drawn.height > 200)
      // Not only the white ground: the picture and its colours are there.
      #expect(Set(drawn.pixels).count > 50)
    }
  }
}
