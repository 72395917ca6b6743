import ArgumentParser
import Foundation
import Languages
import Pictoglot
import Reports
import Search

/// `pictoglot lens INDEX "사과" "apple"`
struct LensCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lens",
    abstract: "Compare what one concept finds in two or more languages.",
    discussion: """
      Ranks all pictures by each text and shows the rankings side by side: how many of the first \
      pictures they share, how far the order of all pictures agrees, and which pictures only one of \
      the texts finds. --out writes a contact sheet.

      Examples:
        pictoglot lens photos.index "빵" "bread" "mkate" --languages ko,en,sw
        pictoglot lens photos.index "Gift" "gift" --languages de,en --out gift
      """)

  @Argument(help: "An index made by “pictoglot index”.")
  var index: String

  @Argument(help: "The concept, two to eight times, in a language each.")
  var texts: [String]

  @Option(
    help: ArgumentHelp(
      "The language of each text as a BCP 47 tag, separated by commas; “auto” to detect it.",
      valueName: "tags"))
  var languages: String?

  @Option(
    help: ArgumentHelp(
      "Pictures at the top of each ranking that count as found.", valueName: "count"))
  var top = 10

  @Option(help: ArgumentHelp("A folder for lens.json and lens.html.", valueName: "folder"))
  var out: String?

  @Option(
    help: ArgumentHelp("Where the index's model is now, if it was moved.", valueName: "folder"))
  var model: String?

  @OptionGroup var device: DeviceOption
  @OptionGroup var common: CommonOptions

  /// The languages as they are given, one for each text; none if the option is not.
  private var named: [Substring] {
    languages?.split(separator: ",", omittingEmptySubsequences: false) ?? []
  }

  func validate() throws {
    guard ComparisonRequest.texts.contains(texts.count) else {
      throw ValidationError(
        "Give \(ComparisonRequest.texts.lowerBound) to \(ComparisonRequest.texts.upperBound) texts to compare, "
          + "not \(texts.count).")
    }
    guard languages == nil || named.count == texts.count else {
      throw ValidationError(
        "--languages names \(named.count) languages for \(texts.count) texts; “auto” leaves one to "
          + "be detected.")
    }
    guard SearchRequest.limits.contains(top) else {
      throw ValidationError(
        "--top must be \(SearchRequest.limits.lowerBound) to "
          + "\(SearchRequest.limits.upperBound), not \(top).")
    }
  }

  func run() async throws {
    common.apply()
    if let out { try requirePlace(forFolder: out) }
    let tags = try named.map { name -> LanguageTag? in
      let name = name.trimmingCharacters(in: .whitespaces)
      guard name != "auto" else { return nil }
      return try LanguageTag(name)
    }
    let queries = texts.enumerated().map { place, text in
      Query(text, language: tags.isEmpty ? nil : tags[place])
    }
    let index = try await PictureIndex(index, model: model, sides: .texts, device: device.device)
    let answer = try await index.engine.lens(ComparisonRequest(texts: queries, limit: top))
    Console.note(answer.columns.map(\.reading))
    let report = LanguageComparisonReport(
      answer,
      subject: [.init("Index", self.index), .init("Model", index.model.name)])
    if let out {
      var pictures: [String: (bytes: [UInt8], mediaType: String)] = [:]
      for hit in answer.columns.flatMap(\.hits).map(\.hit) {
        // The sheet shows the name of a picture whose file is gone.
        guard let file = try? await index.engine.picture(of: hit.id, longestSide: 160) else {
          continue
        }
        pictures[hit.entry.name] = (file.bytes, file.mediaType)
      }
      let paths = try report.write(toFolder: out) { pictures[$0] }
      Console.note("The contact sheet is \(paths.page), its values \(paths.json).")
    }
    if common.json {
      try Console.print(json: report)
    } else {
      Console.print(report.table())
    }
  }
}
