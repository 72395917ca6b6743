import Foundation
import Pictures
import Testing

@Suite("Bitmaps and pixmaps")
struct BitmapTests {
  /// A BMP file of 2 × 2 pixels or another size, from its parts.
  private func bitmap(
    width: Int = 2, height: Int = 2, bits: Int, compression: Int = 0, masks: [UInt32] = [],
    palette: [[UInt8]] = [], pixels: [UInt8]
  ) -> [UInt8] {
    func long(_ value: Int) -> [UInt8] {
      let bits = UInt32(truncatingIfNeeded: value)
      return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
    var extra: [UInt8] = []
    for mask in masks { extra += long(Int(mask)) }
    for colour in palette { extra += colour + [0] }
    let start = 54 + extra.count
    var file: [UInt8] = [0x42, 0x4d]
    for value in [start + pixels.count, 0, start, 40, width, height] { file += long(value) }
    file += [1, 0, UInt8(bits), 0]
    for value in [compression, pixels.count, 0, 0, palette.count, 0] { file += long(value) }
    return file + extra + pixels
  }

  private let colours: [[UInt8]] = [[0, 0, 255], [0, 255, 0], [255, 0, 0], [255, 255, 255]]
  /// Red and green above blue and white.
  private let expected = Picture(
    width: 2, height: 2, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])

  @Test("Reads rows upwards and downwards, and colours of any number of bits")
  func readsPlain() throws {
    let files = [
      bitmap(bits: 4, palette: colours, pixels: [0x23, 0, 0, 0, 0x01, 0, 0, 0]),
      bitmap(bits: 8, palette: colours, pixels: [2, 3, 0, 0, 0, 1, 0, 0]),
      bitmap(bits: 2, palette: colours, pixels: [0b1011_0000, 0, 0, 0, 0b0001_0000, 0, 0, 0]),
      bitmap(height: -2, bits: 8, palette: colours, pixels: [0, 1, 0, 0, 2, 3, 0, 0]),
      bitmap(bits: 16, pixels: [0x1f, 0, 0xff, 0x7f, 0, 0x7c, 0xe0, 0x03]),
      bitmap(
        bits: 16, compression: 3, masks: [0xf800, 0x7e0, 0x1f],
        pixels: [0x1f, 0, 0xff, 0xff, 0, 0xf8, 0xe0, 0x07]),
      bitmap(
        bits: 24,
        pixels: [255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0]),
      bitmap(
        bits: 32, compression: 3, masks: [0xff, 0xff00, 0xff_0000],
        pixels: [0, 0, 255, 9, 255, 255, 255, 9, 255, 0, 0, 9, 0, 255, 0, 9]),
    ]
    for (number, file) in files.enumerated() {
      #expect(try Picture(decoding: file) == expected, "file \(number)")
    }
  }

  @Test("Reads run lengths of 4 and 8 bits, absolute runs, jumps and early ends")
  func readsRuns() throws {
    let eight: [UInt8] = [1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1]
    #expect(try Picture(decoding: runs(bits: 8, eight)) == expected)
    let four: [UInt8] = [2, 0x23, 0, 0, 2, 0x01, 0, 1]
    #expect(try Picture(decoding: runs(bits: 4, four)) == expected)
    let absolute: [UInt8] = [0, 3, 1, 2, 3, 0, 0, 1]
    let made = try Picture(decoding: runs(bits: 8, width: 3, height: 1, absolute))
    #expect(made.pixels == [0, 255, 0, 0, 0, 255, 255, 255, 255])
    let jump: [UInt8] = [0, 2, 2, 0, 1, 3, 0, 1]
    let jumped = try Picture(decoding: runs(bits: 8, width: 3, height: 1, jump))
    #expect(jumped.pixels == [255, 0, 0, 255, 0, 0, 255, 255, 255])
  }

  private func runs(bits: Int, width: Int = 2, height: Int = 2, _ pixels: [UInt8]) -> [UInt8] {
    bitmap(
      width: width, height: height, bits: bits, compression: bits == 8 ? 1 : 2, palette: colours,
      pixels: pixels)
  }

  @Test("Refuses cut, overlong and impossible files")
  func refuses() {
    let files = [
      bitmap(bits: 24, pixels: [1, 2, 3]),
      runs(bits: 8, [9, 0, 0, 1]),
      runs(bits: 8, [1, 2]),
      runs(bits: 8, [0, 9, 1, 2]),
      runs(bits: 8, [0, 2, 255, 255, 1, 1]),
      bitmap(bits: 8, pixels: [0, 0, 0, 0, 0, 0, 0, 0]),
      bitmap(bits: 7, pixels: [0, 0, 0, 0]),
      bitmap(bits: 24, compression: 4, pixels: [0, 0, 0, 0]),
      bitmap(width: 0, bits: 24, pixels: []),
      bitmap(width: 1 << 30, height: 1 << 30, bits: 1, palette: colours, pixels: [0]),
      bitmap(width: -5, height: .min, bits: 24, pixels: []),
    ]
    for (number, file) in files.enumerated() {
      #expect(throws: PictureError.self, "file \(number)") { try Picture(decoding: file) }
    }
  }

  @Test(
    "Reads pixmaps as text and binary, with comments and any largest value",
    arguments: [
      ("P1 # a comment\n2 2\n01\n1 0", [255, 0, 0, 255] as [UInt8]),
      ("P2\n2 2 4\n0 4 2 1\n", [0, 255, 128, 64]),
      ("P5 2 2 255\n\u{1}\u{2}\u{3}\u{4}", [1, 2, 3, 4]),
    ])
  func readsPixmaps(text: String, greys: [UInt8]) throws {
    let picture = try Picture(decoding: Array(text.utf8))
    let expected: [UInt8] = greys.flatMap { [$0, $0, $0] }
    #expect(picture.pixels == expected)
  }

  @Test(
    "Refuses pixmaps that end early or claim nonsense",
    arguments: [
      "P5 2 2 255\n\u{1}", "P2 2 2 255 1 2 3", "P6 -1 2 255\n", "P3 2", "P5 9 9 0\n",
      "P6 999999 999999 255\n",
    ])
  func refusesPixmaps(text: String) {
    #expect(throws: PictureError.self) { try Picture(decoding: Array(text.utf8)) }
  }
}
