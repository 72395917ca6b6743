import ArgumentParser
import Checkpoints
import Corpora
import Files
import Foundation
import Languages
import Pictoglot
import Search
import Training
import Vectors

/// `pictoglot embed MODEL --images DATA --out vectors.npy`
struct EmbedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turn pictures or texts into vectors.",
    discussion: """
      Writes a NumPy array of float32, one row a picture or line of text, each of length one; beside \
      it a file with .jsonl instead of .npy names the rows.

      Examples:
        pictoglot embed run --images photos --out photos.npy
        pictoglot embed run --texts captions.txt --out captions.npy
      """)

  @Argument(help: "The folder of a model, or the name of one that was pulled.")
  var model: String

  @Option(help: ArgumentHelp("Pictures to embed.", valueName: "path"))
  var images: String?

  @Option(
    help: ArgumentHelp("Texts to embed, one a line; - for standard input.", valueName: "file"))
  var texts: String?

  @Option(help: ArgumentHelp("The texts' language, as a BCP 47 tag.", valueName: "tag"))
  var language: String?

  @Option(help: ArgumentHelp("The .npy file to write.", valueName: "file"))
  var out: String

  @Flag(
    help:
      "Decode big JPEGs at reduced size: much faster, with nearly equal results.")
  var fast = false

  @OptionGroup var precision: PrecisionOption
  @OptionGroup var languageCodes: LanguageCodesOption
  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  /// What the .jsonl file says of one row of the array.
  private struct Row: Encodable {
    var id: String?
    var text: String?
    var language: String?
    var sureness: Double?
    var isTruncated: Bool?
    /// Whether the model has not learned its language.
    var isUnseen: Bool?
  }

  func validate() throws {
    guard (images == nil) != (texts == nil) else {
      throw ValidationError("Give either --images or --texts.")
    }
    guard out.hasSuffix(".npy") else { throw ValidationError("--out must end in .npy.") }
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    try requirePlace(forFile: out)
    let (rows, vectors): ([Row], VectorRows)
    if let images {
      let corpus = try openCorpus(images, common: common, keepsUncaptioned: true)
      let model = try await ImageTextModel(
        model, sides: .pictures, precision: precision.precision, device: device.device)
      if let caution = model.caution { Console.note(caution) }
      let line = ProgressLine("Embedding", unit: "pictures", json: common.json)
      let embedded = try await model.embed(picturesOf: corpus.samples, in: corpus, fast: fast) {
        line.show($0, of: corpus.samples.count)
      }
      for problem in embedded.problems { Console.error(problem) }
      (rows, vectors) = (embedded.samples.map { Row(id: $0.id) }, embedded.vectors)
    } else {
      let lines = try readLines(texts ?? "-")
      let language = try languageTags(language).first
      let model = try await ImageTextModel(
        model, sides: .texts, precision: precision.precision,
        languageCodes: languageCodes.languageCodes, device: device.device)
      if let caution = model.caution { Console.note(caution) }
      let line = ProgressLine("Embedding", unit: "texts", json: common.json)
      (rows, vectors) = try await embed(lines, language: language, with: model) {
        line.show($0, of: lines.count)
      }
    }
    try write(rows, vectors)
    warn(of: rows)
    Console.note("\(rows.count) vectors of \(vectors.width) dimensions are in \(out).")
  }

  /// The texts' vectors and names.
  private func embed(
    _ lines: [String], language: LanguageTag?, with model: ImageTextModel, progress: (Int) -> Void
  ) async throws -> ([Row], VectorRows) {
    var rows: [Row] = []
    var vectors = VectorRows(width: model.width)
    vectors.reserveCapacity(lines.count)
    for start in stride(from: 0, to: lines.count, by: 1024) {
      let part = lines[start..<min(start + 1024, lines.count)]
      let embedded = try await model.embed(texts: part.map { Query($0, language: language) })
      vectors.append(embedded.vectors)
      rows += embedded.readings.map { reading in
        Row(
          text: reading.text, language: reading.language?.text, sureness: reading.sureness,
          isTruncated: reading.isTruncated, isUnseen: reading.isUnseen ? true : nil)
      }
      progress(rows.count)
    }
    return (rows, vectors)
  }

  /// Says how many texts are empty, were cut, or may mean little.
  private func warn(of rows: [Row]) {
    let list = out.dropLast(4) + ".jsonl"
    let empty = rows.indices.filter { rows[$0].text?.allSatisfy(\.isWhitespace) == true }
    if !empty.isEmpty {
      let numbers = empty.prefix(5).map { "\($0 + 1)" }.joined(separator: ", ")
      Console.error(
        "Empty lines (\(numbers)\(empty.count > 5 ? " and \(empty.count - 5) more" : "")) keep their "
          + "rows; each row has \(model)'s embedding of the empty text.")
    }
    let cut = rows.count { $0.isTruncated == true }
    if cut > 0 {
      Console.error("\(cut) texts are longer than \(model) reads and were cut; see \(list).")
    }
    let unseen = rows.count { $0.isUnseen == true }
    if unseen > 0 {
      Console.error(
        "\(unseen) texts are, or seem to be, in languages that \(model) has not learned; see "
          + "\(list).")
    }
  }

  /// Writes the vectors and their names, both or neither.
  private func write(_ rows: [Row], _ vectors: VectorRows) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let names = try rows.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    let (partial, list) = (out + ".partial", String(out.dropLast(4)) + ".jsonl")
    defer { removeFile(partial) }
    try writeNumPy(vectors.values, shape: [vectors.count, vectors.width], to: partial)
    try writeWhole(Data(names.joined().utf8), to: list)
    try moveIntoPlace(partial, to: out)
  }
}

/// The lines of a text file, or of standard input for `-`.
func readLines(_ path: String) throws -> [String] {
  let data: Data
  if path == "-" {
    data = FileHandle.standardInput.readDataToEndOfFile()
  } else {
    guard let contents = FileManager.default.contents(atPath: path) else {
      throw FileError(.read, path)
    }
    data = contents
  }
  return try textLines(Array(data), of: path == "-" ? "Standard input" : path)
}
