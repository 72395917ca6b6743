import Checkpoints
import Foundation
import Layers
import TestSupport
import Testing
import Torch
import Towers

@Suite("Towers against PyTorch")
struct TowerReferenceTests {
  private let file: SafetensorsFile

  init() throws { file = try SafetensorsFile(path: fixture("learning/towers.safetensors")) }

  @Test("ViT: outputs and gradients", arguments: [ViT.Settings.Pooling.classToken, .mean])
  func vit(pooling: ViT.Settings.Pooling) throws {
    let scope = Scope(file)
    let name = "vit_\(pooling.rawValue)"
    let tower = try ViT(
      ViT.Settings(size: 8, patch: 4, width: 16, depth: 2, heads: 2, pooling: pooling),
      in: scope / name)
    try expectEqual(tower(file.tensor("pixels")), name, scope)
  }

  @Test(
    "Text transformer: outputs and gradients, with padding",
    arguments: [TextTransformer.Settings.Pooling.mean, .last])
  func text(pooling: TextTransformer.Settings.Pooling) throws {
    let scope = Scope(file)
    let name = "text_\(pooling.rawValue)"
    let tower = try TextTransformer(
      TextTransformer.Settings(
        vocabulary: 11, contextLength: 6, width: 16, depth: 2, heads: 2, pooling: pooling),
      in: scope / name)
    let texts = TokenBatch([[5, 1, 9, 2], [3, 4], [7]], padding: 0)
    #expect(try texts.padded.ids.array(of: Int64.self) == file.tensor("ids").array(of: Int64.self))
    try expectEqual(tower(texts), name, scope)
  }

  @Test("Bag of tokens: outputs and gradients")
  func bag() throws {
    let scope = Scope(file)
    let tower = try BagOfTokens(
      BagOfTokens.Settings(vocabulary: 11, contextLength: 6, width: 16, depth: 2),
      in: scope / "bag")
    try expectEqual(tower(TokenBatch([[5, 1, 9, 2], [3, 4], [7]], padding: 0)), "bag", scope)
  }

  @Test("ResNet: outputs and gradients while learning, then the form in which it is used")
  func resNet() throws {
    let scope = Scope(file)
    let tower = try ResNet(
      ResNet.Settings(
        size: 16, stem: 6, stages: [.init(width: 8, blocks: 1), .init(width: 16, blocks: 2)]),
      in: scope / "resnet")
    let photos = try file.tensor("photos")
    try expectEqual(Phase.training { tower(photos) }, "resnet", scope)
    for parameter in scope.parameters where parameter.name.contains("running") {
      let expected = try file.tensor(parameter.name + ".after").floats
      #expect(isClose(parameter.value.floats, expected, tolerance: 1e-5), "\(parameter.name)")
    }
    #expect(isClose(tower(photos).floats, try file.tensor("use.resnet").floats, tolerance: 1e-4))
  }

  private func expectEqual(_ result: Tensor, _ name: String, _ scope: Scope) throws {
    #expect(isClose(result.floats, try file.tensor("result.\(name)").floats, tolerance: 1e-5))
    let weights = Tensor((1...16).map { Float($0) })
    try (result * result * weights).sum().backward()
    for parameter in scope.parameters where parameter.isTrainable {
      let expected = try file.tensor("gradient.\(parameter.name)").floats
      let largest = expected.map(abs).max() ?? 1
      let found = parameter.gradient?.floats.map { $0 / largest } ?? []
      #expect(isClose(found, expected.map { $0 / largest }, tolerance: 2e-5), "\(parameter.name)")
    }
  }
}

@Suite("Text transformer")
struct TextTransformerTests {
  @Test("Padding changes nothing", arguments: [0, 1, 2], [1, 5])
  func paddingChangesNothing(depth: Int, padding: Int) throws {
    for pooling in [TextTransformer.Settings.Pooling.mean, .last] {
      let tower = try TextTransformer(
        TextTransformer.Settings(
          vocabulary: 20, contextLength: 12, width: 16, depth: depth, heads: 2, pooling: pooling),
        in: Scope(RandomSource(seed: 5)))
      let bare = tower(TokenBatch([[7, 8, 9]], padding: 0)).floats
      let padded = tower(TokenBatch([[7, 8, 9]], padding: 0, length: 3 + padding)).floats
      #expect(isClose(bare, padded))
    }
  }
}

@Suite("Dual encoder")
struct DualEncoderTests {
  static let settings = DualEncoder.Settings(
    image: .vit(
      ViT.Settings(size: 16, patch: 4, width: 16, depth: 1, heads: 2, stem: .convolutional)),
    text: .transformer(
      TextTransformer.Settings(vocabulary: 30, contextLength: 8, width: 16, depth: 1, heads: 2)),
    width: 12)

  @Test("Embeddings have length one and do not depend on the rest of the batch")
  func embedsAlone() throws {
    let encoder = try DualEncoder(Self.settings, in: Scope(RandomSource(seed: 5)))
    let pixels = Tensor.normal([3, 3, 16, 16], using: Generator(seed: 1))
    let all = encoder.embed(images: pixels)
    let alone = encoder.embed(images: pixels.narrowed(0, to: 1..<2))
    #expect(isClose(all.selected(0, 1).floats, alone.floats))
    #expect(isClose((all * all).sum(axis: 1).floats, [1, 1, 1]))
    let texts = encoder.embed(texts: TokenBatch([[1, 2], [3]], padding: 0))
    #expect(texts.shape == [2, 12])
  }

  @Test("Pictures of another size are taken too", arguments: [8, 24])
  func takesOtherSizes(size: Int) throws {
    let resNet = DualEncoder.Settings(
      image: .resNet(ResNet.Settings(size: 16, stem: 8, stages: [.init(width: 8, blocks: 1)])),
      text: Self.settings.text, width: 12)
    for settings in [Self.settings, resNet] {
      let encoder = try DualEncoder(settings, in: Scope(RandomSource(seed: 5)))
      let pixels = Tensor.normal([2, 3, size, size], using: Generator(seed: 1))
      #expect(encoder.embed(images: pixels).shape == [2, 12])
    }
  }

  @Test("Settings survive their JSON, and an unknown tower is named")
  func settingsRoundTrip() throws {
    let data = try JSONEncoder().encode(Self.settings)
    #expect(try JSONDecoder().decode(DualEncoder.Settings.self, from: data) == Self.settings)
    let text = String(decoding: data, as: UTF8.self).replacing("\"vit\"", with: "\"mixer\"")
    #expect {
      try JSONDecoder().decode(DualEncoder.Settings.self, from: Data(text.utf8))
    } throws: { "\($0)".contains("there is no tower “mixer”") }
  }
}
