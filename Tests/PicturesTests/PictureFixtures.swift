import Foundation
import Pictures

/// What `Tools/references/pictures.py` wrote down of Pillow.
struct PictureFixtures: Decodable {
  struct Entry: Decodable, Sendable { let width, height, start: Int }
  struct Resize: Decodable, Sendable {
    let source, made: Entry
    let filter: ResizeFilter
    let box: [Double]?
  }
  struct Framed: Decodable, Sendable {
    let source, crop, squash, pad: Entry
    let normalized: [Float]
  }
  struct File: Decodable, Sendable {
    let file: String
    let tolerance: Int
    let made: Entry
  }

  let resizes: [Resize]
  let preprocessings: [Framed]
  let framings: [[Int]]
  let formats: [File]

  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/pictures")

  static func load() throws -> PictureFixtures {
    let data = try Data(contentsOf: folder.appending(path: "pictures.json"))
    return try JSONDecoder().decode(PictureFixtures.self, from: data)
  }

  static func pictures() throws -> @Sendable (Entry) -> Picture {
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "pictures.bin")))
    return { entry in
      Picture(
        width: entry.width, height: entry.height,
        pixels: Array(bytes[entry.start..<entry.start + entry.width * entry.height * 3]))
    }
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }
}

extension Picture {
  /// The largest difference of any channel; 256 where the sizes differ.
  func difference(from other: Picture) -> Int {
    guard width == other.width, height == other.height else { return 256 }
    return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  /// The mean of each channel over a rectangle.
  func mean(x: Range<Int>, y: Range<Int>) -> [Double] {
    var sums = [0, 0, 0]
    for row in y {
      for column in x {
        let colour = self[column, row]
        sums[0] += Int(colour.red)
        sums[1] += Int(colour.green)
        sums[2] += Int(colour.blue)
      }
    }
    return sums.map { Double($0) / Double(x.count * y.count) }
  }

  /// Noise from a seed, with a few flat parts.
  static func noise(width: Int, height: Int, seed: UInt64 = 1) -> Picture {
    var random = RandomStream(seed: seed)
    let pixels = (0..<width * height * 3).map { _ in UInt8(random.below(256)) }
    return Picture(width: width, height: height, pixels: pixels)
  }

  /// A coloured disc on white.
  static func disc(side: Int) -> Picture {
    var pixels = [UInt8](repeating: 255, count: side * side * 3)
    let middle = Double(side - 1) / 2
    for y in 0..<side {
      for x in 0..<side {
        let (dx, dy) = (Double(x) - middle, Double(y) - middle)
        guard dx * dx + dy * dy < middle * middle * 0.5 else { continue }
        let at = (y * side + x) * 3
        (pixels[at], pixels[at + 1], pixels[at + 2]) = (200, 40, UInt8(x * 255 / side))
      }
    }
    return Picture(width: side, height: side, pixels: pixels)
  }
}
