import ArgumentParser
import Languages
import Pictoglot
import Search

/// `pictoglot search INDEX "빨간 사과" --limit 5`
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find the pictures nearest to a text, a picture, or both.",
    discussion: """
      The text may be in any language that the index's model has learned.

      Examples:
        pictoglot search photos.index "tufaha jekundu"
        pictoglot search photos.index --image apple.jpg "green" --limit 5
      """)

  @Argument(help: "An index made by “pictoglot index”.")
  var index: String

  @Argument(help: "What to look for.")
  var text: String?

  @Option(help: ArgumentHelp("A picture to look for.", valueName: "file"))
  var image: String?

  @Option(help: ArgumentHelp("The text's language, as a BCP 47 tag.", valueName: "tag"))
  var language: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The most pictures to show.", valueName: "count"))
  var limit = 10

  @Option(
    help: ArgumentHelp("Where the index's model is now, if it was moved.", valueName: "folder"))
  var model: String?

  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if text == nil, image == nil {
      throw ValidationError("Say what to look for: a text, --image FILE, or both.")
    }
    guard SearchRequest.limits.contains(limit) else {
      throw ValidationError(
        "--limit must be \(SearchRequest.limits.lowerBound) to "
          + "\(SearchRequest.limits.upperBound), not \(limit).")
    }
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    let language = try languageTags(language).first
    let index = try await PictureIndex(
      index, model: model, sides: image == nil ? .texts : text == nil ? .pictures : .both,
      device: device.device)
    let terms: [QueryTerm] = [
      text.map { QueryTerm.plus($0) }, image.map { QueryTerm.plus(pictureFile: $0) },
    ].compactMap { $0 }
    let answer = try await index.engine.search(
      SearchRequest(
        operands: try terms.map { try index.operand(of: $0, language: language) }, limit: limit,
        language: language))
    Console.note(answer.readings)
    let reading = answer.readings.first
    for (place, hit) in answer.hits.enumerated() {
      if common.json {
        try Console.print(json: HitRecord(hit: hit, rank: place + 1, reading: reading))
      } else {
        Console.print(hit)
      }
    }
  }
}
