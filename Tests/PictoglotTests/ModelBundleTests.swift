import Foundation
import Hub
import Models
import TestSupport
import Testing

@testable import Pictoglot

@Suite("Bundles of models that refer to others")
struct ModelBundleTests {
  private static let commit = String(repeating: "3c", count: 20)

  /// A hub whose cache is in a folder.
  private func hub(_ folder: TemporaryFolder) -> Hub {
    var settings = HubSettings(cacheFolder: folder.path)
    settings.isOffline = true
    return Hub(settings)
  }

  /// Puts a model of the fixtures into a cache, as a tool does that makes no links.
  private func place(_ name: String, from source: String, in folder: TemporaryFolder) throws {
    let path = folder.path + "/models--" + name.replacing("/", with: "--")
    let files = FileManager.default
    try files.createDirectory(atPath: path + "/snapshots", withIntermediateDirectories: true)
    try files.createDirectory(atPath: path + "/refs", withIntermediateDirectories: true)
    try Data(Self.commit.utf8).write(to: URL(fileURLWithPath: path + "/refs/main"))
    try files.copyItem(
      atPath: fixture("families_text/" + source), toPath: path + "/snapshots/" + Self.commit)
  }

  @Test("An M-CLIP works from one file, with the CLIP and the text tower that it names")
  func oneFile() throws {
    let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
    let name = "M-CLIP/M-CLIP-Vit-B-32"
    try place(name, from: "M-CLIP-Vit-B-32", in: here)
    let others = ["openai/clip-vit-base-patch32", "xlm-roberta-tiny"]
    for other in others { try place(other, from: "hub/" + other, in: here) }
    let path = here.path + "/model.tar"
    // Of the two, the one that only has a name of its own has to be marked as one of the hub's.
    let packed = try hub(here).exportModel(try ModelName(name), to: path)
    #expect(packed == ["hf-hub:xlm-roberta-tiny", "openai/clip-vit-base-patch32"])

    var shown: [Int64] = []
    let models = try hub(there).importBundle(path) { done, total in
      #expect(done <= total)
      shown.append(done)
    }
    #expect(models.map { "\($0.name)" } == [name] + packed)
    #expect(shown == shown.sorted() && shown.last == models.reduce(0) { $0 + $1.bytes })
    let hub = hub(there)
    let model = try Model(folder: try hub.modelFolder(named: name), companions: hub.companionFolder)
    #expect(try model.embed(texts: ["Zwei Katzen"]).map(\.count) == [12])
    #expect(
      try model.embed(pixels: Array(repeating: 0, count: 3 * 8 * 8), count: 1).map(\.count) == [12])
  }

  @Test("What a model refers to has to be here before it is packed")
  func missingCompanion() throws {
    let here = try TemporaryFolder()
    try place("M-CLIP/M-CLIP-Vit-B-32", from: "M-CLIP-Vit-B-32", in: here)
    let path = here.path + "/model.tar"
    #expect(throws: ModelError.notPulled(name: "hf-hub:xlm-roberta-tiny")) {
      try hub(here).exportModel(try ModelName("M-CLIP/M-CLIP-Vit-B-32"), to: path)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
