import Checkpoints
import Layers
import TestSupport
import Testing
import Torch
import Towers

/// Each tower of the reference implementations, under its published names, with three texts of
/// different length: `Tools/references/towers_text.py`.
@Suite("Text towers against the reference implementations")
struct TextTowerReferenceTests {
  @Test("CLIP's text tower, causal, gives transformers' vectors and gradients")
  func clip() throws {
    for (name, activation) in [("clip", Activation.quickGELU), ("clip_gelu", .gelu)] {
      let keys = KeyMap.huggingFaceCLIPText
      let reference = try Reference("clip", name, keys)
      try reference.expectEqual(
        TextTransformer(clipSettings(activation), in: reference.scope), clipTexts, padding: 13)
    }
  }

  @Test("KELIP's text tower gives open_clip's vectors and gradients")
  func kelip() throws {
    let reference = try Reference("clip", "kelip", .openCLIPText)
    try reference.expectEqual(
      TextTransformer(clipSettings(.quickGELU), in: reference.scope), clipTexts, padding: 0)
  }

  @Test(
    "SigLIP's text tower reads the padding and gives the vector of the last position",
    arguments: [("siglip", KeyMap.huggingFaceCLIPText, 1), ("siglip2", .openCLIPText, 0)])
  func siglip(name: String, keys: KeyMap, padding: Int) throws {
    let reference = try Reference("clip", name, keys)
    var settings = clipSettings(.tanhGELU)
    settings.isCausal = false
    settings.epsilon = 1e-6
    settings.filling = Filling(length: 7, padding: Int32(padding))
    try reference.expectEqual(
      TextTransformer(settings, in: reference.scope), clipTexts, padding: padding)
  }

  @Test(
    "BERT with each pooling gives transformers' vectors and gradients",
    arguments: [BERT.Settings.Pooling.mean, .first, .firstTanh])
  func bert(pooling: BERT.Settings.Pooling) throws {
    let names: [BERT.Settings.Pooling: String] = [
      .mean: "bert_mean", .first: "bert_first", .firstTanh: "bert_pooler",
    ]
    let reference = try Reference("bert", #require(names[pooling]), .huggingFaceBERT)
    try reference.expectEqual(
      BERT(bertSettings(pooling), in: reference.scope), bertTexts, padding: 0)
  }

  @Test("DistilBERT gives transformers' vectors and gradients")
  func distilBERT() throws {
    let reference = try Reference("bert", "distilbert", .huggingFaceDistilBERT)
    var settings = bertSettings(.first)
    settings.segments = 0
    try reference.expectEqual(BERT(settings, in: reference.scope), bertTexts, padding: 0)
  }

  @Test(
    "RoBERTa counts positions from behind the padding's id, and KoCLIP from 0",
    arguments: [("roberta", BERT.Settings.PositionScheme.afterPadding), ("koclip", .zeroBased)])
  func roberta(name: String, scheme: BERT.Settings.PositionScheme) throws {
    let reference = try Reference("roberta", name, .huggingFaceBERT)
    let settings = robertaSettings(.firstTanh, scheme)
    #expect(settings.contextLength == (scheme == .zeroBased ? 9 : 7))
    try reference.expectEqual(BERT(settings, in: reference.scope), bertTexts, padding: 1)
  }

  @Test("XLM-RoBERTa with a perceptron behind the mean gives open_clip's vectors and gradients")
  func xlmRoBERTa() throws {
    let keys =
      KeyMap.huggingFaceBERT.prefixed(theirs: "transformer.")
      + ["head.inner.weight": "proj.0.weight", "head.outer.weight": "proj.2.weight"]
    let reference = try Reference("roberta", "xlmr", keys)
    var settings = robertaSettings(.mean, .afterPadding)
    settings.head = .init(inner: 6, width: 4, activation: .gelu, hasBias: false)
    try reference.expectEqual(BERT(settings, in: reference.scope), bertTexts, padding: 1)
  }

  @Test("NLLB's encoder, alone and with one more norm, gives transformers' vectors and gradients")
  func nllb() throws {
    var settings = NLLBEncoder.Settings(
      vocabulary: 14, contextLength: 9, width: 8, depth: 2, heads: 2, inner: 12)
    let plain = try Reference("nllb", "nllb", .huggingFaceM2M100Encoder)
    try plain.expectEqual(NLLBEncoder(settings, in: plain.scope), bertTexts, padding: 1)
    settings.hasFinalNorm = true
    let custom = try Reference(
      "nllb", "custom",
      KeyMap.huggingFaceM2M100Encoder.prefixed(theirs: "encoder.") + [
        "final_norm.%": "final_layer_norm.%"
      ])
    try custom.expectEqual(NLLBEncoder(settings, in: custom.scope), bertTexts, padding: 1)
  }

  @Test("NLLB's positions are fairseq's: sines, then cosines, the first token's in row 2")
  func nllbPositions() throws {
    let file = try SafetensorsFile(path: fixture("towers_text/nllb.safetensors"))
    let positions = [0, 1, 76, 1023]
    let rows = sinusoids(from: 2, count: 1024, width: 1024)
      .gathered(0, Tensor(positions.map { Int64($0) }))
    let expected = try file.tensor("sinusoids").floats
    for (row, position) in positions.enumerated() {
      // PyTorch's frequencies, at most 1, differ by a unit in the last place between processors.
      let values = row * 1024..<(row + 1) * 1024
      #expect(
        isClose(
          Array(rows.floats[values]), Array(expected[values]),
          tolerance: Float(position + 2) * .ulpOfOne / 2 + 2e-7))
    }
  }

