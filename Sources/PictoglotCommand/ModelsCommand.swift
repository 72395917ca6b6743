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
      Other models of the same families run too; “pictoglot pull” says if one does not. Of each \
      is said what its ids and vectors were compared with, on random numbers: its authors' library \
      (transformers, open_clip, timm), the program that they released, or a restatement of it; and \
      whether its own numbers were compared as well.

      Examples:
        pictoglot models
        pictoglot models --cached --json
      """)

  @Flag(help: "Only what is on this machine.")
  var cached = false

  @OptionGroup var common: CommonOptions

  /// The JSON of one model.
  private struct Line: Encodable {
    let model: String
    let family: String?
    let languages: [String]
    let license: String?
    let bytes: Int64?
    let isCached: Bool
    let reference: String?
    let isProvenWhole: Bool?
    let note: String?

    /// How it was proven, for people.
    var proof: String? {
      let words = ["restatement": "a restatement", "authors": "its authors' code"]
      return reference.map {
        "checked against \(words[$0] ?? $0)"
          + (isProvenWhole == true ? " with its own weights" : "")
      }
    }
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
            license: model.license ?? copy?.license,
            bytes: copy?.bytes ?? model.bytes.map(Int64.init),
            isCached: copy != nil, reference: (model.reference ?? family.reference).rawValue,
            isProvenWhole: model.isProvenWhole, note: copy.flatMap(files)?.card.note))
      }
    }
    let known = Set(lines.map { $0.model.split(separator: "@").first.map(String.init) ?? "" })
    for copy in here where !known.contains(copy.repository) {
      let files = files(of: copy)
      lines.append(
        Line(
          model: copy.repository, family: nil, languages: files?.card.languages ?? [],
          license: copy.license, bytes: copy.bytes, isCached: true, reference: nil,
          isProvenWhole: nil, note: files?.card.note))
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
        line.license ?? "no license stated", line.proof, line.isCached ? "here" : nil,
        line.note.map { "note: " + $0 },
      ].compactMap { $0 }.filter { !$0.isEmpty }
      Console.print("  \(line.model): \(facts.joined(separator: ", "))")
    }
  }

  /// What is read of a model in the cache, if it can be.
  private func files(of copy: CachedModel) -> ModelFiles? {
    try? copy.commits.first.map {
      try ModelFiles(folder: PublishedFolder(path: copy.path + "/snapshots/" + $0))
    }
  }
}
