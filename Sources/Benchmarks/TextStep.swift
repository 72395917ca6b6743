import ArgumentParser
import Corpora
import Layers
import Pictures
import Tokens
import Torch
import Towers

/// Training steps of CLIP's text tower on real captions: without padding, as it trains, and padded to
/// the longest caption of a step, as trainers usually do.
struct TextStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "text-step", abstract: "Time a text tower's steps without and with padding.")

  @Argument(help: "A collection with captions.") var data: String
  @Argument(help: "A tokenizer's file or folder.") var tokenizer: String
  @Option(help: "Captions of a step, each of another picture.") var batch = 128
  @Option(help: "Steps measured of each kind, after one that is not.") var steps = 5
  @Option(help: "Threads.") var threads = 2
  @Option(help: "float32 or bfloat16.") var precision = "bfloat16"

  func run() throws {
    Engine.threads = threads
    Engine.keepMemory()
    Engine.chooseLinearKernel()
    let steps = try captions()
    let scope = Scope(RandomSource(seed: 0))
    let tower = try TextTransformer(
      TextTransformer.Settings(
        vocabulary: 1 + (steps.joined().joined().max().map(Int.init) ?? 0), contextLength: 77,
        width: 512, depth: 12, heads: 8, pooling: .last),
      in: scope)
    let optimizer = AdamW([AdamW.Group(scope.parameters, weightDecay: 0.2)])
    func learn(_ texts: [[Int32]]) throws {
      optimizer.clearGradients()
      let vectors = withAutocast(precision == "bfloat16" ? .bfloat16 : .float32, on: .cpu) {
        tower(TokenBatch(texts, padding: 0))
      }
      try vectors.to(.float32).normalized().sum().backward()
      try optimizer.step(rate: 1e-4)
    }
    var (without, with): ([Double], [Double]) = ([], [])
    for (number, texts) in steps.enumerated() {
      let longest = texts.map(\.count).max() ?? 0
      let padded = texts.map { $0 + [Int32](repeating: 0, count: longest - $0.count) }
      // In turn, so that both meet the same machine.
      let times = (try seconds { try learn(texts) }, try seconds { try learn(padded) })
      if number > 0 {
        without.append(times.0)
        with.append(times.1)
      }
    }
    let real = steps.dropFirst().joined().reduce(0) { $0 + $1.count }
    let all = steps.dropFirst().reduce(0) { $0 + $1.count * ($1.map(\.count).max() ?? 0) }
    print(
      "\(self.steps) steps of \(batch) captions, \(precision): \(real) tokens, padded "
        + "\(all), of which \(100 - 100 * real / max(1, all)) % are padding")
    print("without padding: \(summary(without)); with: \(summary(with))")
  }

  private func captions() throws -> [[[Int32]]] {
    let corpus = try Corpus(opening: data).filter { !$0.captions.isEmpty }
    let tokenizer = try Tokenizer(contentsOf: tokenizer)
    let order = SampleOrder(
      count: corpus.samples.count, batch: min(batch, corpus.samples.count), seed: 0)
    let policy = CaptionPolicy(captionsPerPicture: 1)
    return (0...steps).map { step in
      var random = RandomStream(seed: 0, UInt64(step))
      return order.indices(ofStep: step).flatMap { index in
        policy.draw(from: corpus.samples[index], using: &random)
          .map { tokenizer.ids($0.text, maximumLength: 77).ids }
      }.sorted { $0.count < $1.count }
    }
  }
}
