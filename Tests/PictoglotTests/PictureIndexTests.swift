import Corpora
import Foundation
import Pictoglot
import Pictures
import Search
import Synchronization
import TestSupport
import Testing
import Training

@Suite("An index of pictures", .serialized)
struct PictureIndexTests {
  private let collection: TinyCollection
  private var folder: String { collection.folder.path }

  init() throws { collection = try TinyCollection() }

  /// Trains a model, indexes the collection with it, and opens the index.
  private func makeIndex() async throws -> PictureIndex {
    var request = TrainingRun.Request(
      recipe: "concepts", data: collection.path, out: folder + "/run")
    request.assignments = TinyCollection.assignments(steps: 25)
    request.device = "cpu"
    let run = try TrainingRun(request, on: { _ in }, isInterrupted: { false })
    #expect(try run.run() == .finished)
    let model = try await ImageTextModel(request.out, device: "cpu")
    let corpus = try Corpus(opening: collection.path)
    let made = try await model.index(
      corpus, to: folder + "/index", progress: { _, _ in }, isInterrupted: { false })
    #expect(made.indexed == 8 && made.problems.isEmpty)
    let again = try await model.index(
      corpus, to: folder + "/index", progress: { _, _ in }, isInterrupted: { false })
    #expect(again.reused == 8 && again.indexed == 0)
    return try await PictureIndex(folder + "/index", device: "cpu")
  }

  @Test("It finds its model itself, and pictures by text, by picture, by sums and by lens")
  func answers() async throws {
    let index = try await makeIndex()
    #expect(index.count == 8 && index.languages.sorted() == ["de", "en", "ko"])

    let byText = try await index.search("초록", language: "ko", limit: 3)
    #expect(byText.count == 3 && byText.first?.name == "green")
    #expect(byText.first?.caption == "초록" && byText.languages == ["ko"])
    #expect(byText.map(\.score) == byText.map(\.score).sorted(by: >))

    let blue = folder + "/blue.png"
    let byPicture = try await index.search(pictureFile: blue, limit: 1)
    #expect(byPicture.first?.name == "blue" && byPicture.first?.file.hasSuffix("/blue.png") == true)
    #expect((byPicture.first?.score ?? 0) > 0.999)

    // The picture itself is left out, by its path, as a copy elsewhere, and by its name.
    let copy = folder + "/copy.png"
    try FileManager.default.copyItem(atPath: blue, toPath: copy)
    for term in [
      QueryTerm.plus(pictureFile: blue), .plus(pictureFile: copy), .plus(pictureNamed: "blue"),
    ] {
      let hits = try await index.analogy(
        [term, .minus("blue"), .plus("yellow", by: 2, language: "en")], limit: 8)
      #expect(hits.leftOut == ["blue"] && hits.count == 7)
      #expect(hits.first?.name == "yellow")
    }

    let lens = try await index.lens(["빨강", "red", "blue"], languages: ["ko", "en", nil], top: 2)
    #expect(lens.columns.map { $0.hits.first?.name } == ["red", "red", "blue"])
    #expect(lens.columns[0].language == "ko" && lens.columns[0].hits.count == 2)
    let agreement = try #require(lens.agreement(1, 0))
    #expect(agreement.shared >= 1 && (agreement.spearman ?? 0) > 0)
    #expect(lens.agreement(0, 0) == nil && lens.agreement(0, 3) == nil)
  }

