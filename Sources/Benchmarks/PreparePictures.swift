import ArgumentParser
import Foundation
import Pictures

/// The Swift side of the picture benchmark; `Benchmarks/pictures/pillow.py` is Pillow's, and makes
/// the files.
struct PreparePictures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare-pictures",
    abstract: "Time decoding, resizing and varying of pictures, on one thread.")

  @Argument(help: "The folder that pillow.py made.") var folder: String

  @Flag(help: "Also decode JPEGs only as closely as needed, and say how far pixels differ.")
  var fast = false

  private static let files = [
    "12mp.jpg", "640x480.jpg", "640x480.png", "640x480.webp", "640x480.gif", "640x480.tif",
    "640x480.bmp", "256.jpg", "64.png",
  ]

  func run() throws {
    let clip = Preprocessing.clip(size: 224)
    for file in Self.files {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder).appending(path: file)))
      let picture = try Picture(decoding: bytes)
      try Self.measure("decode \(file)") { _ = try Picture(decoding: bytes) }
      Self.measure("resize to 224 \(file)") { _ = clip.picture(picture) }
      try Self.measure("decode and resize to 224 \(file)") {
        _ = clip.picture(try Picture(decoding: bytes))
      }
      guard fast, file.hasSuffix("jpg") else { continue }
      try compareReduced(bytes, exact: clip.picture(picture), file)
    }
    let source = try Picture(contentsOf: folder + "/256.jpg")
      .resized(width: 136, height: 128, filter: .bicubic)
    var random = RandomStream(seed: 1)
    Self.measure("strong augmentation to 64 of 136×128, of 1,000") {
      for _ in 0..<1_000 { _ = Augmentation.strong(source, size: 64, using: &random) }
    }
  }

  private func compareReduced(_ bytes: [UInt8], exact: Picture, _ file: String) throws {
    let clip = Preprocessing.clip(size: exact.width)
    try Self.measure("fast: decode and resize to 224 \(file)") {
      _ = clip.picture(try ReducedPicture(decoding: bytes, for: clip))
    }
    let reduced = try ReducedPicture(decoding: bytes, for: clip)
    let differences = zip(clip.picture(reduced).pixels, exact.pixels).map { abs(Int($0) - Int($1)) }
    let mean = Double(differences.reduce(0, +)) / Double(differences.count)
    print(
      "  decoded at 1/\(reduced.shrink); levels of difference: mean "
        + String(format: "%.2f", mean) + ", largest \(differences.max() ?? 0)")
  }

  /// The best of many runs, in CPU time of the whole process.
  private static func measure(_ name: String, _ body: () throws -> Void) rethrows {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    try body()
    var best = Double.infinity
    let start = now()
    while now() - start < 0.6 {
      let begin = now()
      try body()
      best = min(best, now() - begin)
    }
    let label = name.padding(toLength: 46, withPad: " ", startingAt: 0)
    print(label + String(format: "%9.3f ms", best * 1000))
  }
}
