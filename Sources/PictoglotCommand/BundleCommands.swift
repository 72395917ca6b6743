import ArgumentParser
import Foundation
import Hub
import Pictoglot

/// `pictoglot export MODEL --out model.tar`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Pack a pulled model into one file, for a machine without a network.",
    discussion: """
      Models that it refers to, such as the CLIP whose pictures an M-CLIP's texts meet, are packed \
      with it.

      Example:
        pictoglot export visheratin/nllb-clip-base-oc --out nllb-clip.tar
      """)

  @Argument(help: "The name of a model that was pulled.")
  var model: String

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String

  @OptionGroup var common: CommonOptions

  private struct Summary: Encodable {
    let model: String
    let bundle: String
    let companions: [String]
  }

  func run() throws {
    common.apply()
    try requirePlace(forFile: out)
    let name = try ModelName(model)
    guard case .repository = name else {
      throw CommandError("\(model) is a folder already: copy it as it is.")
    }
    let line = ProgressLine("Packing", unit: "MB", json: common.json)
    let companions = try Hub().exportModel(name, to: out) { line.show(bytes: $0, of: $1) }
    if common.json {
      return try Console.print(
        json: Summary(model: "\(name)", bundle: out, companions: companions))
    }
    let others = companions.isEmpty ? "" : " and \(companions.joined(separator: ", "))"
    Console.note(
      "\(model)\(others) \(others.isEmpty ? "is" : "are") in \(out). "
        + "On the other machine: pictoglot import \(out)")
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

  private struct Summary: Encodable {
    let model: String
    let folder: String
    let commit: String?
    let bytes: Int64
    let license: String?
  }

  func run() throws {
    common.apply()
    let line = ProgressLine("Unpacking", unit: "MB", json: common.json)
    let models = try Hub().importBundle(bundle) { line.show(bytes: $0, of: $1) }
    for model in models {
      if common.json {
        try Console.print(
          json: Summary(
            model: "\(model.name)", folder: model.folder, commit: model.commit,
            bytes: model.bytes, license: model.licence))
      } else {
        Console.note("\(model.name) is in \(model.folder).")
        Console.note(licenseNote(model.licence))
      }
    }
  }
}

extension ProgressLine {
  /// Shows bytes as megabytes, of which a small file is one.
  fileprivate func show(bytes done: Int64, of total: Int64) {
    let isDone = done >= total
    let all = Int(max(1, total / 1_000_000))
    show(isDone ? all : min(all, Int(done / 1_000_000)), of: all)
  }
}
