import ArgumentParser
import Corpora
import Evaluation
import Foundation
import Pictoglot
import Pictures
import Search

/// `pictoglot classify MODEL cat.jpg --labels 고양이,강아지`
struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Find the labels that fit each picture, without training.",
    discussion: """
      No training is needed: each label is put into sentences of its language (“이것은 고양이 이다.”) and \
      compared with the picture. Where a collection says what its pictures show (its concept), the \
      accuracy is measured; where labels are in several languages, the languages are compared.

      Examples:
        pictoglot classify run cat.jpg --labels 고양이,강아지
        pictoglot classify run cat.jpg --labels "red apple,green apple" --template "a drawing of a {}"
        pictoglot classify run photos --labels-file animals.tsv --out report
        pictoglot classify run emoji --split test --labels-file labels.json --language sw,ko --json
      """)

  @Argument(help: "The folder of a model, or the name of one that was pulled.")
  var model: String

  @Argument(help: "Picture files, or collections of pictures.")
  var images: [String]

  @OptionGroup var labels: LabelOptions

  @Option(help: ArgumentHelp("The most labels to show for a picture.", valueName: "count"))
  var top = 5

  @Option(help: ArgumentHelp("The split of a collection.", valueName: "name"))
  var split: String?

  @Flag(help: "Take the name of a picture's folder as its class.")
  var foldersAreClasses = false

  @Option(
    help: ArgumentHelp("A folder for classification.json and .html.", valueName: "folder"))
  var out: String?

  @Flag(
    help: "Decode big JPEGs at reduced size: much faster, with nearly equal results.")
  var fast = false

  @OptionGroup var precision: PrecisionOption
  @OptionGroup var languageCodes: LanguageCodesOption
  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top must be at least 1, not \(top).") }
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    if let out { try requirePlace(forFolder: out) }
    let list = try labels.list()
    let templates = try labels.templates()
    let corpus = try openPictures(
      images, split: split, foldersAreClasses: foldersAreClasses, common: common)
    let model = try await ImageTextModel(
      model, precision: precision.precision, languageCodes: languageCodes.languageCodes,
      device: device.device)
    let interruption = Interruption("Stopping after this batch.")
    let reading = ProgressLine("Reading", unit: "labels", json: common.json)
    let isLong = list.languages.reduce(0) { $0 + $1.labels.count } > 2000
    let languages = try await stopping {
      try await model.classifier(
        list, templates: templates.all, byLanguage: templates.byLanguage
      ) { done, total in
        if isLong { reading.show(done, of: total) }
        return !interruption.isRequested
      }
    }
    let display = ClassificationDisplay(
      languages: languages, pictures: corpus.samples.count, json: common.json)
    display.noteLanguages()
    let looking = ProgressLine("Classifying", unit: "pictures", json: common.json)
    let total = corpus.samples.count
    var report = try await stopping {
      try await model.classify(
        corpus, by: languages, of: list, limit: top, fast: fast,
        progress: { done in
          if total > 64 { looking.show(done, of: total) }
          return !interruption.isRequested
        }, each: { try display.show($0) })
    }
    report.subject = [
      .init("Model", model.name), .init("Pictures of", images.joined(separator: ", ")),
      .init("Labels", labels.labelsFile ?? labels.labels ?? ""),
    ]
    try display.finish(report)
    if let out { try write(report, corpus, to: out) }
    try end(report.problems, of: corpus.samples.count)
  }

  /// Writes the report as JSON and as a page.
  private func write(_ report: ClassificationReport, _ corpus: Corpus, to folder: String) throws {
    let samples = Dictionary(
      corpus.samples.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let paths = try report.write(
      toFolder: folder, languageNames: languageNames(of: report.languages.map(\.language))
    ) { id in
      guard let sample = samples[id], let picture = try? corpus.picture(of: sample),
        let bytes = try? picture.fitted(in: 96).png()
      else { return nil }
      return (bytes, "image/png")
    }
    Console.note("The report is in \(paths.page) and \(paths.json).")
  }
}

/// Runs work that says by ``CancellationError`` that Ctrl-C has stopped it.
func stopping<Value>(_ work: () async throws -> Value) async throws -> Value {
  do { return try await work() } catch is CancellationError { throw Interrupted() }
}
