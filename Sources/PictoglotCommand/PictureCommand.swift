import ArgumentParser
import Checkpoints
import Files
import Foundation
import Models
import Pictures
import Training

/// `pictoglot picture FILE…`
struct PictureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "picture",
    abstract: "Read pictures, and show the exact pixels that a model would see.",
    discussion: """
      Prints an object a file: path, format, width, height, orientation …, or path and error. Ends \
      with status 1 if any file could not be read.

      Examples:
        pictoglot picture photo.jpg
        pictoglot picture photo.jpg --model run --save seen.png
        pictoglot picture photo.jpg --size 224 --fit crop --filter bicubic --save seen.npy
      """)

  @Argument(help: "Picture files.")
  var files: [String]

  @Option(help: ArgumentHelp("Prepare them as this model does.", valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("Or to this side, in pixels.", valueName: "pixels"))
  var size: Int?

  @Option(help: "crop, squash or pad.")
  var fit = Preprocessing.Fit.crop

  @Option(help: "bicubic or bilinear.")
  var filter = ResizeFilter.bicubic

  @Option(
    help: ArgumentHelp(
      "Save the prepared picture, of one file only, as .png or .npy ([3, size, size], normalized).",
      valueName: "file"))
  var save: String?

  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  /// The JSON of one file: its header, or why it cannot be read.
  private struct Line: Encodable {
    let path: String
    var header: PictureHeader?
    var error: String?

    func encode(to encoder: any Encoder) throws {
      try header?.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(path, forKey: .path)
      try container.encodeIfPresent(error, forKey: .error)
    }

    enum Key: String, CodingKey { case path, error }
  }

  func validate() throws {
    if let size, !(1...8192).contains(size) {
      throw ValidationError("--size must be 1 to 8192, not \(size).")
    }
    if let save {
      guard files.count == 1 else { throw ValidationError("--save goes with one file.") }
      guard save.hasSuffix(".png") || save.hasSuffix(".npy") else {
        throw ValidationError("--save must end in .png or .npy.")
      }
    }
    if model != nil, size != nil { throw ValidationError("Give either --model or --size.") }
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    let preprocessing = try preprocessing()
    var failed = false
    for path in files {
      do {
        let header = try PictureHeader(contentsOf: path)
        let picture = try Picture(contentsOf: path)
        if let save { try write(picture, preprocessing, to: save) }
        try Console.print(json: Line(path: path, header: header))
      } catch let error as PictureError {
        try Console.print(json: Line(path: path, error: "\(error)"))
        failed = true
      }
    }
    if failed { throw ExitCode(1) }
  }

  /// The preprocessing of --model, or of --size with its options; nil without either.
  private func preprocessing() throws -> Preprocessing? {
    if let model { return try card(of: model).preprocessing }
    guard let size else { return nil }
    var preprocessing = Preprocessing.plain(size: size)
    (preprocessing.fit, preprocessing.filter) = (fit, filter)
    return preprocessing
  }

  /// Writes the prepared picture as .npy or .png.
  private func write(_ picture: Picture, _ preprocessing: Preprocessing?, to path: String) throws {
    let seen = preprocessing?.picture(picture) ?? picture
    if path.hasSuffix(".npy") {
      let preprocessing = preprocessing ?? .plain(size: seen.width)
      try writeNumPy(
        preprocessing.normalized(seen), shape: [3, seen.height, seen.width], to: path)
    } else {
      try writeWhole(Data(seen.png()), to: path)
    }
  }
}

/// What a model's folder says of it, without its numbers.
func card(of folder: String) throws -> ModelCard {
  try ModelCard(folder: folder)
}

extension Preprocessing.Fit: ExpressibleByArgument {}
extension ResizeFilter: ExpressibleByArgument {}
