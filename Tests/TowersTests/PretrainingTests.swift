import Checkpoints
import Foundation
import Layers
import Losses
import TestSupport
import Testing
import Torch

@testable import Towers

@Suite("Pre-training against PyTorch")
struct PretrainingReferenceTests {
  private let file: SafetensorsFile
  private let scope: Scope
  private let encoder: DualEncoder

  private static func settings(
    _ resampling: PositionResampling = .byScale, stem: ViT.Settings.Stem = .patch
  ) -> DualEncoder.Settings {
    var tower = ViT.Settings.clip(
      size: 12, patch: 4, width: 8, depth: 2, heads: 2, activation: .quickGELU)
    tower.resampling = resampling
    tower.stem = stem
    return DualEncoder.Settings(image: .vit(tower), text: nil, width: 8)
  }

  init() throws {
    file = try SafetensorsFile(path: fixture("learning/pretraining.safetensors"))
    scope = Scope(file)
    encoder = try DualEncoder(Self.settings(), towers: .images, in: scope)
  }

  /// Compares a loss and all gradients that the file knows of it.
  private func expectStep(
    _ loss: Tensor, _ name: String, atLeast least: Int,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try file.tensor("loss.\(name)").item
    #expect(isClose(loss.item, expected, tolerance: 1e-5), sourceLocation: location)
    try loss.backward()
    var compared = 0
    for parameter in scope.parameters where parameter.isTrainable {
      let key = "gradient.\(name).\(parameter.name)"
      guard file.entries[key] != nil else { continue }
      let expected = try file.tensor(key).floats
      let largest = expected.map(abs).max() ?? 1
      let found = parameter.gradient?.floats.map { $0 / largest } ?? []
      #expect(
        isClose(found, expected.map { $0 / largest }, tolerance: 1e-5), "\(parameter.name)",
        sourceLocation: location)
      compared += 1
    }
    #expect(compared >= least, "only \(compared) compared", sourceLocation: location)
  }

  @Test(
    "A step of KELIP's first stage, with its decoder looking both ways or back alone",
    arguments: [("kelip", false), ("causal", true)])
  func kelip(name: String, isCausal: Bool) throws {
    let autoencoder = try MaskedAutoencoder(
      .init(width: 8, depth: 1, heads: 2, isCausal: isCausal), of: encoder, in: scope / "kelip")
    let (pixels, hidden) = (try file.tensor("pixels"), try file.tensor("hidden"))
    let painted = autoencoder(pixels, hidden: hidden)
    if !isCausal {
      #expect(isClose(painted.floats, try file.tensor("painted.kelip").floats, tolerance: 1e-5))
    }
    let targets = pixelPatches(
      of: unitPixels(
        pixels, mean: [0.5, 0.25, 0.375], standardDeviation: [0.25, 0.125, 0.5]),
      side: autoencoder.patch, order: .channelsFirst)
    try expectStep(
      maskedPatchLoss(predictions: painted, targets: targets, hidden: hidden), name,
      atLeast: isCausal ? 18 : 40)
    let touched = scope.parameters.filter { $0.gradient != nil }.map(\.name)
    #expect(!touched.contains("image.class") && touched.contains("image_projection.weight"))
  }

  @Test("A step of MAE, with a map of its own, fixed positions and normalized patches")
  func mae() throws {
    // Fixed positions are not in a checkpoint of the authors'; ours has whatever was written.
    let source = MappedSource([.init(file, nil)], absent: ["mae.positions"])
    let own = Scope(source)
    let encoder = try DualEncoder(Self.settings(), towers: .images, in: own)
    let autoencoder = try MaskedAutoencoder(
      .init(
        width: 12, depth: 1, heads: 3, entrance: .own, positions: .fixed, hasTanh: false,
        activation: .gelu, epsilon: 1e-6),
      of: encoder, in: own / "mae")
    let positions = try #require(own.parameters.first { $0.name == "mae.positions" })
    #expect(
      isClose(positions.value.floats, try file.tensor("expected.positions").floats, tolerance: 1e-6)
    )
    #expect(!positions.isTrainable)
    let (pixels, hidden) = (try file.tensor("pixels"), try file.tensor("hidden"))
    let painted = autoencoder(pixels, hidden: hidden)
    #expect(isClose(painted.floats, try file.tensor("painted.mae").floats, tolerance: 1e-5))
    let targets = normalizedPatches(pixelPatches(of: pixels, side: 4, order: .channelsLast))
    let loss = maskedPatchLoss(predictions: painted, targets: targets, hidden: hidden)
    #expect(isClose(loss.item, try file.tensor("loss.mae").item, tolerance: 1e-5))
    try loss.backward()
    for parameter in own.parameters where file.entries["gradient.mae.\(parameter.name)"] != nil {
      let expected = try file.tensor("gradient.mae.\(parameter.name)").floats
      let largest = expected.map(abs).max() ?? 1
      let found = parameter.gradient?.floats.map { $0 / largest } ?? []
      #expect(
        isClose(found, expected.map { $0 / largest }, tolerance: 1e-5), "\(parameter.name)")
    }
  }

  @Test("A step of multi-crop: gradients go through positions resampled for the smaller crop")
  func multiCrop() throws {
    let texts = try file.tensor("texts")
    let eye = Tensor([1, 0, 0, 1] as [Float], shape: [2, 2])
    func contrast(_ crop: String) throws -> Tensor {
      contrastiveLoss(
        images: encoder.embed(images: try file.tensor(crop)), texts: texts, positives: eye,
        scale: Tensor([7] as [Float], shape: []))
    }
    try expectStep(contrast("pixels") * 0.75 + contrast("small") * 0.25, "crops", atLeast: 20)
  }

  @Test("A decoder that cannot be is refused, and the line says what to change")
  func refusals() throws {
    func reason(_ settings: MaskedAutoencoder.Settings, _ encoder: DualEncoder.Settings) -> String {
      do {
        let scope = Scope(RandomSource(seed: 1))
        let encoder = try DualEncoder(encoder, in: scope)
        _ = try MaskedAutoencoder(settings, of: encoder, in: scope / "decoder")
        return ""
      } catch { return "\(error)" }
    }
    let settings = Self.settings()
    #expect(reason(.init(width: 8, depth: 1, heads: 2), settings) == "")
    #expect(reason(.init(width: 16, depth: 1, heads: 2), settings).contains("entrance to own"))
    #expect(reason(.init(width: 8, depth: 1, heads: 3), settings).contains("decoder.heads"))
    #expect(
      reason(.init(width: 6, depth: 1, heads: 2, entrance: .own, positions: .fixed), settings)
        .contains("multiple of 4"))
    #expect(
      reason(.init(width: 8, depth: 1, heads: 2), Self.settings(stem: .convolutional))
        .contains("use patch"))
    let resNet = DualEncoder.Settings(
      image: .resNet(ResNet.Settings(size: 16, stem: 8, stages: [.init(width: 8, blocks: 1)])),
      text: nil, width: 8)
    #expect(reason(.init(width: 8, depth: 1, heads: 2), resNet).contains("only a vit"))
  }
}

