import ArgumentParser
import Corpora
import Files
import Foundation
import Languages
import Models
import Tokens
import Training

/// `pictoglot tokenizer train`
struct TokenizerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer", abstract: "Make vocabularies.",
    subcommands: [TokenizerTrainCommand.self])
}

/// `pictoglot tokenizer train --texts FILE --size N --out tokenizer.json`
struct TokenizerTrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a vocabulary for all scripts on texts or on a collection's captions.",
    discussion: """
      The file can be read by Hugging Face's tokenizers, with the same ids.

      Examples:
        pictoglot tokenizer train --texts captions.txt --size 16384 --out tokenizer.json
        pictoglot tokenizer train --data emoji --languages ko,en --size 8192 --out tokenizer.json
      """)

  @Option(help: ArgumentHelp("Texts, one a line; - for standard input.", valueName: "file"))
  var texts: String?

  @Option(
    help: ArgumentHelp(
      "Or a collection with captions; if it has splits, “train” is read.", valueName: "path"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The languages of the collection to read, separated by commas; all if not given.",
      valueName: "tags"))
  var languages: String?

  @Option(help: ArgumentHelp("Tokens of the vocabulary.", valueName: "count"))
  var size: Int

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (texts == nil) != (data == nil) else {
      throw ValidationError("Give either --texts or --data.")
    }
    guard languages == nil || data != nil else {
      throw ValidationError("--languages chooses from a collection: give --data.")
    }
    guard size >= 300 else {
      throw ValidationError("--size must be at least 300: bytes and special tokens need 260.")
    }
  }

  func run() async throws {
    common.apply()
    try requirePlace(forFile: out)
    let lines: [String]
    if let data {
      let corpus = try openCorpus(data, common: common)
      let train = corpus.learningPart
      let read = try (train.samples.isEmpty ? corpus : train).keeping(
        languages: languageTags(languages).map(\.text))
      lines = read.samples.flatMap { sample in
        sample.languages.flatMap { sample.captions[$0] ?? [] }
      }
    } else {
      lines = try readLines(texts ?? "-")
    }
    let progress = ProgressLine("Training", unit: "tokens", json: common.json)
    let bytes = try BPETrainer(size: size).train(lines) {
      if let total = $0.total { progress.show($0.done, of: total) }
    }
    try writeWhole(Data(bytes), to: out)
    Console.note("A vocabulary from \(lines.count) texts is in \(out).")
  }
}

/// `pictoglot tokenize --tokenizer FILE TEXT…`
struct TokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Show how texts become tokens.",
    discussion: """
      Prints an object a text: text, ids, tokens, offsets (in Unicode scalars), language, truncated.

      Examples:
        pictoglot tokenize --model run "빨간 사과"
        pictoglot tokenize --tokenizer tokenizer.json --jsonl - < texts.jsonl
      """)

  @Option(
    help: ArgumentHelp(
      "A tokenizer.json, SentencePiece model, vocab.txt, or a folder with one.", valueName: "path"))
  var tokenizer: String?

  @Option(help: ArgumentHelp("Or a model's folder.", valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("The texts' language, as a BCP 47 tag.", valueName: "tag"))
  var language: String?

  @Option(
    help: ArgumentHelp(
      "Texts as JSON strings, one a line; - for standard input.", valueName: "file"))
  var jsonl: String?

  @Argument(help: "Texts; - reads them from standard input, one a line.")
  var texts: [String] = []

  @OptionGroup var common: CommonOptions

  /// The JSON of one text.
  private struct Line: Encodable {
    let text: String
    let ids: [Int32]
    let tokens: [String]
    let offsets: [[Int]]
    let language: String?
    let truncated: Bool
  }

  func validate() throws {
    guard (tokenizer == nil) != (model == nil) else {
      throw ValidationError("Give either --tokenizer or --model.")
    }
    if texts.isEmpty, jsonl == nil {
      throw ValidationError("Give texts, - for standard input, or --jsonl FILE.")
    }
  }

  func run() async throws {
    common.apply()
    let tag = try languageTags(language).first?.text
    let engine = try Tokenizer(contentsOf: tokenizer ?? model ?? "")
    let maximumLength = try model.map { try card(of: $0).text.contextLength }
    var lines = texts == ["-"] ? try readLines("-") : texts
    if let jsonl {
      for (number, line) in try readLines(jsonl).enumerated() where !line.isEmpty {
        guard let text = try? JSONDecoder().decode(String.self, from: Data(line.utf8)) else {
          throw CommandError("\(jsonl), line \(number + 1), is not a JSON string.")
        }
        lines.append(text)
      }
    }
    for text in lines {
      let encoding = engine.encode(text)
      let isTruncated = maximumLength.map { encoding.ids.count > $0 } ?? encoding.isTruncated
      try Console.print(
        json: Line(
          text: text, ids: encoding.ids, tokens: encoding.tokens,
          offsets: encoding.offsets.map { [$0.lowerBound, $0.upperBound] }, language: tag,
          truncated: isTruncated))
    }
  }
}
