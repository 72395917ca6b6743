import Foundation
import Pictures
import Testing

@Suite("What is shown of a picture")
struct CutTests {
  /// Red from left to right and green from top to bottom, so that a part tells where it is from.
  private func map(_ width: Int, _ height: Int) -> Picture {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for y in 0..<height {
      for x in 0..<width {
        pixels.append(UInt8(x * 255 / (width - 1)))
        pixels.append(UInt8(y * 255 / (height - 1)))
        pixels.append(0)
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  private func shown(_ augmentation: Augmentation, of picture: Picture, seed: Int) -> Picture {
    var random = RandomStream(seed: UInt64(seed))
    return augmentation(picture, size: 64, using: &random)
  }

  /// The share of a picture's width, or height, that is shown of its map.
  private func share(_ shown: Picture, channel: Int, of side: Int) -> Double {
    // In the middle of the other side, and away from the borders.
    let step: Int = channel == 0 ? 1 : 64
    let middle: Int = 32 * (channel == 0 ? 64 : 1)
    let near = Int(shown.pixels[3 * (middle + 8 * step) + channel])
    let far = Int(shown.pixels[3 * (middle + 55 * step) + channel])
    let pixels = Double(far - near) / 255 * Double(side - 1)
    return pixels / Double(side) * 64 / 47
  }

  /// What 40,000 draws of torchvision 0.28's `RandomResizedCrop.get_params` with open_clip's
  /// `scale=(0.9, 1)` and `ratio=(3/4, 4/3)` show of pictures of these sizes in the mean.
  @Test(
    "open_clip's parts are as large as torchvision draws them",
    arguments: [
      (400, 300, 0.9682, 0.9898, 0.9586), (300, 300, 0.9707, 0.9706, 0.9421),
      (1200, 400, 0.4444, 1, 0.4444), (300, 900, 1, 0.4444, 0.4444),
    ])
  func openCLIP(width: Int, height: Int, across: Double, down: Double, area: Double) {
    let picture = map(width, height)
    var (wide, high, large) = (0.0, 0.0, 0.0)
    for seed in 0..<400 {
      let part = shown(.openCLIP, of: picture, seed: seed)
      let x = share(part, channel: 0, of: width)
      let y = share(part, channel: 1, of: height)
      wide += x / 400
      high += y / 400
      large += x * y / 400
    }
    #expect(abs(wide - across) < 0.012)
    #expect(abs(high - down) < 0.012)
    #expect(abs(large - area) < 0.012)
  }

  @Test("CLIP's is a square from anywhere along the longer side, at the resolution of its use")
  func clip() {
    let picture = map(192, 64)
    let whole = picture.resized(width: 192, height: 64, filter: .bicubic)
    var places: Set<Int> = []
    for seed in 0..<300 {
      let part = shown(.clip, of: picture, seed: seed)
      let place = (0...128).first { x in
        whole.cropped(x: x, y: 0, width: 64, height: 64) == part
      }
      guard let place else {
        Issue.record("seed \(seed) shows no square of the picture")
        return
      }
      places.insert(place)
    }
    #expect(places.count > 90 && places.contains { $0 < 8 } && places.contains { $0 > 120 })
    let square = map(80, 80)
    #expect(
      shown(.clip, of: square, seed: 1)
        == square.resized(width: 64, height: 64, filter: .bicubic))
  }

  @Test("Neither shows a mirror image")
  func noMirror() {
    for augmentation in [Augmentation.clip, .openCLIP] {
      for seed in 0..<50 {
        #expect(share(shown(augmentation, of: map(90, 70), seed: seed), channel: 0, of: 90) > 0.5)
      }
    }
  }

  @Test("Settings say it, and those of before show the middle")
  func coding() throws {
    let decoder = JSONDecoder()
    #expect(try decoder.decode(Augmentation.self, from: Data("{}".utf8)).cut == .middle)
    for augmentation in [Augmentation.clip, .openCLIP, .none] {
      let data = try JSONEncoder().encode(augmentation)
      #expect(try decoder.decode(Augmentation.self, from: data) == augmentation)
    }
  }
}