@Suite("Masks")
struct PatchMaskTests {
  @Test("As many patches of each picture are hidden, as MAE counts them", arguments: [49, 9, 196])
  func counts(patches: Int) {
    var stream = SystemRandomNumberGenerator()
    let mask = randomMask(count: 5, patches: patches, ratio: 0.75, using: &stream)
    let kept = Float(patches / 4)
    #expect(mask.dtype == .bool)
    #expect(
      mask.to(.float32).sum(axis: 1).floats == [Float](repeating: Float(patches) - kept, count: 5))
  }

  @Test("The same stream gives the same mask; a longer batch begins with the shorter one's")
  func determinism() {
    func mask(_ count: Int) -> [Float] {
      var stream = Counter()
      return randomMask(count: count, patches: 16, ratio: 0.5, using: &stream).floats
    }
    #expect(mask(3) == mask(3))
    #expect(Array(mask(3).prefix(32)) == mask(2))
    #expect(Array(mask(2).prefix(16)) != Array(mask(2).suffix(16)))
  }

  @Test("One patch at least is hidden and one is not", arguments: [0, 0.01, 0.99, 1])
  func extremes(ratio: Double) {
    var stream = Counter()
    let hidden = randomMask(count: 1, patches: 4, ratio: ratio, using: &stream).floats.reduce(0, +)
    #expect((1...3).contains(hidden))
  }

  @Test("Hidden pixels change nothing of what is painted")
  func hiddenPixelsAreNotSeen() throws {
    let scope = Scope(RandomSource(seed: 3))
    let encoder = try DualEncoder(
      .init(
        image: .vit(.clip(size: 8, patch: 4, width: 8, depth: 1, heads: 2, activation: .gelu)),
        text: nil, width: 8), in: scope)
    let autoencoder = try MaskedAutoencoder(
      .init(width: 8, depth: 1, heads: 2), of: encoder, in: scope / "decoder")
    let mask = Tensor([0, 1, 1, 1] as [UInt8], shape: [1, 4]).to(.bool)
    let pixels = Tensor.normal([1, 3, 8, 8], using: Generator(seed: 1))
    let left = pixels.narrowed(3, to: 0..<4)
    let changed = Tensor.concatenated([left, pixels.narrowed(3, to: 4..<8) * 3], axis: 3)
    let painted = autoencoder(pixels, hidden: mask)
    #expect(painted.floats == autoencoder(changed, hidden: mask).floats)
    // The mask token is the same at all hidden places; only their positions differ.
    #expect(painted.selected(1, 1).floats != painted.selected(1, 2).floats)
  }

  @Test("A network learns to paint hidden patches")
  func learns() throws {
    let scope = Scope(RandomSource(seed: 3))
    let encoder = try DualEncoder(
      .init(
        image: .vit(.clip(size: 16, patch: 4, width: 16, depth: 1, heads: 2, activation: .gelu)),
        text: nil, width: 16), in: scope)
    let autoencoder = try MaskedAutoencoder(
      .init(width: 16, depth: 1, heads: 2), of: encoder, in: scope / "decoder")
    let optimizer = AdamW([.init(scope.parameters, weightDecay: 0)])
    // Pictures of one colour each: any patch says all of it.
    let colours = Tensor.uniform([8, 3, 1, 1], using: Generator(seed: 1)) * 2 - 1
    let pixels = colours.expanded(8, 3, 16, 16)
    let targets = pixelPatches(of: pixels, side: 4, order: .channelsFirst)
    var stream = Counter()
    var losses: [Double] = []
    for _ in 0..<60 {
      let mask = randomMask(count: 8, patches: 16, ratio: 0.75, using: &stream)
      optimizer.clearGradients()
      let loss = maskedPatchLoss(
        predictions: autoencoder(pixels, hidden: mask), targets: targets, hidden: mask)
      try loss.backward()
      try optimizer.step(rate: 5e-3)
      losses.append(loss.item)
    }
    #expect(losses[59] < losses[0] / 5, "from \(losses[0]) to \(losses[59])")
  }

  /// Numbers that differ, and are the same each time.
  private struct Counter: RandomNumberGenerator {
    var state: UInt64 = 1
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state
    }
  }
}
