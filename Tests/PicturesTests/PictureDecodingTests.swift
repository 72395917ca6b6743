import Foundation
import Pictures
import TestSupport
import Testing

@Suite("Decoding pictures")
struct PictureDecodingTests {
  @Test("Reads each format as Pillow does, on white, turned, and in sRGB")
  func equalsPillow() throws {
    let picture = try PictureFixtures.pictures()
    for file in try PictureFixtures.load().formats {
      let bytes = try PictureFixtures.bytes(file.file)
      let made = try Picture(decoding: bytes)
      let expected = picture(file.made)
      #expect(made.difference(from: expected) <= file.tolerance, "\(file.file)")
      let header = try PictureHeader(decoding: bytes)
      #expect(header.width == made.width && header.height == made.height)
    }
  }

  @Test("Knows what a header says before pixels are read")
  func readsHeaders() throws {
    let turned = try PictureHeader(decoding: PictureFixtures.bytes("turned6.png"))
    #expect(turned.format == .png && turned.orientation == 6)
    #expect(turned.storedWidth == 24 && turned.storedHeight == 18)
    #expect(turned.width == 18 && turned.height == 24)
    let deep = try PictureHeader(decoding: PictureFixtures.bytes("grey16.png"))
    #expect(deep.bits == 16 && deep.bands == 1 && deep.orientation == nil)
  }

  @Test("Knows formats by their first bytes, and what HTTP calls them")
  func knowsFormats() throws {
    func type(_ head: String) -> String? { PictureFormat(sniffing: Array(head.utf8))?.mediaType }
    #expect(PictureFormat(sniffing: [0xff, 0xd8, 0xff, 0xe0])?.mediaType == "image/jpeg")
    #expect(type("GIF89a") == "image/gif" && type("RIFF0000WEBPVP8 ") == "image/webp")
    #expect(type("\0\0\0\u{20}ftypavif\0\0\0\0") == "image/avif")
    #expect(type("\0\0\0\u{20}ftypheic\0\0\0\0") == "image/heic")
    #expect(type("II*\0") == "image/tiff" && type("II+\0") == "image/tiff")
    #expect(type("P6\n2 2\n255\n") == "image/x-portable-anymap")
    #expect(type("<?xml version=\"1.0\"?>\n<!-- x -->\n<svg>") == "image/svg+xml")
    #expect(type("<html><svg>") == nil && type("") == nil && type("BM") == nil)
    for file in try PictureFixtures.load().formats {
      #expect(PictureFormat(sniffing: try PictureFixtures.bytes(file.file)) != nil)
    }
  }

  @Test("Draws SVG, but not under the name of a picture, and nothing from other files")
  func drawsSVG() throws {
    let text = """
      <?xml version="1.0"?><!-- a square -->
      <svg xmlns="http://www.w3.org/2000/svg" width="8" height="6">
      <rect width="8" height="6" fill="#ff0000"/></svg>
      """
    let picture = try Picture(decoding: Array(text.utf8))
    #expect(picture == Picture(width: 8, height: 6, colour: (255, 0, 0)))

    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let disguised = folder.appending(path: "a.png").path
    try text.write(toFile: disguised, atomically: true, encoding: .utf8)
    #expect(throws: PictureError.file(path: disguised, .disguised(format: "SVG", name: "png"))) {
      try Picture(contentsOf: disguised)
    }
    let secret = folder.appending(path: "black.png").path
    try Data(Picture(width: 8, height: 8, colour: (0, 0, 0)).png())
      .write(to: URL(filePath: secret))
    let outside = """
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
      width="8" height="8"><image width="8" height="8" xlink:href="file://\(secret)"/></svg>
      """
    let white = Picture(width: 8, height: 8, colour: (255, 255, 255))
    #expect(try Picture(decoding: Array(outside.utf8)) == white)
  }

  @Test("Refuses what is larger than its limits, by the header alone")
  func refusesBombs() throws {
    let bytes = try PictureFixtures.bytes("rgb.png")
    let small = PictureLimits(maximumPixels: 24 * 18 - 1, maximumBytes: 1 << 20)
    #expect(throws: PictureError.tooManyPixels(width: 24, height: 18, limit: 24 * 18 - 1)) {
      try Picture(decoding: bytes, limits: small)
    }
    let short = PictureLimits(maximumPixels: 1 << 20, maximumBytes: 10)
    #expect(throws: PictureError.tooManyBytes(count: bytes.count, limit: 10)) {
      try Picture(decoding: bytes, limits: short)
    }
    let huge = #"<svg xmlns="http://www.w3.org/2000/svg" width="300000" height="200000"/>"#
    #expect(throws: PictureError.self) { try Picture(decoding: Array(huge.utf8)) }
  }

  @Test("A file beyond the limit is refused by its size, without a byte of it read")
  func refusesBigFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/big.png"
    // All of it is a hole, which takes no room on the disk but would fill the memory.
    let size = 1 << 40
    let descriptor = creat(path, 0o644)
    #expect(ftruncate(descriptor, off_t(size)) == 0 && close(descriptor) == 0)
    let limit = PictureLimits.standard.maximumBytes
    #expect(
      throws: PictureError.file(path: path, .tooManyBytes(count: size, limit: limit))
    ) { try Picture(contentsOf: path) }
  }

  @Test("Says what is wrong in one line")
  func explains() {
    #expect(throws: PictureError.empty) { try Picture(decoding: []) }
    let page = Array("<!DOCTYPE html><html>not found</html>".utf8)
    #expect(throws: PictureError.unknownFormat(seen: "a web page")) {
      try Picture(decoding: page)
    }
    let missing = #expect(throws: PictureError.self) { try Picture(contentsOf: "/nowhere.png") }
    #expect(missing?.description == "/nowhere.png cannot be read: No such file or directory.")
    let folder = #expect(throws: PictureError.self) { try Picture(contentsOf: "/") }
    #expect(folder?.description == "/ cannot be read: it is a folder.")
  }

  @Test("Any file cut anywhere gives an error or a picture, and never a crash")
  func survivesCuts() throws {
    for file in try PictureFixtures.load().formats {
      let bytes = try PictureFixtures.bytes(file.file)
      for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 23)) {
        _ = try? Picture(decoding: Array(bytes[..<length]))
      }
    }
  }

  @Test("Any damaged byte gives an error or a picture of the same size")
  func survivesDamage() throws {
    var random = RandomStream(seed: 3)
    let limits = PictureLimits(maximumPixels: 4_000_000, maximumBytes: 1 << 20)
    for file in try PictureFixtures.load().formats where !file.file.hasSuffix("avif") {
      let bytes = try PictureFixtures.bytes(file.file)
      for _ in 0..<20 {
        var damaged = bytes
        for _ in 0..<3 { damaged[random.below(bytes.count)] = UInt8(random.below(256)) }
        _ = try? Picture(decoding: damaged, limits: limits)
      }
    }
  }

  @Test("What is encoded is read again")
  func encodes() throws {
    let picture = Picture.disc(side: 40)
    #expect(try Picture(decoding: picture.png()) == picture)
    let jpeg = try Picture(
      decoding: Picture(width: 9, height: 9, colour: (9, 99, 199)).jpeg(quality: 95))
    #expect(jpeg.difference(from: Picture(width: 9, height: 9, colour: (9, 99, 199))) <= 3)
  }
}
