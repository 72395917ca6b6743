import Checkpoints
import Layers
import TestSupport
import Testing
import Torch
import Towers

/// Learning towers of the reference implementations with the masks that our rule draws, by a
/// restatement of it: `Tools/references/dropout.py`.
@Suite("Towers that drop, against the reference implementations")
struct DropoutReferenceTests {
  @Test("BERT drops where transformers' does")
  func bert() throws {
    try expectTexts("bert", .huggingFaceBERT, padding: 0) { try BERT(bertSettings, in: $0) }
  }

  @Test("NLLB's encoder drops where transformers' does, inside perceptrons too")
  func nllb() throws {
    let settings = NLLBEncoder.Settings(
      vocabulary: 14, contextLength: 9, width: 8, depth: 2, heads: 2, inner: 12, dropout: rates)
    try expectTexts("nllb", .huggingFaceM2M100Encoder, padding: 1) {
      try NLLBEncoder(settings, in: $0)
    }
  }

  @Test("A causal text tower drops where PyTorch's encoder does")
  func transformer() throws {
    let settings = TextTransformer.Settings(
      vocabulary: 14, contextLength: 7, width: 8, depth: 2, heads: 2, pooling: .last, inner: 12,
      dropout: rates)
    let keys: KeyMap = [
      "tokens.%": "tokens.%", "positions": "positions", "norm.%": "encoder.norm.%",
      "blocks.*.attention.qkv.%": "encoder.layers.*.self_attn.in_proj_%",
      "blocks.*.attention.out.%": "encoder.layers.*.self_attn.out_proj.%",
      "blocks.*.attention_norm.%": "encoder.layers.*.norm1.%",
      "blocks.*.inner.%": "encoder.layers.*.linear1.%",
      "blocks.*.outer.%": "encoder.layers.*.linear2.%",
      "blocks.*.perceptron_norm.%": "encoder.layers.*.norm2.%",
    ]
    try expectTexts("transformer", keys, padding: 0) { try TextTransformer(settings, in: $0) }
  }

  @Test("BriVL's text tower drops in BERT and, inside perceptrons too, in the blocks on top")
  func brivl() throws {
    let settings = BriVLText.Settings(
      bert: bertSettings, length: 8, depth: 2, heads: 2, inner: 20, dropout: rates,
      head: .init(inner: 6, width: 6, activation: .relu, hasBias: true))
    try expectTexts("brivl", .brivlText, padding: 0) { try BriVLText(settings, in: $0) }
  }

  @Test("A vision transformer drops numbers, shares, branches and patches where timm's does")
  func vit() throws {
    var rates = rates
    (rates.activation, rates.path, rates.patches) = (rates.hidden, 0.4, 0.5)
    let settings = ViT.Settings(
      size: 12, patch: 4, width: 8, depth: 3, heads: 2, patchBias: true, inner: 12, epsilon: 1e-6,
      dropout: rates, pooling: .classToken)
    try expect("vit", .timmViT) { scope, file in
      let tower = try ViT(settings, in: scope)
      let pixels = try file.tensor("inputs.vit").to(.float32)
      return [{ tower(pixels) }]
    }
  }

  @Test("EfficientNet passes by its blocks as timm's does, each by its own rate")
  func efficientNet() throws {
    let file = try SafetensorsFile(path: fixture("dropout/dropout.safetensors"))
    let published = try PublishedTower("timm_efficientnet", .timmEfficientNet)
    let tower = try EfficientNet(
      EfficientNet.Settings(
        size: 37, widthFactor: 0.05, depthFactor: 0.3, dropout: .init(path: 0.4)),
      in: published.scope)
    let pixels = try file.tensor("inputs.efficientnet").to(.float32)
    let result = Phase.training(Draws(seed: 77)) { tower(pixels) }
    #expect(isClose(result.floats, try file.tensor("result.efficientnet").floats, tolerance: 1e-4))
  }

  @Test("A mask is what the rule says, number by number")
  func mask() throws {
    let file = try SafetensorsFile(path: fixture("dropout/dropout.safetensors"))
    let dropout = Dropout(0.2, in: Scope(RandomSource(seed: 0)) / "place")
    let ones = Tensor.ones([2, 3, 5])
    let masks = Phase.training(Draws(seed: 77)) { dropout(ones, VectorPlaces(paddedLike: ones)) }
    #expect(masks.floats == (try file.tensor("masks").floats))
  }

  private var rates: DropoutRates { .init(hidden: 0.2, attention: 0.3, activation: 0.25) }

  private var bertSettings: BERT.Settings {
    BERT.Settings(
      vocabulary: 14, width: 8, depth: 2, heads: 2, inner: 12, positions: 9,
      positionScheme: .zeroBased, segments: 2, epsilon: 1e-12, padding: 0,
      dropout: .init(hidden: 0.2, attention: 0.3), pooling: .mean)
  }

  /// Compares the vectors and gradients of three texts of different length, each among the others'
  /// padding and without it.
  private func expectTexts(
    _ name: String, _ keys: KeyMap, padding: Int32,
    _ makeTower: (Scope) throws -> any TextTower
  ) throws {
    let texts: [[Int32]] = [[2, 5, 11, 9, 7, 3], [2, 8, 3], [2, 3]]
    try expect(name, keys) { scope, file in
      let tower = try makeTower(scope)
      let batch = TokenBatch(texts, padding: padding)
      // Alone, the last text is still the third sample of its step.
      let alone = TokenBatch([texts[2]], padding: padding)
      return [
        { tower(batch) },
        {
          .concatenated(
            [
              tower(TokenBatch(Array(texts[..<2]), padding: padding)),
              Phase.drawing(from: 2) { tower(alone) },
            ], axis: 0)
        },
      ]
    }
  }

  private func expect(
    _ name: String, _ keys: KeyMap,
    _ runs: (Scope, SafetensorsFile) throws -> [() -> Tensor]
  ) throws {
    let file = try SafetensorsFile(path: fixture("dropout/dropout.safetensors"))
    let keys = keys.prefixed(theirs: name + ".")
    let source = MappedSource([.init(file, keys)])
    let scope = Scope(source)
    let expected = try file.tensor("result.\(name)")
    let runs = try runs(scope, file)
    #expect(source.unused(besides: []).filter { $0.hasPrefix(name + ".") } == [])
    for run in runs {
      AdamW([.init(scope.parameters, weightDecay: 0)]).clearGradients()
      let result = Phase.training(Draws(seed: 77), run)
      #expect(isClose(result.floats, expected.floats, tolerance: 1e-5), "\(name)")
      let weights = Tensor((1...expected.shape[1]).map { Float($0) })
      try (result * result * weights).sum().backward()
      for parameter in scope.parameters {
        let places = try #require(keys(parameter.name)).keys
        let wanted = try places.flatMap { try file.tensor("gradient." + $0).floats }
        let largest = max(wanted.map(abs).max() ?? 1, 1e-3)
        let found = parameter.gradient?.floats ?? wanted.map { _ in 0 }
        #expect(
          isClose(found.map { $0 / largest }, wanted.map { $0 / largest }, tolerance: 2e-5),
          "\(name): \(parameter.name)")
      }
    }
    // In use nothing is dropped.
    #expect(!isClose(runs[0]().floats, expected.floats, tolerance: 1e-3))
  }
}
