import Foundation
import Testing

@testable import Pictures

@Suite("Colours")
struct ColourTests {
  /// What `Tools/references/colours.py` wrote down of littlecms and Pillow.
  private struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    /// Of twelve patches, four in a row; nil for a file whose numbers could mean several pictures.
    let colours: [[Int]]?
    let tolerance: Int

    var testDescription: String { file }
    var bytes: [UInt8] {
      get throws { try PictureFixtures.bytes("colours/\(file)") }
    }

    static let all: [Case] = {
      let url = PictureFixtures.folder.appending(path: "colours/colours.json")
      guard let data = try? Data(contentsOf: url) else { return [] }
      return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
    }()
  }

  @Test("All cases are there")
  func hasCases() {
    #expect(Case.all.count == 27)
  }

  @Test(
    "Are what the profile's numbers say, whatever its name, and unclear samples are refused",
    arguments: Case.all)
  private func followsNumbers(_ expected: Case) throws {
    let bytes = try expected.bytes
    guard let colours = expected.colours else {
      let error = #expect(throws: PictureError.self) { try Picture(decoding: bytes) }
      guard case .unclear("TIFF", _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      return
    }
    let picture = try Picture(decoding: bytes)
    #expect(picture.width == 32 && picture.height == 24)
    for (index, colour) in colours.enumerated() {
      let seen = picture[index % 4 * 8 + 4, index / 4 * 8 + 4]
      let difference = zip([seen.red, seen.green, seen.blue], colour).map { abs(Int($0) - $1) }
        .max()
      #expect(difference ?? 256 <= expected.tolerance, "patch \(index): \(seen), not \(colour)")
    }
  }

  @Test("A profile whose numbers are sRGB's leaves a JPEG and a PNG to the quick decoders")
  func keepsSpeed() throws {
    let jpeg = try Picture(width: 8, height: 8, colour: (200, 100, 50)).jpeg(quality: 95)
    for (file, isPlain) in [("srgb_table.png", true), ("p3_named_srgb.png", false)] {
      let png = try PictureFixtures.bytes("colours/\(file)")
      #expect(PNGNotes(png).hasForeignProfile == !isPlain)
      let packed = try #require(PNGChunks(png).first { $0.isOf("iCCP") })
      let profile = Array(try #require(PNGNotes.unpacked(png[packed.body], limit: 8192)))
      #expect(ColourProfile(profile)?.isSRGB == isPlain)
      let segment = Array("ICC_PROFILE\0".utf8) + [1, 1] + profile
      let length = segment.count + 2
      let head = [0xff, 0xe2, UInt8(length >> 8), UInt8(length & 255)]
      let file = jpeg[..<2] + head + segment + jpeg[2...]
      #if os(Linux)
        #expect((fastDecoder(Array(file), format: .jpeg) != nil) == isPlain)
      #endif
    }
  }

  @Test("Damaged profiles are none, and no byte of one ends the program")
  func survivesDamagedProfiles() throws {
    let png = try PictureFixtures.bytes("colours/p3_named_srgb.tif")
    let start = try #require(
      (0..<png.count - 40).first { png.has("acsp", at: $0 + 36) && png.has("lcms", at: $0 + 4) })
    let profile = Array(png[start...])
    #expect(ColourProfile(profile)?.colours == .rgb)
    var random = RandomStream(seed: 5)
    for _ in 0..<2000 {
      var damaged = profile
      for _ in 0..<3 { damaged[random.below(damaged.count)] = UInt8(random.below(256)) }
      _ = ColourProfile(damaged)
    }
    for length in 0..<132 { #expect(ColourProfile(Array(profile[..<length])) == nil) }
  }
}
