import ArgumentParser
import Evaluation
import Files
import Foundation
import Pictoglot

/// `pictoglot compare RUN RUN…`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runs in charts.",
    discussion: """
      Shows how far each run is, its loss, recall and speed, and the settings in which they differ. \
      Of runs that differ only in their seeds, mean and standard deviation are shown. Works while \
      they train, too.

      Examples:
        pictoglot compare run-a run-b
        pictoglot compare run --out progress.svg
        pictoglot compare run-a run-b run-c --out runs.html
      """)

  @Argument(help: ArgumentHelp("Folders of runs.", valueName: "run"))
  var runs: [String]

  @Option(
    help: ArgumentHelp(
      "A page (.html) or drawing (.svg) of loss and recall to write.", valueName: "file"))
  var out: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let out, !out.hasSuffix(".html"), !out.hasSuffix(".svg") {
      throw ValidationError("--out must end in .html or .svg.")
    }
  }

  func run() throws {
    common.apply()
    if let out { try requirePlace(forFile: out) }
    let comparison = try RunComparison(runs)
    for problem in comparison.problems { Console.error(problem) }
    if let out {
      let text = out.hasSuffix(".svg") ? comparison.drawing : comparison.page
      try writeWhole(Data(text.utf8), to: out)
    }
    if common.json {
      for row in comparison.rows { try Console.print(json: row) }
      for arm in comparison.arms { try Console.print(json: arm) }
    } else {
      Console.print(comparison.table())
    }
  }
}
