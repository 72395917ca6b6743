import ArgumentParser
import Foundation
import Hub
import Models
import Pictoglot

/// `pictoglot export MODEL --out model.tar`, `pictoglot export RUN --to huggingface --out FOLDER`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model for other libraries, or pack a pulled one into one file.",
    discussion: """
      With --to, any model here, runs included, is written as a checkpoint that Hugging Face's \
      transformers or open_clip loads, with equal outputs. A tower that the library lacks is \
      refused.

      Without, a pulled model is packed into one file for a machine without a network. Models that \
      it refers to, such as the CLIP whose pictures an M-CLIP's texts meet, are packed with it.

      Examples:
        pictoglot export run --to huggingface --out run-hf
        pictoglot export run --to open_clip --out run-open-clip
        pictoglot export visheratin/nllb-clip-base-oc --out nllb-clip.tar
      """)

  @Argument(help: "A run's folder, or the name of a model that was pulled.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "huggingface or open_clip: the library that will load it.", valueName: "library"),
    transform: { text in
      guard let format = ExportFormat(rawValue: text) else {
        let known = ExportFormat.allCases.map(\.rawValue).joined(separator: " or ")
        throw ValidationError("--to is \(known), not “\(text)”.")
      }
      return format
    })
  var to: ExportFormat?

  @Option(
    help: ArgumentHelp(
      "With --to, where the checkpoint will be loaded from: org/repo, which open_clip's settings "
        + "may have to name; --out, if not given.", valueName: "place"))
  var place: String?

  @Option(help: ArgumentHelp("The file to write, or with --to the folder.", valueName: "path"))
  var out: String

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if place != nil, to == nil {
      throw ValidationError("--place says where a checkpoint is loaded from: give --to with it.")
    }
  }

  /// The JSON that --json prints.
  private struct Summary: Encodable {
    let model: String
    let bundle: String
    let companions: [String]
  }

  func run() throws {
    common.apply()
    if let to { return try write(for: to) }
    try requirePlace(forFile: out)
    let name = try ModelName(model)
    guard case .repository = name else {
      throw CommandError(
        "\(model) is a folder already: copy it as it is, or say with --to which library it is for.")
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

  /// Writes the model as a checkpoint of another library.
  private func write(for format: ExportFormat) throws {
    try requirePlace(forFolder: out)
    let folder = PublishedFolder(
      path: try modelFolder(named: model), companions: companionFolder)
    let written = try Model.export(
      try ModelFiles(folder: folder), as: format, to: out, place: place)
    if common.json { return try Console.print(json: written) }
    Console.note("\(out) is a \(written.architecture) of \(format.title).")
    for note in written.notes { Console.note(note) }
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

  /// The JSON that --json prints.
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
            bytes: model.bytes, license: model.license))
      } else {
        Console.note("\(model.name) is in \(model.folder).")
        Console.note(licenseNote(model.license))
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
