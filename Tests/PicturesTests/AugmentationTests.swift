import Foundation
import Pictures
import Testing

@Suite("Augmentation")
struct AugmentationTests {
  private let disc = Picture.disc(side: 90)

  private func varied(
    _ picture: Picture, size: Int = 64, seed: UInt64 = 1, _ change: (inout Augmentation) -> Void
  ) -> Picture {
    var augmentation = Augmentation.none
    change(&augmentation)
    var random = RandomStream(seed: seed)
    return augmentation(picture, size: size, using: &random)
  }

  @Test("Without settings frames as the preprocessing does", arguments: Preprocessing.Fit.allCases)
  func noneIsPreprocessing(fit: Preprocessing.Fit) {
    let picture = Picture.noise(width: 80, height: 51)
    var preprocessing = Preprocessing.plain(size: 40)
    preprocessing.fit = fit
    #expect(varied(picture, size: 40) { $0.fit = fit } == preprocessing.picture(picture))
  }

  @Test("Gives the same from the same stream, and something else from another")
  func isDeterministic() {
    let seeds = (0..<20).map { UInt64($0) }
    let made = seeds.map { seed in varied(disc, seed: seed) { $0 = .strong } }
    let again = seeds.map { seed in varied(disc, seed: seed) { $0 = .strong } }
    #expect(made == again)
    #expect(Set(made.map(\.pixels)).count == seeds.count)
  }

  @Test(
    "Takes any shape and size", arguments: [(1, 1), (3, 700), (500, 2), (136, 128), (900, 700)])
  func takesAnyShape(width: Int, height: Int) {
    let picture = Picture.noise(width: width, height: height)
    for fit in Preprocessing.Fit.allCases {
      for seed in 0..<10 {
        let made = varied(picture, size: 32, seed: UInt64(seed)) {
          $0 = .strong
          $0.fit = fit
        }
        #expect(made.width == 32 && made.height == 32)
      }
    }
  }

  @Test("Keeps white where it turns, zooms out and bends a picture on white")
  func backgroundStaysWhite() {
    let white = Picture(width: 70, height: 50, colour: (255, 255, 255))
    let made = varied(white) {
      $0.scale = 0.5...2
      $0.rotation = 45
      $0.shear = 20
      $0.bending = 0.05
    }
    #expect(made == Picture(width: 64, height: 64, colour: (255, 255, 255)))
  }

