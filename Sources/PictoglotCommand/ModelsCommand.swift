import ArgumentParser
import Foundation
import Hub
import Models

/// `pictoglot models`
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the published models that run here, and which are on this machine.",
    discussion: """
      Other models of the same families run too; “pictoglot pull” says if one does not.

      Examples:
        pictoglot models
        pictoglot models --cached --json
      """)

  @Flag(help: "Only what is on this machine.")
  var cached = false

  @OptionGroup var common: CommonOptions

  private struct Line: Encodable {
    let model: String
    let family: String?
    let languages: [String]
    let license: String?
    let bytes: Int64?
    let isCached: Bool
  }

  func run() throws {
    common.apply()
    let here = Hub().cachedModels()
    var lines: [Line] = []
    for family in families {
      for model in family.published {
        let repository = model.name.split(separator: "@").first.map(String.init) ?? model.name
        let copy = here.first { $0.repository == repository }
        lines.append(
          Line(
            model: model.name, family: family.name, languages: model.languages,
            license: model.license ?? copy?.licence,
            bytes: copy?.bytes ?? model.bytes.map(Int64.init),
            isCached: copy != nil))
      }
    }
    let known = Set(lines.map { $0.model.split(separator: "@").first.map(String.init) ?? "" })
    for copy in here where !known.contains(copy.repository) {
      let files = try? copy.commits.first.map {
        try ModelFiles(
          folder: PublishedFolder(path: copy.path + "/snapshots/" + $0))
      }
      lines.append(
        Line(
          model: copy.repository, family: nil, languages: files?.card.languages ?? [],
          license: copy.licence, bytes: copy.bytes, isCached: true))
    }
    if cached { lines = lines.filter(\.isCached) }
    if common.json {
      for line in lines { try Console.print(json: line) }
      return
    }
    if lines.isEmpty { Console.note("No model is on this machine yet. Try “pictoglot models”.") }
    var shown: String?
    for line in lines {
      if line.family != shown {
        shown = line.family
        Console.print(families.first { $0.name == shown }?.title ?? "Others on this machine")
      }
      let facts = [
        line.languages.joined(separator: " "), line.bytes.map(megabytes),
        line.license ?? "no licence stated", line.isCached ? "here" : nil,
      ].compactMap { $0 }.filter { !$0.isEmpty }
      Console.print("  \(line.model): \(facts.joined(separator: ", "))")
    }
  }
}
