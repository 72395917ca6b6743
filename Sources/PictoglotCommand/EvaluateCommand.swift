import ArgumentParser
import Corpora
import Evaluation
import Foundation
import Languages
import Pictoglot
import Pictures

/// `pictoglot evaluate MODEL --data DATA`
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure how well a model finds pictures by text and texts by picture.",
    discussion: """
      Recall@1, 5 and 10, mean and median rank in both directions, language by language, with 95 % \
      intervals and the level of chance. Every picture of a query's concept is a right answer.

      With --task text-space no picture is looked at: texts of each language look for their \
      translations in every other, and a heat map shows how near the languages are to each other.

      Examples:
        pictoglot evaluate run --data emoji
        pictoglot evaluate run --data emoji --split val --languages ko,sw --out report
        pictoglot evaluate run --data emoji --task text-space --languages ko,en,ja --out report
      """)

  @Argument(help: "The folder of a model.")
  var model: String

  @Option(help: ArgumentHelp("The collection to measure on.", valueName: "path"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "retrieval, between pictures and texts, or text-space, between languages.", valueName: "name")
  )
  var task = Task.retrieval

  @Option(help: ArgumentHelp("The split to measure on; “all” for everything.", valueName: "name"))
  var split = "test"

  @Option(
    help: ArgumentHelp("Languages, separated by commas; all if not given.", valueName: "tags"))
  var languages: String?

  @Option(
    help: ArgumentHelp(
      "The fewest captions with which a language counts in the mean.", valueName: "count"))
  var minimumCaptions = 1

  @Option(
    help: ArgumentHelp("Bootstrap resamples of the queries for the intervals.", valueName: "count"))
  var resamples = 1000

  @Option(
    help: ArgumentHelp(
      "A folder for evaluation.json (or text-space.json) and a page of the same name.",
      valueName: "folder"))
  var out: String?

  @OptionGroup var precision: PrecisionOption
  @OptionGroup var languageCodes: LanguageCodesOption
  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  /// What is measured.
  enum Task: String, ExpressibleByArgument, CaseIterable {
    case retrieval
    case textSpace = "text-space"
  }

  func validate() throws {
    guard minimumCaptions >= 1 else {
      throw ValidationError("--minimum-captions must be at least 1, not \(minimumCaptions).")
    }
    guard resamples >= 0 else {
      throw ValidationError("--resamples must be at least 0, not \(resamples).")
    }
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    if let out { try requirePlace(forFolder: out) }
    let tags = try languageTags(languages).map(\.text)
    let corpus = try openCorpus(data, common: common)
    let part = split == "all" ? corpus : corpus.split(split)
    guard !part.samples.isEmpty else {
      guard corpus.hasSplits else {
        throw CommandError(
          "\(data) has no splits. Add --split all to measure on all of it.")
      }
      throw CommandError(
        "\(data) has no samples in its split “\(split)”. “pictoglot data describe” shows what it has."
      )
    }
    guard !part.languageCounts.isEmpty else {
      throw CommandError(
        "\(data) has only pictures without captions, so there is nothing to measure.")
    }
    let missing = Set(tags).subtracting(part.languageCounts.keys)
    if !missing.isEmpty {
      throw CommandError(
        "\(data) has no captions in \(missing.sorted().joined(separator: ", ")). "
          + "“pictoglot data describe” lists its languages.")
    }
    switch task {
    case .retrieval: try await evaluateRetrieval(on: part, tags)
    case .textSpace: try await evaluateTextSpace(on: part, tags)
    }
  }

  /// What was measured: the facts at the head of a report.
  private func subject(_ name: String) -> [RetrievalReport.Fact] {
    [.init("Model", name), .init("Collection", data), .init("Part", split)]
      + (languageCodes.languageCodes == .published
        ? [.init("Language codes", "those of NLLB-CLIP's published results")] : [])
  }

  /// Measures how well texts find their translations, and prints the report.
  private func evaluateTextSpace(on part: Corpus, _ tags: [String]) async throws {
    guard tags.isEmpty && part.languageCounts.count > 1 || tags.count > 1 else {
      throw CommandError(
        "--task text-space compares languages, and there is only one. Give --languages two or more, "
          + "or captions in more languages.")
    }
    let model = try await loaded(.texts)
    let json = common.json
    let lines = [
      "languages": ProgressLine("Embedding", unit: "languages", json: json),
      "pairs": ProgressLine("Comparing", unit: "languages", json: json),
    ]
    var report = try await model.evaluateTextSpace(on: part, languages: tags) {
      lines[$0]?.show($1, of: $2)
    }
    report.subject = subject(model.name)
    let names = languageNames(of: report.languages)
    for problem in report.problems { Console.note(problem) }
    if let out {
      let paths = try report.write(toFolder: out, languageNames: names)
      Console.note("The report is in \(paths.page) and \(paths.json).")
    }
    if json {
      try Console.print(json: report)
    } else {
      Console.print(report.table(languageNames: names))
    }
  }

  /// The model with these towers, as the options say.
  private func loaded(_ sides: ImageTextModel.Sides) async throws -> ImageTextModel {
    try await ImageTextModel(
      model, sides: sides, precision: precision.precision,
      languageCodes: languageCodes.languageCodes, device: device.device)
  }

  /// Measures retrieval between pictures and texts, and prints the report.
  private func evaluateRetrieval(on part: Corpus, _ tags: [String]) async throws {
    let model = try await loaded(.both)
    let json = common.json
    let lines = [
      "pictures": ProgressLine("Embedding", unit: "pictures", json: json),
      "languages": ProgressLine("Embedding", unit: "languages", json: json),
    ]
    var report = try await model.evaluate(
      on: part, languages: tags,
      options: RetrievalOptions(minimumCaptions: minimumCaptions, resamples: resamples)
    ) { lines[$0]?.show($1, of: $2) }
    report.subject = subject(model.name)
    let names = languageNames(of: report.languages.map(\.language))
    for problem in report.problems { Console.note(problem) }
    if let out {
      let samples = Dictionary(
        part.samples.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      let paths = try report.write(toFolder: out, languageNames: names) { id in
        guard let sample = samples[id], let picture = try? part.picture(of: sample),
          let bytes = try? picture.fitted(in: 96).png()
        else { return nil }
        return (bytes, "image/png")
      }
      Console.note("The report is in \(paths.page) and \(paths.json).")
    }
    if json {
      try Console.print(json: report)
    } else {
      Console.print(report.table(languageNames: names))
    }
  }
}