  @Test("Resampling keeps the colours and the place of what is there")
  func warpIsFaithful() {
    // A scale that differs from 1 by nothing to speak of takes the way through the mesh.
    let plain = varied(disc) { _ in }
    let warped = varied(disc) { $0.scale = 1...1.000_001 }
    let (a, b) = (plain.mean(x: 0..<64, y: 0..<64), warped.mean(x: 0..<64, y: 0..<64))
    for (x, y) in zip(a, b) { #expect(abs(x - y) < 1) }
    let far = zip(plain.pixels, warped.pixels).filter { abs(Int($0) - Int($1)) > 40 }.count
    #expect(far < 200)
  }

  @Test("A large picture is averaged on its way down, not sampled")
  func doesNotAlias() {
    let noise = Picture.noise(width: 1024, height: 1024)
    let made = varied(noise, size: 32) { $0.scale = 0.98...0.99 }
    #expect(made.pixels.allSatisfy { abs(Int($0) - 128) < 30 })
  }

  @Test("Mirrors always, sometimes or never")
  func mirrors() {
    let picture = Picture.noise(width: 64, height: 64)
    #expect(varied(picture) { $0.flip = 1 } == picture.flippedHorizontally())
    let made = (0..<40).map { seed in varied(picture, seed: UInt64(seed)) { $0.flip = 0.5 } }
    #expect(made.contains(picture))
    #expect(made.contains(picture.flippedHorizontally()))
  }

  @Test("A new background leaves the inside alone, and what does not reach the border")
  func replacesBackground() {
    var pixels = [UInt8](repeating: 255, count: 64 * 64 * 3)
    for y in 20..<44 {
      for x in 20..<44 where !(28..<36).contains(x) || !(28..<36).contains(y) {
        for channel in 0..<3 { pixels[(y * 64 + x) * 3 + channel] = 10 }
      }
    }
    let ring = Picture(width: 64, height: 64, pixels: pixels)
    let made = varied(ring) { $0.background = 1 }
    #expect(made[0, 0] == made[63, 63])
    #expect(made[0, 0] != (255, 255, 255))
    #expect(made[32, 32] == (255, 255, 255))
    #expect(made[24, 24] == (10, 10, 10))
    let photo = Picture(width: 64, height: 64, colour: (90, 80, 70))
    #expect(varied(photo) { $0.background = 1 } == photo)
  }

  @Test("Grey is grey, a hue's turn keeps grey, and the negative is the negative")
  func changesColours() {
    let grey = varied(disc) { $0.grayscale = 1 }
    for at in stride(from: 0, to: grey.pixels.count, by: 3) {
      let (red, green, blue) = (grey.pixels[at], grey.pixels[at + 1], grey.pixels[at + 2])
      #expect(red == green && red == blue)
    }
    #expect(varied(grey) { $0.hue = 0.5 }.difference(from: grey) <= 1)
    let negative = varied(disc) { $0.inversion = 1 }
    #expect(zip(varied(disc) { _ in }.pixels, negative.pixels).allSatisfy { $0 + $1 == 255 })
    let full = varied(Picture(width: 64, height: 64, colour: (255, 0, 0))) { $0.channelSwap = 1 }
    #expect(full.pixels.reduce(0) { $0 + Int($1) } == 255 * 64 * 64)
  }

  @Test("Contrast and brightness stay within what is asked")
  func jitters() {
    let flat = Picture(width: 64, height: 64, colour: (100, 100, 100))
    for seed in 0..<50 {
      let bright = varied(flat, seed: UInt64(seed)) { $0.brightness = 0.2 }
      #expect((79...121).contains(bright[5, 5].red))
      #expect(varied(flat, seed: UInt64(seed)) { $0.contrast = 0.9 }.difference(from: flat) <= 1)
    }
  }

  @Test("Blur keeps the mean and takes away differences; so does coarseness")
  func softens() {
    let noise = Picture.noise(width: 64, height: 64)
    func spread(_ picture: Picture) -> Double {
      picture.pixels.map { abs(Double($0) - 128) }.reduce(0, +) / Double(picture.pixels.count)
    }
    let mean = noise.mean(x: 0..<64, y: 0..<64)
    for made in [
      varied(noise) {
        $0.blur = 1; $0.blurRadius = 1...1.5
      }, varied(noise) { $0.coarseness = 1 },
    ] {
      #expect(spread(made) < spread(noise) * 0.6)
      for (a, b) in zip(made.mean(x: 0..<64, y: 0..<64), mean) { #expect(abs(a - b) < 2) }
    }
    let flat = Picture(width: 64, height: 64, colour: (3, 200, 255))
    #expect(varied(flat) { $0.blur = 1 } == flat)
  }

  @Test("Erases no more than asked")
  func erases() {
    for seed in 0..<50 {
      let made = varied(Picture.noise(width: 64, height: 64), seed: UInt64(seed)) {
        $0.erasing = 1
        $0.erasedArea = 0.1...0.2
      }
      let changed = zip(made.pixels, Picture.noise(width: 64, height: 64).pixels)
        .filter { $0 != $1 }.count
      #expect(changed <= Int(0.2 * 64 * 64 * 3))
      #expect(changed > Int(0.08 * 64 * 64 * 3))
    }
  }

  @Test("Is a value that JSON keeps; what JSON leaves out changes nothing")
  func isCodable() throws {
    let data = try JSONEncoder().encode(Augmentation.strong)
    #expect(try JSONDecoder().decode(Augmentation.self, from: data) == .strong)
    let sparse = try JSONDecoder().decode(Augmentation.self, from: Data(#"{"flip":0.5}"#.utf8))
    var expected = Augmentation.none
    expected.flip = 0.5
    #expect(sparse == expected)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Augmentation.self, from: Data(#"{"scale":[1,0]}"#.utf8))
    }
  }
}
