import ArgumentParser
import Foundation
import Pictures

/// Picture files decoded and resized, on one thread.
struct PreparePictures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare-pictures",
    abstract: "Time decoding and resizing of picture files, on one thread.")

  @Argument(help: "A folder of pictures.") var folder: String
  @Option(help: "Side after resizing and cropping, in pixels.") var size = 224
  @Option(help: "Rounds; the best counts.") var rounds = 3

  func run() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let paths = names.map { folder + "/" + $0 }
    let preprocessing = Preprocessing.clip(size: size)
    var (decoding, resizing) = (Double.infinity, Double.infinity)
    for _ in 0..<rounds {
      var pictures: [Picture] = []
      decoding = min(
        decoding, try seconds { pictures = try paths.map { try Picture(contentsOf: $0) } })
      resizing = min(
        resizing, seconds { for picture in pictures { _ = preprocessing.picture(picture) } })
    }
    let count = Double(paths.count)
    print(
      "pictoglot, 1 thread, \(paths.count) pictures: decoding \(Int(count / decoding)) pictures/s, "
        + "resizing to \(size) \(Int(count / resizing)) pictures/s")
  }
}
