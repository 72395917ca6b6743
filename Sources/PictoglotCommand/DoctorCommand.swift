import ArgumentParser
import Foundation
import Models
import Pictoglot

/// `pictoglot doctor MODEL`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check that a model is complete and computes what its authors' code does.",
    discussion: """
      Loads the model, checks that every weight is finite, embeds probe texts and pictures, and \
      compares the outputs with those that its authors printed, where known, and with those of a \
      reference implementation, where the model's folder or --reference has a record.

      Examples:
        pictoglot doctor visheratin/nllb-clip-base-oc
        pictoglot doctor koclip/koclip-base --pictures photos
        pictoglot doctor laion/CLIP-ViT-H-14-laion2B-s32B-b79K --text-only
      """)

  @Argument(help: "The folder of a model, or the name of one that was pulled.")
  var model: String

  @Option(
    help: ArgumentHelp("The folder with the pictures that the authors used.", valueName: "folder"))
  var pictures: String?

  @Option(
    help: ArgumentHelp(
      "Recorded outputs of a reference implementation (doctor.py).", valueName: "file"))
  var reference: String?

  @Flag(help: "Load and check only the text tower.")
  var textOnly = false

  @Flag(help: "Load and check only the image tower.")
  var imageOnly = false

  @OptionGroup var device: DeviceOption
  @OptionGroup var common: CommonOptions

  private var sides: ImageTextModel.Sides { textOnly ? .texts : imageOnly ? .pictures : .both }

  func validate() throws {
    guard !(textOnly && imageOnly) else {
      throw ValidationError("Give --text-only or --image-only, not both.")
    }
  }

  func run() throws {
    common.apply()
    let begun = ContinuousClock.now
    let checkup = try Checkup(model, sides: sides, device: device.device)
    let card = checkup.model.card
    let seconds = (ContinuousClock.now - begun) / .seconds(1)
    let side = textOnly ? ", texts alone," : imageOnly ? ", pictures alone," : ""
    var wrong = 0
    func show(_ finding: Checkup.Finding) throws {
      if finding.verdict == .wrong { wrong += 1 }
      if common.json { return try Console.print(json: finding) }
      let sign =
        switch finding.verdict {
        case .fine: "✓"
        case .wrong: "✗"
        case .unknown: "·"
        }
      Console.print("\(sign) \(finding.what): \(finding.detail)")
    }
    try show(
      .init(
        what: "files", verdict: .fine,
        detail: "\(card.name)\(side) loaded in \(rounded(seconds, 1)) s; every tensor is used"
      ))
    if let note = card.note { try show(.init(what: "settings", verdict: .unknown, detail: note)) }
    if !common.json { Console.note(licenseNote(card.license)) }
    try show(try checkup.numbers())
    for finding in try checkup.tokens() + checkup.vectors() { try show(finding) }
    let beside = try modelFolder(named: model) + "/" + ReferenceRecord.fileName
    if let path = reference ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil) {
      for finding in try checkup.compare(with: try ReferenceRecord(path: path)) {
        try show(finding)
      }
    } else {
      try show(
        .init(
          what: "reference", verdict: .unknown,
          detail: "no record here; Tools/references/doctor.py makes one"))
    }
    for finding in try checkup.compareWithAuthors(pictures: pictures) { try show(finding) }
    for finding in try checkup.speed() { try show(finding) }
    if wrong > 0 { throw CommandError("\(model) failed \(wrong) of the checks.") }
  }
}
