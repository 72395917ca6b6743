import ArgumentParser
import Foundation
import Layers
import Tokens
import Torch
import Towers

/// Captions to vectors with text towers of published sizes and random weights.
///
/// Its peers: `XLMRobertaModel` and `M2M100Encoder` of transformers, padded as they ship (to 77) or
/// to the longest of each batch of 64, and open_clip's text tower, on the same captions.
struct EmbedTexts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed-texts", abstract: "Time captions to vectors with a text tower.")

  enum Size: String, CaseIterable, ExpressibleByArgument {
    /// XLM-R base: 12 × 768, 250,002 tokens; mean of the tokens.
    case xlmr
    /// The encoder of NLLB-200-distilled-600M: 12 × 1024, 256,206 tokens; first token.
    case nllb
    /// CLIP's: 12 × 512, 49,408 tokens; causal, last token.
    case clip
  }

  @Argument(help: "Captions: lines of JSON with “captions”, lists of texts by language.")
  var captions: String
  @Argument(help: "A tokenizer's file or folder.") var tokenizer: String
  @Option(help: "xlmr, nllb or clip.") var tower = Size.xlmr
  @Option(help: "Texts handed over at once; those of like length go together.") var batch = 1024
  @Option(help: "Tokens that go through the tower at once.") var budget = 2048
  @Option(help: "Seconds to measure.") var seconds = 15.0
  @Option(help: "Threads.") var threads = 2
  @Option(help: "float32, bfloat16 or int8.") var precision = InferencePrecision.float32

  private struct Line: Decodable {
    let captions: [String: [String]]
  }

  func run() throws {
    Engine.threads = threads
    Engine.chooseLinearKernel()
    let decoder = JSONDecoder()
    var texts = try String(contentsOfFile: captions, encoding: .utf8).split(separator: "\n")
      .flatMap { line in
        try decoder.decode(Line.self, from: Data(line.utf8)).captions.sorted { $0.key < $1.key }
          .flatMap(\.value)
      }
    var random = SplitMix(state: 1)
    texts.shuffle(using: &random)
    let tokenizer = try Tokenizer(contentsOf: tokenizer)
    let scope = Scope(RandomSource(seed: 0))
    let tower = try makeTower(in: scope)
    for parameter in scope.parameters { parameter.isTrainable = false }

    func embed(_ part: ArraySlice<String>, _ precision: InferencePrecision, tokens: inout Int)
      -> [Tensor]
    {
      let ids = part.map { tokenizer.ids($0, maximumLength: 77).ids }.sorted { $0.count > $1.count }
      tokens += ids.reduce(0) { $0 + $1.count }
      var vectors: [Tensor] = []
      var start = 0
      while start < ids.count {
        let end = min(ids.count, start + max(1, budget / max(1, ids[start].count)))
        let batch = TokenBatch(Array(ids[start..<end]), padding: 1)
        vectors.append(
          withPrecision(precision) { withoutGradient { tower(batch).normalized() } })
        start = end
      }
      return vectors
    }
    var tokens = 0
    let sample = texts.prefix(min(batch, 256))
    var agreement = ""
    let exact = embed(sample, .float32, tokens: &tokens)
    if precision != .float32 {
      let cosines = zip(exact, embed(sample, precision, tokens: &tokens)).flatMap {
        ($0 * $1).sum(axis: 1).floats
      }
      agreement = "; cosine to float32 at least \(cosines.min() ?? 0)"
    }
    (tokens, _) = (0, embed(sample, precision, tokens: &tokens))
    tokens = 0
    var done = 0
    let clock = ContinuousClock()
    let begun = clock.now
    while (clock.now - begun) / .seconds(1) < seconds, done < texts.count {
      let part = texts[done..<min(done + batch, texts.count)]
      for vectors in embed(part, precision, tokens: &tokens) { _ = vectors.floats }
      done += part.count
    }
    let time = (clock.now - begun) / .seconds(1)
    let millions = scope.parameters.reduce(0) { $0 + $1.count } / 1_000_000
    print(
      "pictoglot text tower of the size of \(self.tower.rawValue), \(millions) M parameters, "
        + "\(precision.rawValue), \(threads) threads: \(Int(Double(done) / time)) texts/s "
        + "(\(done) of \(Double(tokens * 10 / max(1, done)) / 10) tokens in \(Int(time)) s)"
        + agreement)
  }

  private func makeTower(in scope: Scope) throws -> any TextTower {
    switch tower {
    case .xlmr:
      try BERT(
        BERT.Settings(
          vocabulary: 250_002, width: 768, depth: 12, heads: 12, inner: 3072, positions: 514,
          positionScheme: .afterPadding, segments: 1, epsilon: 1e-5, padding: 1, pooling: .mean),
        in: scope)
    case .nllb: try NLLBEncoder(.distilled600M, in: scope)
    case .clip:
      try TextTransformer(
        TextTransformer.Settings(
          vocabulary: 49_408, contextLength: 77, width: 512, depth: 12, heads: 8, pooling: .last),
        in: scope)
    }
  }
}

/// A small generator, so that every run takes the captions in the same order.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
