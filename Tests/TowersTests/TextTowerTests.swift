import Foundation
import Layers
import TestSupport
import Testing
import Torch
import Towers

@Suite("Text towers of published sizes")
struct TextTowerSizeTests {
  @Test("KELIP's text tower has the 88,726,017 parameters of the authors' notebook")
  func kelip() throws {
    let settings = TextTransformer.Settings(
      vocabulary: 98_818, contextLength: 77, width: 512, depth: 12, heads: 8, pooling: .last,
      activation: .quickGELU)
    let tower = try count { try TextTransformer(settings, in: $0) }
    let projectionAndScale = 512 * 512 + 1
    #expect(tower + projectionAndScale == 88_726_017)
  }

  @Test("OpenAI's CLIP ViT-B/32 has 63,428,097 of its parameters on the side of the texts")
  func clip() throws {
    let settings = TextTransformer.Settings(
      vocabulary: 49_408, contextLength: 77, width: 512, depth: 12, heads: 8, pooling: .last)
    #expect(try count { try TextTransformer(settings, in: $0) } + 512 * 512 + 1 == 63_428_097)
  }

  @Test("KoCLIP's text tower, KLUE's large RoBERTa, has 336,654,336 parameters")
  func koclip() throws {
    let settings = BERT.Settings(
      vocabulary: 32_000, width: 1024, depth: 24, heads: 16, inner: 4096, positions: 512,
      positionScheme: .zeroBased, segments: 1, epsilon: 1e-5, padding: 1, pooling: .firstTanh)
    #expect(try count { try BERT(settings, in: $0) } == 336_654_336)
  }

  @Test("XLM-RoBERTa of base size has 277,453,056 parameters without its pooler")
  func xlmRoBERTa() throws {
    let settings = BERT.Settings(
      vocabulary: 250_002, width: 768, depth: 12, heads: 12, inner: 3072, positions: 514,
      positionScheme: .afterPadding, segments: 1, epsilon: 1e-5, padding: 1, pooling: .mean)
    #expect(try count { try BERT(settings, in: $0) } == 277_453_056)
    #expect(settings.contextLength == 512)
  }

  @Test(
    "NLLB-CLIP's four text towers with their projections have as many parameters as published",
    arguments: [
      (NLLBEncoder.Settings.distilled600M, 512, 414.036), (.distilled600M, 768, 414.298),
      (.distilled1B3, 1024, 767.140), (.distilled1B3, 1152, 767.271),
    ])
  func nllb(settings: NLLBEncoder.Settings, width: Int, millions: Double) throws {
    let tower = try count { try NLLBEncoder(settings, in: $0) }
    #expect((Double(tower + 1024 * width) / 1000).rounded() / 1000 == millions)
  }

  @Test("BriVL's BERT has 102,267,648 parameters with its unused pooler, and its head 27,827,200")
  func brivl() throws {
    let settings = BriVLText.Settings()
    let bert = try count { try BERT(settings.bert, in: $0) }
    let unusedPooler = 768 * 768 + 768
    #expect(bert + unusedPooler == 102_267_648)
    #expect(try count { try BriVLText(settings, in: $0) } - bert == 27_827_200)
  }

  /// How many numbers a network has, none of which takes memory.
  private func count(_ make: (Scope) throws -> some TextTower) throws -> Int {
    let scope = Scope(ShapesAlone())
    _ = try make(scope)
    return scope.parameters.reduce(0) { $0 + $1.count }
  }
}

/// Parameters of any size that all share one number.
private struct ShapesAlone: ParameterSource {
  func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer) throws(CheckpointError)
    -> Tensor
  {
    let one = Tensor.zeros([1])
    return shape.count == 2 ? one.expanded(shape[0], shape[1]) : one.expanded(shape[0])
  }
}

@Suite("Text towers")
struct TextTowerTests {
  static let bert = BERT.Settings(
    vocabulary: 20, width: 16, depth: 2, heads: 2, inner: 24, positions: 16,
    positionScheme: .afterPadding, segments: 1, epsilon: 1e-5, padding: 1, pooling: .mean)
  static let all: [TextTowerSettings] = [
    .transformer(.init(vocabulary: 20, contextLength: 12, width: 16, depth: 2, heads: 2)),
    .transformer(
      .init(
        vocabulary: 20, contextLength: 12, width: 16, depth: 2, heads: 2, pooling: .last,
        isCausal: false, inner: 24, activation: .tanhGELU, epsilon: 1e-6,
        filling: Filling(length: 12, padding: 1))),
    .bag(.init(vocabulary: 20, contextLength: 12, width: 16, depth: 2)),
    .bert(bert),
    .nllb(.init(vocabulary: 20, contextLength: 12, width: 16, depth: 2, heads: 2, inner: 24)),
    .brivl(.init(bert: bert, length: 12, depth: 1, heads: 2, inner: 24)),
  ]

  @Test(
    "Padding changes nothing, also where it is read: then there is always as much", arguments: all)
  func paddingChangesNothing(settings: TextTowerSettings) throws {
    let tower = try settings.makeTower(in: Scope(RandomSource(seed: 5)))
    let bare = tower(TokenBatch([[7, 8, 9]], padding: 1)).floats
    for length in [4, 8, 12] {
      let padded = tower(TokenBatch([[7, 8, 9]], padding: 0, length: length)).floats
      #expect(isClose(bare, padded))
    }
    let beside = tower(TokenBatch([[3, 4, 5, 6, 7, 2], [7, 8, 9]], padding: 1))
    #expect(isClose(bare, beside.selected(0, 1).floats))
  }

  @Test("BriVL's vectors depend on the length that texts are filled up to")
  func lengthMatters() throws {
    var settings = BriVLText.Settings(bert: Self.bert, length: 12, depth: 1, heads: 2, inner: 24)
    let long = try BriVLText(settings, in: Scope(RandomSource(seed: 5)))
    settings.length = 6
    let short = try BriVLText(settings, in: Scope(RandomSource(seed: 5)))
    let batch = TokenBatch([[7, 8, 9]], padding: 1)
    #expect(!isClose(long(batch).floats, short(batch).floats, tolerance: 1e-3))
  }

  @Test("Settings survive their JSON, vocabulary changed or not", arguments: all)
  func settingsRoundTrip(settings: TextTowerSettings) throws {
    var settings = settings
    settings.vocabulary += 1
    #expect(settings.vocabulary == 21)
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(TextTowerSettings.self, from: data) == settings)
  }

  @Test("Settings written by version 0.1 mean what they meant", arguments: ["mean", "last"])
  func oldSettings(pooling: String) throws {
    let text = """
      {"kind": "transformer", "vocabulary": 9, "contextLength": 7, "width": 8, "depth": 1,
       "heads": 2, "pooling": "\(pooling)"}
      """
    let settings = try JSONDecoder().decode(TextTowerSettings.self, from: Data(text.utf8))
    #expect(
      settings
        == .transformer(
          .init(
            vocabulary: 9, contextLength: 7, width: 8, depth: 1, heads: 2,
            pooling: pooling == "mean" ? .mean : .last, isCausal: pooling == "last",
            activation: .gelu, epsilon: 1e-5)))
  }
}
