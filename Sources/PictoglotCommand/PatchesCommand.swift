import ArgumentParser
import Files
import Foundation
import Languages
import Pictoglot
import Pictures
import Search

/// `pictoglot patches MODEL IMAGE "a red bicycle" --png where.png`
struct PatchesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patches",
    abstract: "Find where in a picture something is.",
    discussion: """
      Cuts the picture into equal tiles and embeds each as a picture of its own, as KoCLIP's \
      text-to-patch does; a tile's probability is the softmax over all tiles. With --dense, the \
      parts that the model itself sees are compared with the text instead, from one pass: finer, \
      faster, and not offered by every model.

      Examples:
        pictoglot patches run street.jpg "빨간 자전거" --png where.png
        pictoglot patches run street.jpg "a red bicycle" "a dog" --rows 4 --columns 6
        pictoglot patches org/model street.jpg "a red bicycle" --dense --svg where.svg
      """)

  @Argument(help: "The folder of a model, or the name of one that was pulled.")
  var model: String

  @Argument(help: "A picture file.")
  var image: String

  @Argument(help: "What to look for; several texts are answered one by one.")
  var texts: [String]

  @Option(help: ArgumentHelp("Tiles below each other; 3 unless given.", valueName: "count"))
  var rows: Int?

  @Option(help: ArgumentHelp("Tiles beside each other; 3 unless given.", valueName: "count"))
  var columns: Int?

  @Flag(help: "A heat map of what the model sees, in place of tiles.")
  var dense = false

  @Option(help: ArgumentHelp("The texts' language, as a BCP 47 tag.", valueName: "tag"))
  var language: String?

  @Option(help: ArgumentHelp("Draw the scores over the picture, as .png.", valueName: "file"))
  var png: String?

  @Option(
    help: ArgumentHelp("The same as .svg, which shows every score on hover.", valueName: "file"))
  var svg: String?

  @OptionGroup var precision: PrecisionOption
  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let allowed = 1...TileGrid.most
    for (name, count) in [("--rows", rows), ("--columns", columns)] {
      guard let count else { continue }
      if dense { throw ValidationError("\(name) goes with tiles, not with --dense.") }
      guard allowed.contains(count) else {
        throw ValidationError(
          "\(name) must be \(allowed.lowerBound) to \(allowed.upperBound), not \(count).")
      }
    }
    for (option, path) in [("png", png), ("svg", svg)] {
      guard let path, !path.lowercased().hasSuffix("." + option) else { continue }
      throw ValidationError("--\(option) must end in .\(option).")
    }
    guard !texts.contains(where: \.isBlank) else {
      throw ValidationError("A text to look for is empty.")
    }
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    let language = try languageTags(language).first
    for path in [png, svg] { if let path { try requirePlace(forFile: path) } }
    let picture = try Picture(contentsOf: image)
    let queries = texts.map { Query($0, language: language) }
    // A picture smaller than its grid is refused before a model is loaded.
    let grid =
      !dense
      ? try TileGrid(
        width: picture.width, height: picture.height, rows: rows ?? 3, columns: columns ?? 3,
        path: image) : nil
    let model = try await ImageTextModel(
      model, precision: precision.precision, device: device.device)
    if let grid {
      let tiles = try await model.tileScores(of: picture, for: queries, grid: grid)
      Console.note(tiles.map(\.reading))
      try write(PictureOverlay(picture, tiles: tiles))
      for scores in tiles { try show(scores) }
    } else {
      let maps = try await model.heatMaps(of: picture, for: queries)
      Console.note(maps.map(\.reading))
      try write(PictureOverlay(picture, maps: maps))
      for map in maps { try show(map, of: picture) }
    }
  }

  /// Writes the drawings asked for, before anything is printed: a reader may go away (| head).
  private func write(_ overlay: PictureOverlay) throws {
    if let svg { try write(Data(try overlay.svg().utf8), to: svg) }
    if let png { try write(Data(try overlay.png()), to: png) }
  }

  /// Writes a drawing and says where it is.
  private func write(_ data: Data, to path: String) throws {
    try writeWhole(data, to: path)
    Console.note("The picture with its scores is in \(path).")
  }
}
