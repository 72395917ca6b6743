import Foundation
import Testing

@testable import Pictures

@Suite("HEIC and AVIF")
struct HEIFTests {
  private struct File: Decodable {
    let file: String
    let tolerance: Int
    let made: PictureFixtures.Entry
  }

  @Test("Are read as other decoders read them: on white, of 10 bits, turned and mirrored")
  func equalsOthers() throws {
    let index = try Data(contentsOf: PictureFixtures.folder.appending(path: "heif.json"))
    let bytes = try PictureFixtures.bytes("heif.bin")
    for file in try JSONDecoder().decode([File].self, from: index) {
      let entry = file.made
      let expected = Picture(
        width: entry.width, height: entry.height,
        pixels: Array(bytes[entry.start..<entry.start + entry.width * entry.height * 3]))
      let encoded = try PictureFixtures.bytes(file.file)
      let header = try PictureHeader(decoding: encoded)
      #expect(header.format == (file.file.hasSuffix("heic") ? .heic : .avif))
      #expect(header.width == entry.width && header.height == entry.height, "\(file.file)")
      let made = try Picture(decoding: encoded)
      #expect(made.difference(from: expected) <= file.tolerance, "\(file.file)")
    }
  }

  @Test("Names the package to install where the system has no decoder")
  func namesPackage() {
    let reason = "heif: Error while loading plugin: No decoding plugin installed (11.6003)"
    let missing = Vips.failure(of: .heic, reason: reason)
    #expect(
      missing.description
        == "This system has no decoder for HEIC pictures. Install the package"
        + " libheif-plugin-libde265.")
    let broken = PictureError.broken(format: "HEIC", reason: "heif: Invalid input")
    #expect(Vips.failure(of: .heic, reason: "heif: Invalid input") == broken)
  }

  @Test("Cut anywhere, they give an error and never a crash")
  func survivesCuts() throws {
    for name in ["plain.heic", "see_through.heic", "deep.heic", "turned5.heic", "deep.avif"] {
      let bytes = try PictureFixtures.bytes(name)
      for length in stride(from: 0, to: bytes.count, by: bytes.count / 23) {
        _ = try? Picture(decoding: Array(bytes[..<length]))
      }
    }
  }
}
