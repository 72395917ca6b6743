import Checkpoints
import Layers
import TestSupport
import Testing
import Torch
import Towers

@Suite("What towers say of each patch")
struct PatchGridTests {
  private let expected: SafetensorsFile

  init() throws { expected = try SafetensorsFile(path: fixture("patches/expected.safetensors")) }

  private let settings = ViT.Settings.clip(
    size: 12, patch: 4, width: 16, depth: 2, heads: 2, inner: 24, activation: .quickGELU)

  /// While learning and while frozen, which are computed in two ways.
  private func expectPatches(
    _ tower: ViT, of published: PublishedTower, _ name: String,
    projected: (Tensor) -> Tensor = { $0 }
  ) throws {
    let pixels = try published.tensor("pixels")
    let vectors = try expected.tensor(name)
    for grid in [tower.patches(pixels), withoutGradient { tower.patches(pixels) }] {
      #expect(grid.rows == 3 && grid.columns == 3)
      let found = projected(grid.vectors)
      #expect(found.shape == vectors.shape)
      #expect(isClose(found.floats, vectors.floats), "\(name)")
    }
  }

  @Test("Behind a mean: each patch's own vector, normalized before the mean or like the mean")
  func meanPooled() throws {
    for (name, place) in [
      ("open_clip_avg", ViT.Settings.NormPlace.tokens), ("open_clip_avg_late", .pooled),
    ] {
      let published = try PublishedTower(
        name, KeyMap.openCLIPVision + ["projection.weight": .transposed("proj")])
      var settings = settings
      settings.pooling = .mean
      settings.finalNorm = place
      if place == .pooled {
        settings.activation = .gelu
        settings.hasPreNorm = false
      }
      let tower = try ViT(settings, in: published.scope)
      let projection = try Linear(16, 8, bias: false, in: published.scope / "projection")
      try expectPatches(tower, of: published, name) { projection($0) }
    }
  }

  @Test("CLIP's and SigLIP's, as transformers' modules put together by hand give them")
  func published() throws {
    let clip = try PublishedTower("hf_clip", .huggingFaceCLIPVision)
    try expectPatches(try ViT(settings, in: clip.scope), of: clip, "hf_clip")
    let siglip = try PublishedTower("hf_siglip", .huggingFaceSigLIPVision)
    let tower = try ViT(
      .siglip(
        size: 14, patch: 4, width: 16, depth: 2, heads: 2, inner: 20, activation: .tanhGELU),
      in: siglip.scope)
    try expectPatches(tower, of: siglip, "hf_siglip")
  }

  @Test("Behind a class token: the last block's maps of value and output, then norm and pooler")
  func classToken() throws {
    let published = try PublishedTower("hf_vit", .huggingFaceViT)
    let tower = try ViT(
      ViT.Settings(
        size: 12, patch: 4, width: 16, depth: 2, heads: 2, patchBias: true, inner: 24,
        epsilon: 1e-12, pooling: .classToken, hasTanhPooler: true), in: published.scope)
    try expectPatches(tower, of: published, "hf_vit")
  }

  @Test("The mean of the patches is the picture where the tower takes the mean")
  func meanOfPatches() throws {
    var mean = ViT.Settings(size: 16, patch: 4, width: 16, depth: 2, heads: 2)
    mean.finalNorm = .tokens
    let towers: [any DenseImageTower] = [
      try ViT(mean, in: Scope(RandomSource(seed: 5))),
      try ResNet(
        ResNet.Settings(size: 16, stem: 6, stages: [.init(width: 8, blocks: 1)]),
        in: Scope(RandomSource(seed: 5))),
      try EfficientNet(
        EfficientNet.Settings(size: 64, widthFactor: 0.05, depthFactor: 0.3),
        in: Scope(RandomSource(seed: 5))),
    ]
    for tower in towers {
      let pixels = Tensor.normal([2, 3, 64, 32], using: Generator(seed: 1))
      let grid = tower.patches(pixels)
      #expect(grid.rows == 2 * grid.columns)
      #expect(grid.vectors.shape == [2, grid.rows * grid.columns, tower.width])
      #expect(isClose(grid.vectors.mean(axis: 1).floats, tower(pixels).floats))
    }
  }

  @Test(
    "Where an encoder takes the mean, that of the parts points where the picture's embedding does")
  func meanIsEmbedding() throws {
    let settings = DualEncoder.Settings(
      image: .resNet(ResNet.Settings(size: 16, stem: 6, stages: [.init(width: 8, blocks: 1)])),
      text: nil, width: 12)
    let encoder = try DualEncoder(settings, in: Scope(RandomSource(seed: 5)))
    let pixels = Tensor.normal([2, 3, 16, 24], using: Generator(seed: 1))
    let grid = try #require(encoder.embed(patchesOf: pixels))
    #expect(
      isClose(
        grid.vectors.mean(axis: 1).normalized().floats, encoder.embed(images: pixels).floats))
    for picture in 0..<2 {
      let vectors = grid.vectors.selected(0, picture)
      let lengths = (vectors * vectors).sum(axis: 1).floats
      #expect(isClose([lengths.max() ?? 0], [1]))
    }
  }

  @Test(
    "Rows and columns lie as in the picture",
    arguments: [ViT.Settings.Pooling.classToken, .mean, .attention])
  func places(pooling: ViT.Settings.Pooling) throws {
    // Without blocks between, a patch's vector knows nothing of the others.
    var settings = ViT.Settings(
      size: 16, patch: 4, width: 16, depth: 1, heads: 2, pooling: pooling)
    if pooling != .classToken { settings.depth = 0 }
    let tower = try ViT(settings, in: Scope(RandomSource(seed: 5)))
    let grey = [Float](repeating: 0, count: 3 * 16 * 16)
    var spot = grey
    // The patch in row 1, column 2 of 4.
    for channel in 0..<3 {
      for y in 4..<8 { for x in 8..<12 { spot[channel * 256 + y * 16 + x] = 3 } }
    }
    let plain = tower.patches(Tensor(grey, shape: [1, 3, 16, 16])).vectors
    let changed = tower.patches(Tensor(spot, shape: [1, 3, 16, 16])).vectors
    for patch in 0..<16 {
      let isSame = isClose(
        plain.selected(0, 0).selected(0, patch).floats,
        changed.selected(0, 0).selected(0, patch).floats, tolerance: 1e-6)
      #expect(isSame == (patch != 6), "\(pooling), patch \(patch)")
    }
  }

  @Test("Pixels that fill no whole patch are not counted as seen")
  func rest() throws {
    let tower = try ViT(
      .siglip(size: 14, patch: 4, width: 16, depth: 1, heads: 2, activation: .gelu),
      in: Scope(RandomSource(seed: 5)))
    let grid = tower.patches(.ones([1, 3, 14, 14]))
    #expect(grid.rows == 3 && grid.seenHeight == 12.0 / 14 && grid.seenWidth == 12.0 / 14)
  }

  @Test("An encoder whose tower looks through boxes has no patches, and says so by nil")
  func boxes() throws {
    let settings = DualEncoder.Settings(
      image: .brivl(
        BriVLImage.Settings(
          network: .init(size: 64, widthFactor: 0.05, depthFactor: 0.3), depth: 1, inner: 16,
          head: .init(inner: 16, width: 16, activation: .relu, hasBias: true))),
      text: nil, width: 16, imageProjection: .none)
    let encoder = try DualEncoder(settings, in: Scope(RandomSource(seed: 5)))
    #expect(encoder.embed(patchesOf: .ones([1, 3, 64, 64])) == nil)
  }
}
