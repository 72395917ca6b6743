import Corpora
import Foundation
import Models
import Pictoglot
import Search
import TestSupport
import Testing

@Suite("Towers alone, in use")
struct LoneTowerTests {
  @Test("One for texts is refused before an index is begun")
  func index() async throws {
    let collection = try TinyCollection()
    let model = try await ImageTextModel(
      fixture("starts/klue_roberta"), sides: .pictures, device: "cpu")
    let path = collection.folder.path + "/index"
    let corpus = try Corpus(opening: collection.path)
    await #expect(throws: ModelError.noTower(model: "klue_roberta", side: "pictures")) {
      _ = try await model.index(corpus, to: path, progress: { _, _ in }, isInterrupted: { false })
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("They say that nobody has trained them to compare; whole models say nothing")
  func caution() async throws {
    for (name, isAlone) in [
      ("starts/klue_roberta", true), ("starts/vit", true), ("families_image/clip", false),
    ] {
      let model = try await ImageTextModel(fixture(name), device: "cpu")
      #expect((model.caution != nil) == isAlone, "\(name)")
    }
  }
}
