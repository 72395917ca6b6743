import Layers
import TestSupport
import Testing
import Torch
import Towers

@Suite("EfficientNet")
struct EfficientNetTests {
  private let settings = EfficientNet.Settings(size: 37, widthFactor: 0.05, depthFactor: 0.3)

  @Test("timm's gives the same features and gradients, odd sizes padded behind")
  func timm() throws {
    let published = try PublishedTower("timm_efficientnet", .timmEfficientNet)
    let net = try EfficientNet(settings, in: published.scope)
    let pixels = try published.tensor("pixels")
    try published.expect(net(pixels))
    #expect(net.features(pixels).shape == [2, 64, 2, 2])
    #expect(
      isClose(net.features(pixels).floats, try published.tensor("result.features").floats))
    #expect(published.unused(besides: KeyMap.timmEfficientNetIgnored) == [])
  }

  @Test(
    "A published size is known again by its widths and blocks",
    arguments: [
      (EfficientNet.Settings.b0, 1280, [1, 2, 2, 3, 3, 4, 1]),
      (.b5, 2048, [3, 5, 5, 7, 7, 9, 3]), (.b7, 2560, [4, 7, 7, 10, 10, 13, 4]),
    ])
  func knownAgain(settings: EfficientNet.Settings, width: Int, blocks: [Int]) throws {
    let found = try #require(
      EfficientNet.Settings(size: settings.size, width: width, blocks: blocks))
    let sizes = try [settings, found].map { settings in
      let source = CountingSource()
      _ = try EfficientNet(settings, in: Scope(source))
      return source.sizes
    }
    #expect(sizes[0] == sizes[1])
    #expect(EfficientNet.Settings(size: 224, width: width, blocks: [1, 2, 2, 9, 3, 4, 1]) == nil)
  }

  @Test(
    "A picture has as many places as the published sizes give", arguments: [(380, 12), (456, 15)])
  func places(side: Int, places: Int) throws {
    let net = try EfficientNet(
      EfficientNet.Settings(size: side, widthFactor: 0.05, depthFactor: 0.3),
      in: Scope(RandomSource(seed: 5)))
    #expect(net.features(.ones([1, 3, side, side])).shape == [1, 64, places, places])
  }
}

@Suite("BriVL's image tower")
struct BriVLImageTests {
  private let published: PublishedTower
  private let tower: BriVLImage
  private let pixels: Tensor

  init() throws {
    published = try PublishedTower("brivl", .brivlImage)
    tower = try BriVLImage(
      BriVLImage.Settings(
        network: EfficientNet.Settings(size: 66, widthFactor: 16.0 / 1280, depthFactor: 0.3),
        depth: 2, inner: 24,
        head: .init(inner: 20, width: 20, activation: .relu, hasBias: true)),
      in: published.scope)
    pixels = try published.tensor("pixels")
  }

  @Test("Given boxes, as many as each picture has, give the same vectors and gradients")
  func givenBoxes() throws {
    let numbers = try published.tensor("boxes").floats
    let boxes = stride(from: 0, to: numbers.count, by: 4).map {
      ImageBox(
        left: numbers[$0], top: numbers[$0 + 1], right: numbers[$0 + 2], bottom: numbers[$0 + 3])
    }
    try published.expect(tower(pixels, boxes: [Array(boxes[0..<3]), [boxes[3]]]))
    let ignored = KeyMap.timmEfficientNetIgnored.map { "backbone." + $0 }
    #expect(published.unused(besides: ignored) == [])
  }

  @Test("Without boxes, the parts of a grid and the whole are looked at")
  func grid() throws {
    try published.expect(tower(pixels), is: "result.grid", gradients: false)
  }

  @Test("The last of 6 × 6 parts lie outside of small pictures, and of no others")
  func losesParts() throws {
    #expect([66, 96, 128].allSatisfy(tower.losesParts))
    #expect(![32, 160, 192, 224, 380].contains(where: tower.losesParts))
  }

  @Test("The whole picture alone will do")
  func whole() throws {
    try published.expect(
      tower(pixels, boxes: [[], []]), is: "result.whole", gradients: false)
  }
}
