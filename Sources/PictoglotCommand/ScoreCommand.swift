import ArgumentParser
import Evaluation
import Languages

/// `pictoglot score --hypotheses FILE --references FILE…`
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score captions and translations by BLEU, chrF, ROUGE-L and CIDEr.",
    discussion: """
      The numbers are those of sacreBLEU and of COCO's evaluation. How the texts were cut into words \
      is printed beside each, for scores of other cuts cannot be compared.

      Files of lines have one text a line, and one file for each set of references. COCO's results \
      and captions are read as JSON.

      Examples:
        pictoglot score --hypotheses out.de --references test.de --metric sacrebleu
        pictoglot score --hypotheses results.json --references captions_val2014.json
        pictoglot score --hypotheses out.txt --references a.txt b.txt --language zh
      """)

  @Option(help: ArgumentHelp("The texts to score.", valueName: "file"))
  var hypotheses: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("What they should say; several for several references.", valueName: "file"))
  var references: [String]

  @Option(
    help: ArgumentHelp(
      "Metrics, separated by commas: bleu, rouge-l, cider-d, cider (COCO's), sacrebleu, multi-bleu, "
        + "chrf, chrf++; bleu, rouge-l, cider-d, sacrebleu and chrf if not given.",
      valueName: "names"),
    transform: { try ScoreCommand.metrics($0) })
  var metric: [TextMetric] = [.bleu, .rougeL, .ciderD, .sacreBLEU, .chrF]

  @Option(
    help: ArgumentHelp(
      "How texts are cut: none, 13a, intl, char, zh, ptb, aic-words, aic-characters, or "
        + "moses-en, -de, -fr, -cs; each metric's usual way if not given.", valueName: "name"),
    transform: { text in
      guard let segmentation = Segmentation(rawValue: text) else {
        throw ValidationError(
          "--tokenize is one of "
            + Segmentation.allCases.map(\.rawValue).joined(separator: ", ") + ", not “\(text)”.")
      }
      return segmentation
    })
  var tokenize: Segmentation?

  @Option(
    help: ArgumentHelp(
      "The texts' language, as a BCP 47 tag; chooses the usual way of cutting.", valueName: "tag"))
  var language: String?

  @Flag(help: "Write all in lower case first.")
  var lowercase = false

  @Option(
    help: ArgumentHelp(
      "Which length of several references counts for bleu: closest, shortest or average.",
      valueName: "name"),
    transform: { text in
      guard let length = BLEULength(rawValue: text) else {
        throw ValidationError("--reference-length is closest, shortest or average, not “\(text)”.")
      }
      return length
    })
  var referenceLength = BLEULength.closest

  @Flag(help: "Score the pictures that have a caption, and pass over the others.")
  var partial = false

  @Option(
    help: ArgumentHelp("Bootstrap resamples of the texts for the intervals.", valueName: "count"))
  var resamples = 1000

  @Option(
    help: ArgumentHelp(
      "METEOR's own program (meteor-1.5.jar), which is run by Java and adds METEOR for English.",
      valueName: "file"))
  var meteorJar: String?

  @OptionGroup var common: CommonOptions

  /// The JSON of one score.
  private struct Line: Encodable {
    let metric: String
    let score: Double
    let low: Double?
    let high: Double?
    let signature: String
    let details: String?
    let texts: Int
  }

  func validate() throws {
    guard !references.isEmpty else { throw ValidationError("Give --references.") }
    guard resamples >= 0 else {
      throw ValidationError("--resamples must be at least 0, not \(resamples).")
    }
  }

  func run() throws {
    common.apply()
    let language = try languageTags(language).first?.language
    let set = try TextSet(hypotheses: hypotheses, references: references, isPartial: partial)
    var report = scoreTexts(
      set, metrics: metric, segmentation: tokenize, language: language, lowercase: lowercase,
      length: referenceLength, resamples: resamples)
    if let meteorJar {
      let texts = SegmentedTexts(
        set.hypotheses, references: set.references, tokenize ?? .ptb, lowercase: lowercase)
      report.scores.append(try MeteorProgram(jar: meteorJar).score(texts))
    }
    for problem in report.problems { Console.error(problem) }
    guard common.json else {
      Console.print(String(report.table().dropLast()))
      return
    }
    for score in report.scores {
      try Console.print(
        json: Line(
          metric: score.name, score: score.value.value, low: score.value.low,
          high: score.value.high, signature: score.signature,
          details: score.details.isEmpty ? nil : score.details, texts: report.texts))
    }
  }

  private static func metrics(_ text: String) throws -> [TextMetric] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false)
    return try names.map { name in
      guard let metric = TextMetric(rawValue: String(name)) else {
        throw ValidationError(
          "--metric takes " + TextMetric.allCases.map(\.rawValue).joined(separator: ", ")
            + ", not “\(name)”.")
      }
      return metric
    }
  }
}
