import ArgumentParser
import Languages
import Pictoglot
import Search

/// `pictoglot analogy INDEX --image apple.jpg --minus red --plus green`
struct AnalogyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analogy",
    abstract: "Add and take away pictures and words, and find what is nearest to the sum.",
    discussion: """
      Every part becomes a vector of length one; they are weighted and added, and the pictures \
      nearest to the sum are named, without those of the question. A weight follows its part after \
      a colon: --minus "red:0.5". A text that itself ends in a colon and a number needs one: \
      "16:9:1".

      Examples:
        pictoglot analogy photos.index --image apple.jpg --minus red --plus green
        pictoglot analogy photos.index --like a.jpg --minus 빨강:0.8 --plus 초록:0.8
        pictoglot analogy photos.index --plus king --minus man --plus woman
      """)

  @Argument(help: "An index made by “pictoglot index”.")
  var index: String

  @Option(
    help: ArgumentHelp("A picture to start from.", valueName: "file"), transform: WeightedTerm.init)
  var image: [WeightedTerm] = []

  @Option(
    help: ArgumentHelp("A picture of the index to start from.", valueName: "name"),
    transform: WeightedTerm.init)
  var like: [WeightedTerm] = []

  @Option(help: ArgumentHelp("Words to add.", valueName: "text"), transform: WeightedTerm.init)
  var plus: [WeightedTerm] = []

  @Option(
    help: ArgumentHelp("Words to take away.", valueName: "text"), transform: WeightedTerm.init)
  var minus: [WeightedTerm] = []

  @Option(
    help: ArgumentHelp("A picture to add.", valueName: "file"), transform: WeightedTerm.init)
  var plusImage: [WeightedTerm] = []

  @Option(
    help: ArgumentHelp("A picture to take away.", valueName: "file"), transform: WeightedTerm.init)
  var minusImage: [WeightedTerm] = []

  @Option(
    help: ArgumentHelp("A picture of the index to take away.", valueName: "name"),
    transform: WeightedTerm.init)
  var minusLike: [WeightedTerm] = []

  @Option(
    help: ArgumentHelp(
      "The weight of added and removed items that name none; --image and --like have weight 1.",
      valueName: "number"))
  var weight: Float = 1

  @Option(help: ArgumentHelp("The words' language, as a BCP 47 tag.", valueName: "tag"))
  var language: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The most pictures to show.", valueName: "count"))
  var limit = 10

  @Option(
    help: ArgumentHelp("Where the index's model is now, if it was moved.", valueName: "folder"))
  var model: String?

  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  /// The JSON that --json prints.
  private struct Record: Encodable {
    let hits: [HitRecord]
    let readings: [TextReading]
    let leftOut: [LeftOut]
  }

  func validate() throws {
    guard !terms.isEmpty else {
      throw ValidationError(
        "Give something to start from: --image FILE, --like NAME or --plus “words”.")
    }
    guard weight > 0, weight <= 1000 else {
      throw ValidationError("--weight must be more than 0 and at most 1000, not \(weight).")
    }
    guard SearchRequest.limits.contains(limit) else {
      throw ValidationError(
        "--limit must be \(SearchRequest.limits.lowerBound) to "
          + "\(SearchRequest.limits.upperBound), not \(limit).")
    }
  }

  private var terms: [QueryTerm] {
    let begun =
      image.map { QueryTerm.plus(pictureFile: $0.text, by: $0.weight ?? 1) }
      + like.map { .plus(pictureNamed: $0.text, by: $0.weight ?? 1) }
    let added =
      plus.map { QueryTerm.plus($0.text, by: $0.weight ?? weight) }
      + plusImage.map { .plus(pictureFile: $0.text, by: $0.weight ?? weight) }
    let taken =
      minus.map { QueryTerm.minus($0.text, by: $0.weight ?? weight) }
      + minusImage.map { .minus(pictureFile: $0.text, by: $0.weight ?? weight) }
      + minusLike.map { .minus(pictureNamed: $0.text, by: $0.weight ?? weight) }
    return begun + added + taken
  }

  /// Only the towers that are asked are loaded.
  private var sides: ImageTextModel.Sides {
    let hasTexts = !plus.isEmpty || !minus.isEmpty
    let hasPictures = !image.isEmpty || !plusImage.isEmpty || !minusImage.isEmpty
    return hasTexts && hasPictures ? .both : hasPictures ? .pictures : .texts
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    let language = try languageTags(language).first
    let index = try await PictureIndex(index, model: model, sides: sides, device: device.device)
    let answer = try await index.engine.search(
      SearchRequest(
        operands: try terms.map { try index.operand(of: $0, language: language) }, limit: limit,
        language: language, leavesOutItsPictures: true))
    Console.note(answer.readings)
    Console.note(answer.leftOut)
    if common.json {
      try Console.print(
        json: Record(
          hits: answer.hits.enumerated().map { HitRecord(hit: $1, rank: $0 + 1) },
          readings: answer.readings, leftOut: answer.leftOut))
    } else {
      for hit in answer.hits { Console.print(hit) }
    }
  }
}
