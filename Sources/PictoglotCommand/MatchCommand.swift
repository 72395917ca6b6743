import ArgumentParser
import Corpora
import Files
import Foundation
import Languages
import Pictoglot
import Search
import Vectors

/// `pictoglot match MODEL sea.jpg --among lyrics.txt`
struct MatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match",
    abstract: "Find the sentences of a big file that fit each picture best.",
    discussion: """
      The file has one sentence a line; of a JSONL file the “text” of each line counts. The sentences' \
      vectors are kept in the user's cache, so that the next picture is answered at once.

      Examples:
        pictoglot match run sea.jpg --among lyrics.txt
        pictoglot match run photos --among proverbs.jsonl --language zh-Hans --limit 3 --json
      """)

  @Argument(help: "The folder of a model, or the name of one that was pulled.")
  var model: String

  @Argument(help: "Picture files, or collections of pictures.")
  var images: [String]

  @Option(help: ArgumentHelp("The file of sentences.", valueName: "file"))
  var among: String

  @Option(
    help: ArgumentHelp(
      "The sentences' language, as a BCP 47 tag; each is read by itself if not given.",
      valueName: "tag"))
  var language: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The most sentences for a picture.", valueName: "count")
  )
  var limit = 5

  @Flag(help: "Neither use nor keep vectors of sentences in the cache.")
  var noCache = false

  @OptionGroup var precision: PrecisionOption
  @OptionGroup var languageCodes: LanguageCodesOption
  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  /// The JSON of one picture.
  private struct Line: Encodable {
    let picture: String
    let path: String
    let remarks: [String]
    let sentences: [Sentence]

    struct Sentence: Encodable {
      let text: String
      let line: Int
      let similarity: Float
    }
  }

  func validate() throws {
    guard (1...1000).contains(limit) else {
      throw ValidationError("--limit must be 1 to 1000, not \(limit).")
    }
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    let language = try languageTags(language).first?.text
    let corpus = try openPictures(images, common: common)
    let model = try await ImageTextModel(
      model, precision: precision.precision, languageCodes: languageCodes.languageCodes,
      device: device.device)
    let interruption = Interruption("Stopping after this batch; nothing of it is kept.")
    let reading = ProgressLine("Reading", unit: "sentences", json: common.json)
    let sentences: Sentences
    do {
      sentences = try await stopping {
        try await model.sentences(
          inFile: among, language: language, cache: noCache ? .none : .usual
        ) { done, total in
          reading.show(done, of: total)
          return !interruption.isRequested
        }
      }
    } catch let error as IndexError {
      throw CommandError("\(error) Use --no-cache to do without the cache.")
    }
    for remark in sentences.remarks { Console.error(remark) }
    var problems: [String] = []
    try await model.embed(picturesOf: corpus.samples, in: corpus) { batch, _ in
      problems += batch.problems
      for (index, sample) in batch.samples.enumerated() {
        let found = try model.match(Array(batch.vectors[index]), among: sentences, limit: limit)
        if common.json {
          try Console.print(
            json: Line(
              picture: sample.id, path: sample.picture.path, remarks: sentences.remarks,
              sentences: found.map {
                .init(text: $0.text, line: $0.line, similarity: $0.similarity)
              }))
        } else {
          if corpus.samples.count > 1 { Console.print(sample.id.printable) }
          for sentence in found {
            Console.print("\(rounded(Double(sentence.similarity), 3))  \(sentence.text)")
          }
        }
      }
      return !interruption.isRequested
    }
    if interruption.isRequested { throw Interrupted() }
    try end(problems, of: corpus.samples.count)
  }
}

/// Names what could not be read, after everything else.
func end(_ problems: [String], of count: Int) throws {
  guard !problems.isEmpty else { return }
  for problem in problems { Console.error(problem) }
  Console.error(
    "\(count - problems.count) of \(count) pictures were read; the others could not be.")
  throw ExitCode(1)
}
