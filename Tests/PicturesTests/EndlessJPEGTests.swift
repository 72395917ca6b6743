import Foundation
import Testing

@testable import Pictures

@Suite("JPEGs without their end mark")
struct EndlessJPEGTests {
  @Test(
    "Are read where no pixel is missing, and refused where one is",
    arguments: ["rgb.jpg", "grey.jpg", "progressive.jpg", "cmyk.jpg", "colours/p3_named_srgb.jpg"])
  func readsWholeOnes(name: String) throws {
    let whole = try PictureFixtures.bytes(name)
    #expect(whole.suffix(2) == [0xff, 0xd9])
    let picture = try Picture(decoding: whole)
    for missing in [1, 2] {
      #expect(try Picture(decoding: Array(whole.dropLast(missing))) == picture)
    }
    for missing in [8, 20, 40, whole.count / 4, whole.count / 2] {
      #expect(throws: PictureError.self, "\(missing)") {
        try Picture(decoding: Array(whole.dropLast(missing)))
      }
    }
  }

  @Test("Are refused where a whole scan is missing")
  func refusesFewerScans() throws {
    let whole = try PictureFixtures.bytes("progressive.jpg")
    let scans = JPEGSegments(whole).filter(\.isScan)
    #expect(scans.count > 3)
    for scan in scans.dropFirst() {
      let cut = Array(whole[..<(scan.body.lowerBound - 4)])
      #expect(JPEGSegments.closed(cut) == nil)
      #expect(throws: PictureError.self) { try Picture(decoding: cut) }
    }
  }

  @Test("Are read at a fraction of their size, too")
  func readsReduced() throws {
    let whole = try PictureFixtures.bytes("rgb.jpg")
    let limits = PictureLimits(maximumPixels: 200, maximumBytes: 1 << 20)
    let picture = try Picture(decoding: whole, limits: limits)
    #expect(try Picture(decoding: Array(whole.dropLast(2)), limits: limits) == picture)
  }
}

@Suite("Limits of pictures")
struct PictureLimitTests {
  @Test("A JPEG of too many pixels is read at the largest fraction that is within the limit")
  func reducesJPEGs() throws {
    // 24 × 18 pixels.
    let bytes = try PictureFixtures.bytes("rgb.jpg")
    for (limit, size) in [(432, [24, 18]), (431, [12, 9]), (107, [6, 5]), (29, [3, 3])] {
      let limits = PictureLimits(maximumPixels: limit, maximumBytes: 1 << 20)
      let picture = try Picture(decoding: bytes, limits: limits)
      #expect([picture.width, picture.height] == size)
      let header = try PictureHeader(decoding: bytes, limits: limits)
      #expect(header.width == 24 && header.height == 18)
      let reduced = try ReducedPicture(
        decoding: bytes, for: .clip(size: 24), isExact: true, limits: limits)
      #expect(reduced.width == 24 && reduced.height == 18)
      #expect(reduced.shrink == (24 + size[0] - 1) / size[0])
    }
    let limits = PictureLimits(maximumPixels: 8, maximumBytes: 1 << 20)
    let error = #expect(throws: PictureError.tooManyPixels(width: 24, height: 18, limit: 8)) {
      try Picture(decoding: bytes, limits: limits)
    }
    #expect(error?.description.contains("--max-pixels") == true)
  }

  @Test(
    "What takes the memory of the whole picture anyway is refused",
    arguments: ["progressive.jpg", "rgb.png", "rgb.gif", "lossy.webp", "lzw.tif", "rgb.bmp"])
  func refusesOthers(name: String) throws {
    let limits = PictureLimits(maximumPixels: 431, maximumBytes: 1 << 20)
    #expect(throws: PictureError.tooManyPixels(width: 24, height: 18, limit: 431)) {
      try Picture(decoding: PictureFixtures.bytes(name), limits: limits)
    }
  }

  @Test("By default a phone's 200 megapixels are read as JPEG, and 30000 × 30000 are not as PNG")
  func hasSensibleDefault() {
    let limits = PictureLimits.standard
    #expect(limits.leastShrink(width: 16320, height: 12240) == 2)
    #expect(limits.leastShrink(width: 12000, height: 9000) == 2)
    #expect(limits.leastShrink(width: 12000, height: 8000) == 1)
    #expect(limits.leastShrink(width: 30000, height: 30000) == 4)
    #expect(limits.leastShrink(width: .max, height: .max - 7) == nil)
  }
}