  @Test("BriVL's text tower gives the vectors and gradients of its released code, re-stated")
  func brivl() throws {
    let reference = try Reference("brivl", "brivl", .brivlText)
    let settings = BriVLText.Settings(
      bert: bertSettings(.first), length: 8, depth: 2, heads: 2, inner: 20,
      head: .init(inner: 6, width: 6, activation: .relu, hasBias: true))
    try reference.expectEqual(BriVLText(settings, in: reference.scope), bertTexts, padding: 0)
  }
}

private let clipTexts: [[Int32]] = [[12, 5, 1, 9, 2, 13], [12, 3, 13], [12, 13]]
private let bertTexts: [[Int32]] = [[2, 5, 11, 9, 7, 3], [2, 8, 3], [2, 3]]

private func clipSettings(_ activation: Activation) -> TextTransformer.Settings {
  TextTransformer.Settings(
    vocabulary: 14, contextLength: 7, width: 8, depth: 2, heads: 2, pooling: .last, inner: 12,
    activation: activation)
}

private func bertSettings(_ pooling: BERT.Settings.Pooling) -> BERT.Settings {
  BERT.Settings(
    vocabulary: 14, width: 8, depth: 2, heads: 2, inner: 12, positions: 9,
    positionScheme: .zeroBased, segments: 2, epsilon: 1e-12, padding: 0, pooling: pooling)
}

private func robertaSettings(
  _ pooling: BERT.Settings.Pooling, _ scheme: BERT.Settings.PositionScheme
) -> BERT.Settings {
  BERT.Settings(
    vocabulary: 14, width: 8, depth: 2, heads: 2, inner: 12, positions: 9,
    positionScheme: scheme, segments: 1, epsilon: 1e-5, padding: 1, pooling: pooling)
}

/// One case of a fixture: a state dict, ids, vectors and gradients.
private struct Reference {
  let scope: Scope
  private let name: String
  private let file: SafetensorsFile
  private let source: MappedSource
  private let keys: KeyMap

  init(_ family: String, _ name: String, _ keys: KeyMap) throws {
    self.name = name
    self.keys = keys.prefixed(theirs: name + ".")
    file = try SafetensorsFile(path: fixture("towers_text/\(family).safetensors"))
    source = MappedSource([.init(file, self.keys)])
    scope = Scope(source)
  }

  func expectEqual(_ tower: some TextTower, _ texts: [[Int32]], padding: Int) throws {
    // Every tensor of this case has its place.
    #expect(source.unused(besides: []).filter { $0.hasPrefix(name + ".") } == [])
    let ids = try file.tensor("ids.\(name)")
    let batch = TokenBatch(texts, padding: Int32(padding), length: ids.shape[1])
    #expect(try batch.padded.ids.array(of: Int64.self) == ids.array(of: Int64.self))

    let expected = try file.tensor("result.\(name)").floats
    let result = tower(batch)
    #expect(isClose(result.floats, expected, tolerance: 1e-5), "\(name)")
    // Without the padding that this reference was given, unless it is part of the model.
    #expect(isClose(tower(TokenBatch(texts, padding: 0)).floats, expected, tolerance: 1e-5))

    let weights = Tensor((1...tower.width).map { Float($0) })
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
}
