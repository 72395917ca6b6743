import Foundation
import TestSupport
import Testing

@testable import Pictures

@Suite("Decoding common files without libvips")
struct FastDecoderTests {
  private static let committed = [
    "rgb.jpg", "grey.jpg", "progressive.jpg", "rgb.png", "grey.png", "grey_alpha.png", "rgba.png",
    "palette.png", "one_bit.png", "turned6.png", "rgb.gif", "lossy.webp", "lossless.webp",
    "alpha.webp",
  ]

  @Test("Takes the common kinds, and gives the header and the pixels that libvips gives")
  func agreesOnCommittedFiles() throws {
    for name in Self.committed {
      let bytes = try PictureFixtures.bytes(name)
      let format = try #require(PictureFormat(sniffing: bytes))
      #if os(Linux)
        // Elsewhere the libraries that this takes are not linked.
        #expect(fastDecoder(bytes, format: format) != nil, "\(name)")
      #endif
      try expectAgreement(bytes, name)
    }
  }

  @Test("Leaves what is unusual to libvips", arguments: ["cmyk.jpg", "grey16.png", "lzw.tif"])
  func refusesUnusual(name: String) throws {
    let bytes = try PictureFixtures.bytes(name)
    let format = try #require(PictureFormat(sniffing: bytes))
    #expect(fastDecoder(bytes, format: format) == nil)
  }

  private static let cases = sharedData("decoder_cases")

  @Test(
    "Agrees with libvips on every picture of the decoder cases",
    .enabled(if: cases != nil, "the development data (../shared or PICTOGLOT_SHARED) is not there"))
  func agreesOnDecoderCases() throws {
    let folder = try #require(Self.cases)
    let names = FileManager.default.enumerator(atPath: folder)
    for case let name as String in names ?? .init() {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
      try expectAgreement([UInt8](data), name)
    }
  }

  @Test("Agrees with libvips on damaged files: the same pixels, or refused by both")
  func agreesOnDamage() throws {
    var random = RandomStream(seed: 11)
    for name in Self.committed {
      let bytes = try PictureFixtures.bytes(name)
      for round in 0..<40 {
        var damaged = bytes
        if round % 4 == 0 {
          damaged = Array(bytes[..<random.below(bytes.count)])
        } else {
          for _ in 0..<round % 4 { damaged[random.below(bytes.count)] ^= 1 << random.below(8) }
        }
        try expectAgreement(damaged, "\(name), round \(round)")
      }
    }
  }

  private func expectAgreement(_ bytes: [UInt8], _ name: String) throws {
    let limits = PictureLimits(maximumPixels: 4_000_000, maximumBytes: 64 << 20)
    func read(fast: Bool) -> (header: PictureHeader, picture: Picture)? {
      guard let file = try? PictureFile(bytes, limits: limits, usesFastDecoders: fast),
        let picture = try? file.picture()
      else { return nil }
      return (file.header, picture)
    }
    let (fast, full) = (read(fast: true), read(fast: false))
    #expect(fast?.header == full?.header, "\(name)")
    #expect(fast?.picture == full?.picture, "\(name)")
  }

  @Test("Reads an interlaced GIF whose codes fill the table, and one with a transparent colour")
  func readsGIFs() throws {
    // Four rows of one index each, stored as rows 0, 2, 1, 3; every index a code of its own.
    var file = Array("GIF89a".utf8) + [2, 0, 4, 0, 0x81, 0, 0]
    file += [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40]
    file += [0x21, 0xf9, 4, 1, 0, 0, 3, 0]
    file += [0x2c, 0, 0, 0, 0, 2, 0, 4, 0, 0x40, 2]
    // Codes of three bits, a new start before each pair: 4 0 0 4 2 2 4 1 1 4 3 3 5.
    let codes = [4, 0, 0, 4, 2, 2, 4, 1, 1, 4, 3, 3, 5]
    var packed = [UInt8](repeating: 0, count: (codes.count * 3 + 7) / 8)
    for (index, code) in codes.enumerated() {
      for bit in 0..<3 where code >> bit & 1 == 1 {
        packed[(index * 3 + bit) / 8] |= 1 << UInt8((index * 3 + bit) % 8)
      }
    }
    file += [UInt8(packed.count)] + packed + [0, 0x3b]
    #expect(fastDecoder(file, format: .gif) != nil)
    let picture = try Picture(decoding: file)
    let reds: [UInt8] = (0..<4).map { picture[1, $0].red }
    #expect(reds == [10, 20, 30, 255])
    try expectAgreement(file, "interlaced")
  }

  @Test("Reads a TIFF in either byte order, in strips, in grey and in colour")
  func readsTIFFs() throws {
    for (isLittle, samples) in [(true, 3), (false, 3), (true, 1), (false, 1)] {
      let file = tiff(isLittle: isLittle, samples: samples)
      #expect(fastDecoder(file, format: .tiff) != nil)
      let picture = try Picture(decoding: file)
      #expect(picture.width == 2 && picture.height == 3)
      #expect(picture[1, 2].red == UInt8(5 * samples))
      try expectAgreement(file, "\(isLittle), \(samples)")
    }
  }

  /// 2 × 3 pixels in a strip a row, whose bytes count from 0.
  private func tiff(isLittle: Bool, samples: Int) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isLittle ? bytes : bytes.reversed()
    }
    let line = 2 * samples
    // Numbers that do not fit lie behind the pixels: the bits, the strips and their lengths.
    let more = 8 + 3 * line
    let directory = more + 6 + 12 + 12
    var file = Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(directory, 4)
    file += (0..<3 * line).map { UInt8($0) }
    for _ in 0..<3 { file += number(8, 2) }
    for row in 0..<3 { file += number(8 + row * line, 4) }
    for _ in 0..<3 { file += number(line, 4) }
    let entries = [
      (256, 3, 1, 2), (257, 3, 1, 3), (258, 3, samples, samples == 1 ? 8 : more), (259, 3, 1, 1),
      (262, 3, 1, samples == 1 ? 1 : 2), (273, 4, 3, more + 6), (277, 3, 1, samples),
      (278, 3, 1, 1), (279, 4, 3, more + 18),
    ]
    file += number(entries.count, 2)
    for (tag, type, count, value) in entries {
      let isShort = type == 3 && count == 1
      file += number(tag, 2) + number(type, 2) + number(count, 4)
      file += isShort ? number(value, 2) + [0, 0] : number(value, 4)
    }
    return file + number(0, 4)
  }
}
