import Foundation
import Testing

@testable import Pictures

@Suite("Reduced pictures")
struct ReducedPictureTests {
  /// Smooth colours that no fraction of the size loses.
  private func waves(width: Int, height: Int) -> Picture {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (a, b) = (Double(x) / 31, Double(y) / 23)
        for value in [sin(a), sin(a + b), cos(b)] { pixels.append(UInt8(128 + 100 * value)) }
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  @Test(
    "Are nearly what a model sees of the full ones, whatever the framing and the odd pixels",
    arguments: Preprocessing.Fit.allCases, [(512, 384), (523, 397), (401, 598)])
  func isNearlyExact(fit: Preprocessing.Fit, size: (Int, Int)) throws {
    let file = try waves(width: size.0, height: size.1).jpeg(quality: 98)
    for side in [24, 48, 96] {
      var preprocessing = Preprocessing.clip(size: side)
      preprocessing.fit = fit
      let reduced = try ReducedPicture(decoding: file, for: preprocessing)
      #expect(reduced.shrink > 1)
      #expect(reduced.width == size.0 && reduced.height == size.1)
      let exact = preprocessing.picture(try Picture(decoding: file))
      #expect(preprocessing.picture(reduced).difference(from: exact) <= 8, "\(side)")
    }
  }

  @Test("Keep their place when EXIF turns them", arguments: 1...8)
  func keepsPlace(orientation: Int) throws {
    let stored = try waves(width: 523, height: 397).jpeg(quality: 98)
    // EXIF data of one tag, behind the first two bytes of the file.
    let tag: [UInt8] = [1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0, 0]
    let exif = Array("Exif\0\0II".utf8) + [42, 0, 8, 0, 0, 0] + tag
    let file = stored[..<2] + [0xff, 0xe1, 0, UInt8(exif.count + 2)] + exif + stored[2...]
    var preprocessing = Preprocessing.clip(size: 32)
    preprocessing.fit = .squash
    let reduced = try ReducedPicture(decoding: Array(file), for: preprocessing)
    #expect(reduced.shrink == 4)
    let exact = preprocessing.picture(try Picture(decoding: Array(file)))
    #expect(preprocessing.picture(reduced).difference(from: exact) <= 6)
  }

  @Test("Are full where the file is no JPEG, the picture is small, or the filter skips pixels")
  func isExactOtherwise() throws {
    let picture = waves(width: 400, height: 300)
    let (png, jpeg) = (try picture.png(), try picture.jpeg(quality: 90))
    let small = Preprocessing.clip(size: 32)
    let large = Preprocessing.clip(size: 151)
    let aliased = Preprocessing.brivl(size: 32)
    for (file, preprocessing) in [(png, small), (jpeg, large), (jpeg, aliased)] {
      let reduced = try ReducedPicture(decoding: file, for: preprocessing)
      #expect(reduced.shrink == 1)
      #expect(preprocessing(reduced) == preprocessing(try Picture(decoding: file)))
    }
  }

  @Test("Leave at least twice a model's pixels each way")
  func keepsMargin() {
    let clip = Preprocessing.clip(size: 224)
    #expect(clip.shrink(width: 4000, height: 3000) == 4)
    #expect(clip.shrink(width: 3584, height: 5000) == 8)
    #expect(clip.shrink(width: 896, height: 1000) == 2)
    #expect(clip.shrink(width: 895, height: 9000) == 1)
    #expect(Preprocessing.plain(size: 224).shrink(width: 900, height: 100) == 2)
  }

  @Test("Come in other colours too, and refuse what full ones refuse")
  func handlesTheUnusual() throws {
    let cmyk = try PictureFixtures.bytes("cmyk.jpg")
    let preprocessing = Preprocessing.clip(size: 4)
    let reduced = try ReducedPicture(decoding: cmyk, for: preprocessing)
    #expect(reduced.shrink == 2)
    let exact = preprocessing.picture(try Picture(decoding: cmyk))
    #expect(preprocessing.picture(reduced).difference(from: exact) <= 24)
    let cut = Array(try waves(width: 512, height: 384).jpeg(quality: 98)[..<9000])
    #expect(throws: PictureError.self) { try ReducedPicture(decoding: cut, for: preprocessing) }
    let limits = PictureLimits(maximumPixels: 8, maximumBytes: 1 << 20)
    #expect(throws: PictureError.self) {
      try ReducedPicture(decoding: cmyk, for: preprocessing, limits: limits)
    }
  }
}
