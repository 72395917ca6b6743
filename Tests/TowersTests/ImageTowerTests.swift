import Foundation
import Layers
import TestSupport
import Testing
import Torch
import Towers

@Suite("Vision transformers as published")
struct PublishedViTTests {
  private func clip(_ activation: Activation, inner: Int? = 24) -> ViT.Settings {
    .clip(size: 12, patch: 4, width: 16, depth: 2, heads: 2, inner: inner, activation: activation)
  }

  /// The tower with open_clip's projection behind it.
  private func expectOpenCLIP(_ name: String, _ settings: ViT.Settings) throws {
    let published = try PublishedTower(
      name, KeyMap.openCLIPVision + ["projection.weight": .transposed("proj")])
    let tower = try ViT(settings, in: published.scope)
    let projection = try Linear(16, 8, bias: false, in: published.scope / "projection")
    try published.expect(projection(tower(published.tensor("pixels"))))
    #expect(published.unused() == [])
  }

  @Test("CLIP's of Hugging Face gives the same vectors and gradients")
  func huggingFaceCLIP() throws {
    let published = try PublishedTower(
      "hf_clip", .huggingFaceCLIPVision)
    let tower = try ViT(clip(.quickGELU), in: published.scope)
    try published.expect(tower(published.tensor("pixels")))
    #expect(published.unused(besides: ["embeddings.position_ids"]) == [])
  }

  @Test("open_clip's gives the same vectors and gradients")
  func openCLIP() throws { try expectOpenCLIP("open_clip", clip(.gelu)) }

  @Test("open_clip's with the mean of the patches, normalized before or behind")
  func openCLIPMean() throws {
    var settings = clip(.quickGELU)
    settings.pooling = .mean
    settings.finalNorm = .tokens
    try expectOpenCLIP("open_clip_avg", settings)
    settings.activation = .gelu
    settings.finalNorm = .pooled
    settings.hasPreNorm = false
    try expectOpenCLIP("open_clip_avg_late", settings)
  }

  @Test("ViT of Hugging Face, with its pooler and without")
  func huggingFaceViT() throws {
    let published = try PublishedTower("hf_vit", .huggingFaceViT)
    var settings = ViT.Settings(
      size: 12, patch: 4, width: 16, depth: 2, heads: 2, patchBias: true, inner: 24,
      epsilon: 1e-12, pooling: .classToken, hasTanhPooler: true)
    let tower = try ViT(settings, in: published.scope)
    try published.expect(tower(published.tensor("pixels")))
    #expect(published.unused() == [])
    settings.hasTanhPooler = false
    let unpooled = try ViT(settings, in: published.scope)
    try published.expect(
      unpooled(published.tensor("pixels")), is: "result.unpooled", gradients: false)
  }

  @Test("SigLIP of Hugging Face, whose pictures are not whole patches wide")
  func huggingFaceSigLIP() throws {
    let published = try PublishedTower(
      "hf_siglip", .huggingFaceSigLIPVision)
    let tower = try ViT(
      .siglip(
        size: 14, patch: 4, width: 16, depth: 2, heads: 2, inner: 20, activation: .tanhGELU),
      in: published.scope)
    try published.expect(tower(published.tensor("pixels")))
    #expect(published.unused(besides: ["embeddings.position_ids"]) == [])
  }

  @Test("SigLIP of timm")
  func timmSigLIP() throws {
    let published = try PublishedTower("timm_siglip", .timmViT)
    let tower = try ViT(
      .siglip(size: 14, patch: 4, width: 16, depth: 2, heads: 2, inner: 20, activation: .gelu),
      in: published.scope)
    try published.expect(tower(published.tensor("pixels")))
    #expect(published.unused() == [])
  }

  @Test("KELIP's, in its own size and in a smaller one")
  func kelip() throws {
    let keys = KeyMap.openCLIPVision + ["projection.weight": .transposed("proj")]
    let published = try PublishedTower("kelip", keys.prefixed(theirs: "visual."))
    var settings = ViT.Settings.clip(
      size: 28, patch: 4, width: 8, depth: 1, heads: 2, activation: .quickGELU)
    settings.resampling = .byScale
    let tower = try ViT(settings, in: published.scope)
    let projection = try Linear(8, 8, bias: false, in: published.scope / "projection")
    try published.expect(projection(tower(published.tensor("pixels"))))
    try published.expect(
      projection(tower(published.tensor("small"))), is: "result.small", gradients: false)
    #expect(published.unused() == [])
  }
}

@Suite("Positions in pictures of another size")
struct PositionResamplingTests {
  private let grid = Tensor(
    (0..<49).map { Float($0 / 7 * 10 + $0 % 7) }, shape: [49, 1])

  @Test("By scale, as KELIP's code gives them")
  func byScale() {
    let expected: [Float] = [
      5.873981, 8.188310, 10.542686, 29.017265, 31.331593, 33.685970, 52.561026, 54.875355,
      57.229731,
    ]
    let found = PositionResampling.byScale(grid, rows: 3, columns: 3)
    #expect(found.shape == [9, 1])
    #expect(isClose(found.floats, expected))
  }

