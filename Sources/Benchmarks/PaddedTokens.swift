import ArgumentParser
import Corpora
import Pictures
import Tokens

/// How much of what a text tower that pads computes is padding, by `training.lengthBuckets`.
struct PaddedTokens: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "padded-tokens", abstract: "Count padding by the number of length buckets.")

  @Argument(help: "A collection with captions.") var data: String
  @Argument(help: "A tokenizer's file or folder.") var tokenizer: String
  @Option(help: "Pictures of a step.") var batch = 256
  @Option(help: "Captions of a picture, each in another language.") var captions = 4
  @Option(help: "Steps that are counted.") var steps = 50
  @Option(help: "The most tokens of a caption.") var length = 77

  func run() throws {
    let corpus = try Corpus(opening: data).filter { !$0.captions.isEmpty }
    let tokenizer = try Tokenizer(contentsOf: tokenizer)
    let order = SampleOrder(
      count: corpus.samples.count, batch: min(batch, corpus.samples.count), seed: 0)
    let policy = CaptionPolicy(captionsPerPicture: captions)
    let lengths = (0..<steps).map { step in
      var random = RandomStream(seed: 0, UInt64(step))
      return order.indices(ofStep: step).flatMap { index in
        policy.draw(from: corpus.samples[index], using: &random)
          .map { tokenizer.ids($0.text, maximumLength: length).ids.count }
      }.sorted()
    }
    let real = lengths.joined().reduce(0, +)
    print("\(steps) steps of \(lengths.first?.count ?? 0) captions, \(real) tokens")
    for parts in [1, 2, 4, 8, 16] {
      let buckets = LengthBuckets(parts)
      let computed = lengths.reduce(0) { $0 + buckets.computedTokens(of: $1) }
      let share = 1 - Double(real) / Double(max(1, computed))
      print(
        "\(parts) parts: \(computed) computed, \(Double(Int(share * 1000)) / 10) % padding")
    }
  }
}