  @Test("A picture that is replaced while it is read is told, and embedded again the next time")
  func replacedMeanwhile() async throws {
    let model = try await makeIndex().model
    let corpus = try Corpus(opening: collection.path)
    let folder = folder
    func replace(_ name: String, by other: String) throws {
      try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(other).png"))
        .write(to: URL(fileURLWithPath: "\(folder)/\(name).png"), options: .atomic)
    }
    try replace("red", by: "blue")
    let isFirst = Mutex(true)
    let made = try await model.index(
      corpus, to: folder + "/index",
      progress: { _, _ in
        // Before the first picture is read.
        if isFirst.withLock({ first in
          defer { first = false }; return first
        }) {
          _ = try? Data(contentsOf: URL(fileURLWithPath: folder + "/green.png"))
            .write(to: URL(fileURLWithPath: folder + "/red.png"), options: .atomic)
        }
      }, isInterrupted: { false })
    #expect(made.indexed == 1 && made.reused == 7 && made.changed == ["red"])
    let again = try await model.index(
      corpus, to: folder + "/index", progress: { _, _ in }, isInterrupted: { false })
    #expect(again.indexed == 1 && again.reused == 7 && again.changed.isEmpty)
    let index = try await PictureIndex(folder + "/index", device: "cpu")
    let hits = try await index.search(pictureFile: folder + "/green.png", limit: 2)
    #expect(Set(hits.map(\.name)) == ["red", "green"])
    #expect(hits.allSatisfy { $0.score > 0.999 })
  }

  @Test("A BigTIFF of the index is handed out, and a PPM may be what is asked")
  func formats() async throws {
    let red = try Picture(contentsOf: folder + "/red.png")
    // A format is told from a file's first bytes, whatever its name.
    let tiff = bigTIFF(red)
    try Data(tiff).write(to: URL(fileURLWithPath: folder + "/red.png"))
    #expect(try Picture(contentsOf: folder + "/red.png") == red)
    let index = try await makeIndex()
    let row = try #require(try index.searched.metadata.row(named: "red"))
    let whole = try await index.engine.picture(of: row, longestSide: nil)
    #expect(whole.mediaType == "image/tiff" && whole.bytes == tiff)
    let small = try await index.engine.picture(of: row, longestSide: 8)
    #expect(small.mediaType == "image/jpeg")

    let green = try Picture(contentsOf: folder + "/green.png")
    let ppm = Array("P6\n\(green.width) \(green.height)\n255\n".utf8) + green.pixels
    try Data(ppm).write(to: URL(fileURLWithPath: folder + "/query.ppm"))
    let hits = try await index.search(pictureFile: folder + "/query.ppm", limit: 1)
    #expect(hits.first?.name == "green" && (hits.first?.score ?? 0) > 0.999)
  }

  @Test("What cannot be asked is refused in one line that says what to do")
  func refuses() async throws {
    let index = try await makeIndex()
    func message(_ body: () async throws -> Void) async -> String {
      do { try await body() } catch { return "\(error)" }
      return ""
    }
    let absent = await message { _ = try await index.search(pictureFile: folder + "/no.png") }
    #expect(absent.contains("no.png cannot be read: No such file"))
    let stranger = await message {
      _ = try await index.analogy([.plus(pictureNamed: "violet")])
    }
    #expect(stranger.contains("no picture “violet”"))
    let opposites = await message { _ = try await index.analogy([.plus("x"), .minus("x")]) }
    #expect(opposites.contains("cancel each other out"))
    let none = await message { _ = try await index.search("x", language: "no tag") }
    #expect(none.contains("no tag"))

    // An index moved with its model finds it; one without says what is missing.
    try FileManager.default.createDirectory(
      atPath: folder + "/moved", withIntermediateDirectories: true)
    for name in ["run", "index"] {
      try FileManager.default.moveItem(
        atPath: "\(folder)/\(name)", toPath: "\(folder)/moved/\(name)")
    }
    #expect(try await PictureIndex(folder + "/moved/index", device: "cpu").count == 8)
    try FileManager.default.moveItem(
      atPath: folder + "/moved/run", toPath: folder + "/moved/elsewhere")
    let gone = await message { _ = try await PictureIndex(folder + "/moved/index") }
    #expect(gone.contains("is no longer in"))
    let named = try await PictureIndex(
      folder + "/moved/index", model: folder + "/moved/elsewhere", device: "cpu")
    #expect(named.count == 8)
    try FileManager.default.removeItem(atPath: folder + "/moved/index/model.path")
    let unsaid = await message { _ = try await PictureIndex(folder + "/moved/index") }
    #expect(unsaid.contains("does not say where its model is"))
  }
}