  @Test("By size, which is not the same")
  func bySize() {
    let found = PositionResampling.bySize(grid, rows: 3, columns: 3).floats
    for (index, expected) in [(0, 6.314815), (3, 30.574074), (4, 33)] as [(Int, Float)] {
      #expect(isClose([found[index]], [expected], tolerance: 1e-6))
    }
  }

  @Test("Pictures that are not square keep their rows and columns")
  func oblong() throws {
    let tower = try ViT(
      ViT.Settings(size: 16, patch: 4, width: 16, depth: 1, heads: 2),
      in: Scope(RandomSource(seed: 5)))
    #expect(tower(.ones([2, 3, 8, 24])).shape == [2, 16])
    let found = PositionResampling.bySize(grid, rows: 7, columns: 14).floats
    // Each row of 14 still says its row by its tens.
    #expect((0..<7).allSatisfy { Int(found[$0 * 14] + 0.5) / 10 == $0 })
  }
}

@Suite("Image towers in files")
struct ImageTowerSettingsTests {
  @Test("Settings written by version 0.1 mean what they meant")
  func oldSettings() throws {
    let text = #"""
      {"kind": "vit", "size": 16, "patch": 4, "width": 32, "depth": 1, "heads": 2,
       "stem": "patch", "pooling": "class"}
      """#
    let settings = try JSONDecoder().decode(ImageTowerSettings.self, from: Data(text.utf8))
    #expect(
      settings
        == .vit(
          ViT.Settings(size: 16, patch: 4, width: 32, depth: 1, heads: 2, pooling: .classToken)))
    let source = CountingSource()
    _ = try settings.makeTower(in: Scope(source))
    #expect(
      source.sizes.keys.sorted() == [
        "blocks.0.attention.out.bias", "blocks.0.attention.out.weight",
        "blocks.0.attention.qkv.bias", "blocks.0.attention.qkv.weight",
        "blocks.0.attention_norm.bias", "blocks.0.attention_norm.weight", "blocks.0.inner.bias",
        "blocks.0.inner.weight", "blocks.0.outer.bias", "blocks.0.outer.weight",
        "blocks.0.perceptron_norm.bias", "blocks.0.perceptron_norm.weight", "class", "norm.bias",
        "norm.weight", "patches.weight", "positions",
      ])
  }

  @Test(
    "Settings survive their JSON",
    arguments: [
      ImageTowerSettings.vit(
        .siglip(
          size: 384, patch: 14, width: 1152, depth: 27, heads: 16, inner: 4304,
          activation: .tanhGELU)),
      .efficientNet(.b3), .brivl(.base(size: 456)),
    ])
  func roundTrip(settings: ImageTowerSettings) throws {
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(ImageTowerSettings.self, from: data) == settings)
  }

  @Test("Towers of published sizes have the published numbers of parameters")
  func parameterCounts() throws {
    func count(_ settings: ImageTowerSettings, projection: Int? = nil) throws -> Int {
      let source = CountingSource()
      let tower = try settings.makeTower(in: Scope(source))
      return source.count + (projection.map { $0 * tower.width } ?? 0)
    }
    func clip(_ size: Int, _ patch: Int, _ width: Int, _ depth: Int, _ heads: Int)
      -> ImageTowerSettings
    {
      .vit(
        .clip(
          size: size, patch: patch, width: width, depth: depth, heads: heads,
          activation: .quickGELU))
    }
    // KELIP and CLIP ViT-B/32.
    #expect(try count(clip(224, 32, 768, 12, 12), projection: 512) == 87_849_216)
    // ViT-L/16 of KoCLIP large.
    let large = ViT.Settings(
      size: 224, patch: 16, width: 1024, depth: 24, heads: 16, patchBias: true, epsilon: 1e-12,
      pooling: .classToken, hasTanhPooler: true)
    #expect(try count(.vit(large)) == 304_351_232)
    // open_clip's table, in millions: ViT-H/14 and SigLIP's two.
    #expect(try count(clip(224, 14, 1280, 32, 16), projection: 1024) / 10_000 == 63_207)
    let base = ViT.Settings.siglip(
      size: 384, patch: 16, width: 768, depth: 12, heads: 12, activation: .gelu)
    #expect((Double(try count(.vit(base))) / 10_000).rounded() == 9318)
    let so400m = ViT.Settings.siglip(
      size: 384, patch: 14, width: 1152, depth: 27, heads: 16, inner: 4304, activation: .gelu)
    #expect((Double(try count(.vit(so400m))) / 10_000).rounded() == 42_823)
    // EfficientNet-B5 without its classifier, and what BriVL puts on top of it.
    let classifier = 2048 * 1000 + 1000
    #expect(try count(.efficientNet(.b5)) == 30_389_784 - classifier)
    #expect(
      try count(.brivl(.base(size: 380))) == 30_389_784 - classifier + 113_334_272)
  }
}
