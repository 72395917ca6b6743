import ArgumentParser
import Corpora
import EmojiCollection
import Foundation
import Languages
import Synchronization

/// `pictoglot data …`
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Make, describe, verify and convert collections.",
    subcommands: [
      DataEmojiCommand.self, DataDescribeCommand.self, DataCheckCommand.self,
      DataImportCommand.self,
    ])
}

/// `pictoglot data emoji --out DIR`
struct DataEmojiCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emoji",
    abstract: "Make the quick-start collection: emoji and their names in over a hundred languages.",
    discussion: """
      Pictures and names come from packages of Debian, which are fetched (27 MB) and unpacked \
      without being installed. --with-stamps adds Tux Paint's photographs and drawings with \
      sentences in 77 languages (161 MB more).

      Example:
        pictoglot data emoji --out emoji
      """)

  @Option(help: ArgumentHelp("The folder to make.", valueName: "folder"))
  var out: String

  @Flag(help: "Add Tux Paint's stamps.")
  var withStamps = false

  @Option(help: ArgumentHelp("Where fetched packages are kept.", valueName: "folder"))
  var cache: String?

  @Option(
    help: ArgumentHelp(
      "Read the packages' files under this folder in place of /; downloads nothing.",
      valueName: "folder"))
  var source: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    common.apply()
    var options = EmojiCollectionOptions(output: out, withStamps: withStamps)
    if let cache { options.cacheFolder = cache }
    options.sourceFolder = source
    let stages = Stages(json: common.json)
    let report = try makeEmojiCollection(options) { stages.show($0) }
    try finish(report, out: out, json: common.json)
  }
}

/// `pictoglot data import DATA --out DIR`
struct DataImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Convert any collection that can be read into tar shards.",
    discussion: """
      Examples:
        pictoglot data import captions.tsv --out shards --longest-side 512
        pictoglot data import my.csv --out shards --caption-column Text
      """)

  @Argument(
    help: ArgumentHelp(
      "Tar shards, a JSONL, TSV, CSV or Parquet file, a folder of pictures, or img2dataset's or "
        + "Hugging Face's output."))
  var data: String

  @Option(help: ArgumentHelp("The folder to make.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp("Shrink larger pictures to this side, in pixels.", valueName: "pixels"))
  var longestSide: Int?

  @Flag(help: "Give samples without a split one, by their concept.")
  var splitByConcept = false

  @Option(
    help: ArgumentHelp(
      "The column of a table, or the name in JSON, that has the paths of pictures; found by the "
        + "usual names if not given.", valueName: "name"))
  var imageColumn: String?

  @Option(
    help: ArgumentHelp("The same for captions.", valueName: "name"))
  var captionColumn: String?

  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    var columns = TableColumns()
    if let imageColumn { columns.path = [imageColumn] }
    if let captionColumn { columns.caption = [captionColumn] }
    let corpus = try openCorpus(
      data, common: common, keepsUncaptioned: true, columns: columns)
    var options = ImportOptions(output: out)
    options.longSide = longestSide
    options.splitsByConcept = splitByConcept
    let stages = Stages(json: common.json)
    let report = try importCorpus(corpus, options) { stages.show($0) }
    try finish(report, out: out, json: common.json)
  }
}

/// Says what became of a collection and what was left out of it.
private func finish(_ report: CollectionReport, out: String, json: Bool) throws {
  for problem in report.problems.prefix(shownProblems) { Console.note("\(problem)") }
  if report.problems.count > shownProblems {
    Console.note("… and \(report.problems.count - shownProblems) more of the kind.")
  }
  if let summary = report.problems.summary { Console.note(summary) }
  if json {
    try Console.print(json: report.description)
  } else {
    Console.note(
      "\(report.description.samples) pictures with captions in "
        + "\(report.description.languages.count) languages are in \(out).")
  }
}

/// Problems that are shown one by one.
private let shownProblems = 10

/// A progress line for each stage of a longer work.
private final class Stages: Sendable {
  private let json: Bool
  private let lines = Mutex<[String: ProgressLine]>([:])

  init(json: Bool) { self.json = json }

  /// Shows the progress of a stage on its own line.
  func show(_ progress: CollectionProgress) {
    let line = lines.withLock { lines in
      if let line = lines[progress.stage] { return line }
      let line = ProgressLine(progress.stage, unit: "", json: json)
      lines[progress.stage] = line
      if progress.total == 0 { Console.note(progress.stage) }
      return line
    }
    if progress.total > 0 { line.show(progress.done, of: progress.total) }
  }
}

/// `pictoglot data describe DATA`
struct DataDescribeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Count a collection's pictures and captions by language, split, source and license.")

  @Argument(help: "A collection.")
  var data: String

  @Option(help: ArgumentHelp("The most rows of a table.", valueName: "count"))
  var rows = 200

  @OptionGroup var common: CommonOptions

  func run() async throws {
    common.apply()
    let corpus = try Corpus(
      opening: data, options: CorpusOptions(keepsPicturesWithoutCaptions: true))
    let report = CorpusReport(corpus)
    if common.json {
      try Console.print(json: report)
    } else {
      Console.print(
        report.table(limit: rows) { tag in (try? LanguageTag(tag)).flatMap(\.englishName) })
    }
  }
}

/// `pictoglot data check DATA`
struct DataCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Decode every picture and verify every record of a collection.",
    discussion: "Ends with status 1 if anything is wrong.")

  @Argument(help: "A collection.")
  var data: String

  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    let corpus = try Corpus(
      opening: data, options: CorpusOptions(keepsPicturesWithoutCaptions: true))
    let line = ProgressLine("Checking", unit: "pictures", json: common.json)
    let check = CorpusCheck(corpus) { line.show($0, of: corpus.samples.count) }
    if common.json {
      try Console.print(json: check)
    } else {
      for problem in check.problems { Console.print("\(problem)") }
      for item in check.passedOver { Console.print("\(item)") }
      Console.print(check.summary)
    }
    if !check.isClean { throw ExitCode(1) }
  }
}
