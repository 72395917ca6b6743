import ArgumentParser
import Corpora
import Files
import Pictoglot
import Search

/// `pictoglot index DATA --model MODEL --out INDEX`
struct IndexCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Make a collection of pictures searchable.",
    discussion: """
      Run it again after pictures were added, changed or removed: only what changed is embedded \
      again. Ctrl-C stops; the same command continues.

      Example:
        pictoglot index photos --model run --out photos.index
        pictoglot index photos --model visheratin/nllb-clip-base-oc --out photos.index
      """)

  @Argument(help: "A folder of pictures or tar shards, or a JSONL, TSV, CSV or Parquet file.")
  var data: String

  @Option(
    help: ArgumentHelp(
      "The folder of a model, or the name of one that was pulled.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("The index's folder.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp("float32, float16 or int8: larger types are more exact.", valueName: "type"))
  var type = VectorType.float16

  @Flag(
    help:
      "Decode big JPEGs at reduced size: much faster, with nearly equal results.")
  var fast = false

  @OptionGroup var precision: PrecisionOption
  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  /// The JSON that --json prints at the end.
  private struct Summary: Encodable {
    let index: String
    let indexed: Int
    let reused: Int
    let problems: [String]
    let changed: [String]
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    let corpus = try openCorpus(data, common: common, keepsUncaptioned: true)
    guard !corpus.samples.isEmpty else {
      throw CommandError("\(data) has no pictures to index.")
    }
    let embedder = try await ImageTextModel(
      model, sides: .pictures, precision: precision.precision, device: device.device)
    if let caution = embedder.caution { Console.note(caution) }
    let interruption = Interruption("Stopping after this batch; the same command continues.")
    let line = ProgressLine("Indexing", unit: "pictures", json: common.json)
    let outcome = try await embedder.index(
      corpus, to: out, type: type, fast: fast, progress: { line.show($0, of: $1) },
      isInterrupted: { interruption.isRequested })
    for problem in outcome.problems { Console.error(problem) }
    for name in outcome.changed {
      Console.error(
        "\(name.printable): the file was changed while it was read; run the same command again.")
    }
    if outcome.isInterrupted { throw Interrupted() }
    if common.json {
      try Console.print(
        json: Summary(
          index: out, indexed: outcome.indexed, reused: outcome.reused, problems: outcome.problems,
          changed: outcome.changed))
    } else {
      Console.note(
        "\(outcome.indexed + outcome.reused) pictures are in \(out)"
          + (outcome.reused > 0 ? ", \(outcome.reused) of them unchanged" : "")
          + (outcome.problems.isEmpty ? "." : "; \(outcome.problems.count) were left out."))
    }
  }
}

extension VectorType: ExpressibleByArgument {}
