import ArgumentParser
import Foundation
import Hub

/// `pictoglot export MODEL --out model.tar`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Pack a pulled model into one file, for a machine without a network.",
    discussion: """
      Example:
        pictoglot export visheratin/nllb-clip-base-oc --out nllb-clip.tar
      """)

  @Argument(help: "The name of a model that was pulled.")
  var model: String

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    try requirePlace(forFile: out)
    let name = try ModelName(model)
    guard case .repository = name else {
      throw CommandError("\(model) is a folder already: copy it as it is.")
    }
    try Hub().exportBundle(name, to: out)
    Console.note("\(model) is in \(out). On the other machine: pictoglot import \(out)")
  }
}

/// `pictoglot import model.tar`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Unpack a model that “pictoglot export” packed.",
    discussion: """
      Example:
        pictoglot import nllb-clip.tar
      """)

  @Argument(help: "The file.")
  var bundle: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    let model = try Hub().importBundle(bundle)
    Console.note("\(model.name) is in \(model.folder).")
    Console.note(licenseNote(model.licence))
  }
}
