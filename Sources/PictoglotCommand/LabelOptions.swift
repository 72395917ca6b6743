import ArgumentParser
import Corpora
import Files
import Foundation
import Languages
import Pictoglot

/// The labels that a person gives, and what they are put into.
struct LabelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Labels, separated by commas.", valueName: "labels"))
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "A file of labels: one a line; or TSV, CSV or JSON with names in several languages, each of "
        + "which is classified by.", valueName: "file"))
  var labelsFile: String?

  @Option(
    help: ArgumentHelp("Which of a JSON file's collections of labels.", valueName: "name"))
  var labelSet: String?

  @Option(
    help: ArgumentHelp(
      "The labels' language, as a BCP 47 tag; of a file with several, those wanted, separated by "
        + "commas.", valueName: "tag"))
  var language: String?

  @Option(
    help: ArgumentHelp(
      "A sentence that each label is put into, at {}; the usual ones of its language if not given.",
      valueName: "text"))
  var template: String?

  @Option(
    help: ArgumentHelp(
      "A file of such sentences: one a line, or JSON with a list for each language.",
      valueName: "file"))
  var templateFile: String?

  @Flag(help: "Embed the labels without a template.")
  var noTemplate = false

  func validate() throws {
    guard (labels == nil) != (labelsFile == nil) else {
      throw ValidationError("Give either --labels or --labels-file.")
    }
    if labelSet != nil, labelsFile == nil {
      throw ValidationError("--label-set goes with --labels-file.")
    }
    let ways = [template != nil, templateFile != nil, noTemplate].count { $0 }
    guard ways <= 1 else {
      throw ValidationError("Give one of --template, --template-file and --no-template.")
    }
  }

  /// The labels in the languages wanted.
  func list() throws -> LabelList {
    let tags = try languageTags(language)
    let list =
      if let labelsFile {
        try LabelList(contentsOf: labelsFile, set: labelSet)
      } else {
        // “a,,b” has a blank label, which is refused; nothing at all has none.
        try LabelList(
          (labels ?? "").split(separator: ",", omittingEmptySubsequences: labels == "")
            .map(String.init))
      }
    return try list.only(tags)
  }

  /// What labels are put into, for all languages and for single ones.
  func templates() throws -> (all: ImageTextModel.Templates, byLanguage: [String: [String]]) {
    if noTemplate { return (.none, [:]) }
    if let template { return (.own(try PromptTemplates([template]).templates), [:]) }
    guard let path = templateFile else { return (.usual, [:]) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PromptTemplateError.unreadable(
        path: path, reason: FileError(.read, path).reason.lowercased())
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw PromptTemplateError.unreadable(path: path, reason: "it is not text in UTF-8")
    }
    guard path.lowercased().hasSuffix(".json") else {
      return (.own(try PromptTemplates(lines: text, path: path).templates), [:])
    }
    return try templates(json: data, path: path)
  }

  /// A list of sentences, or lists by language or by collection of labels.
  private func templates(json data: Data, path: String) throws
    -> (all: ImageTextModel.Templates, byLanguage: [String: [String]])
  {
    if let list = try? JSONDecoder().decode([String].self, from: data) {
      return (.own(try PromptTemplates(list).templates), [:])
    }
    guard let lists = try? JSONDecoder().decode([String: [String]].self, from: data) else {
      throw PromptTemplateError.unreadable(
        path: path, reason: "it is neither a list of sentences nor lists by language")
    }
    if let labelSet, let list = lists[labelSet] {
      return (.own(try PromptTemplates(list).templates), [:])
    }
    var byLanguage: [String: [String]] = [:]
    for (name, list) in lists.sorted(by: { $0.key < $1.key }) {
      // Lists for other collections of labels are no languages, and none of this one's business.
      guard let tag = try? LanguageTag(name) else { continue }
      byLanguage[tag.text] = list.map { $0.replacing("{c}", with: "{}") }
    }
    return (.usual, byLanguage)
  }
}
