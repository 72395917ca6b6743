import Foundation
import Layers
import TestSupport
import Testing
import Torch
import Towers

@Suite("The lists of towers")
struct TowerKindTests {
  @Test(
    "Every tower's file is in the list, and no kind is given twice",
    arguments: [
      ("Image", ": ImageTowerKind {", imageTowers.map { $0.kind }),
      ("Text", ": TextTowerKind {", textTowers.map { $0.kind }),
    ])
  func complete(folder: String, mark: String, kinds: [String]) throws {
    let path = root().appendingPathComponent("Sources/Towers/" + folder).path
    let conforming = try FileManager.default.contentsOfDirectory(atPath: path).filter {
      try String(contentsOfFile: path + "/" + $0, encoding: .utf8).contains(mark)
    }
    #expect(conforming.count == kinds.count)
    #expect(Set(kinds).count == kinds.count)
  }

  @Test("A file's tower is of the kind that the file names")
  func kinds() throws {
    let image = ImageTowerSettings.resNet(
      .init(size: 16, stem: 8, stages: [.init(width: 8, blocks: 1)]))
    let json = String(decoding: try JSONEncoder().encode(image), as: UTF8.self)
    #expect(json.contains(#""kind":"resnet""#))
    let again = try JSONDecoder().decode(ImageTowerSettings.self, from: Data(json.utf8))
    #expect(again == image && again.settings is ResNet.Settings)
    #expect(again != .efficientNet(.b0))
  }

  @Test("An unknown kind is refused with the known ones")
  func unknown() {
    expectUnknown(ImageTowerSettings.self, "vit, resnet, efficientnet, brivl")
    expectUnknown(TextTowerSettings.self, "transformer, bag, bert, nllb, brivl")
  }

  private func expectUnknown<Settings: Decodable>(_ type: Settings.Type, _ known: String) {
    #expect {
      _ = try JSONDecoder().decode(type, from: Data(#"{"kind": "mlp"}"#.utf8))
    } throws: {
      "\($0)".contains("there is no tower “mlp”; known: \(known)")
    }
  }

  @Test("A tower inside another takes its place, and nothing else has one")
  func inside() throws {
    let brivl = BriVLImage.Settings.base(size: 380)
    var network = EfficientNet.Settings.b0
    network.dropout = .init(path: 0.5)
    let holder = try #require(brivl.holding(network) as? BriVLImage.Settings)
    // What the network is, and not how it was trained.
    #expect(holder.network.widthFactor == 1 && holder.network.size == 380)
    #expect(holder.network.dropout == brivl.network.dropout)
    #expect(brivl.part(begunWith: network) == "network")
    #expect(network.holding(brivl) == nil && network.part(begunWith: brivl) == nil)
  }

  @Test("A parameter's role is that of the scope it was made in")
  func roles() throws {
    let scope = Scope(RandomSource(seed: 1))
    let settings = DualEncoder.Settings(
      image: .resNet(.init(size: 16, stem: 8, stages: [.init(width: 8, blocks: 1)])),
      text: .bag(.init(vocabulary: 9, contextLength: 4, width: 8, depth: 1)), width: 8)
    let encoder = try DualEncoder(settings, in: scope)
    _ = try DualEncoder(settings, in: scope / "momentum")
    let roles = encoder.parameters.map(\.role)
    for role in [
      ParameterRole.imageTower, .textTower, .imageProjection, .textProjection, .scale, .bias,
    ] {
      #expect(roles.contains(role))
    }
    #expect(!roles.contains(nil))
    let copies = scope.parameters.filter { $0.name.hasPrefix("momentum.") }
    #expect(!copies.isEmpty && copies.allSatisfy { $0.role == nil })
    #expect(encoder.parameters.contains { $0.isStatistic && $0.role == .imageTower })
    #expect(encoder.parameters.allSatisfy { !$0.isStatistic || !$0.isTrainable })
  }
}
