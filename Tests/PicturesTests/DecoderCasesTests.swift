import Foundation
import Pictures
import Testing

/// Real and hostile files with what Pillow 13 makes of them; they are too large to be committed.
private struct DecoderCase: Decodable, Sendable, CustomTestStringConvertible {
  let file: String
  let ok: Bool
  let format, mode: String?
  let stored, size: [Int]?
  let orientation, frames: Int?
  let mean_rgb_on_white: [Double]?
  let grid4_rgb: [Int]?

  var testDescription: String { file }

  static let folder: URL? = {
    let shared = ProcessInfo.processInfo.environment["PICTOGLOT_SHARED"].map { URL(filePath: $0) }
    var place = URL(filePath: #filePath).resolvingSymlinksInPath()
    while shared == nil, place.path != "/" {
      place.deleteLastPathComponent()
      let found = place.appending(path: "shared/data/decoder_cases")
      if FileManager.default.fileExists(atPath: found.path) { return found }
    }
    let found = shared?.appending(path: "data/decoder_cases")
    return found.flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }
  }()

  static let all: [DecoderCase] = {
    guard let folder, let data = try? Data(contentsOf: folder.appending(path: "expected.jsonl"))
    else { return [] }
    return data.split(separator: 10).compactMap {
      try? JSONDecoder().decode(DecoderCase.self, from: $0)
    }
  }()
}

@Suite(
  "Decoder cases",
  .enabled(
    if: DecoderCase.folder != nil, "needs shared/data/decoder_cases, or PICTOGLOT_SHARED set"))
struct DecoderCasesTests {
  /// Damaged files that Pillow decodes all the same and a strict decoder may refuse.
  private static let eitherWay: Set<String> = [
    "bad/bitflips.jpg", "bad/bitflips.webp", "bad/pillow_no_palette.gif",
    "bad/pillow_decompression_bomb_extents.gif",
  ]

  /// Read here: of one only a note is a bomb, and notes are passed over; the other lacks its end
  /// mark and no pixel.
  private static let isReadHere: Set<String> = [
    "bad/pillow_png_decompression_dos.png", "bad/pillow_truncated_jpeg.jpg",
  ]

  @Test(
    "All of them are read, or refused in one line and in bounded time",
    .timeLimit(.minutes(1)), arguments: DecoderCase.all)
  fileprivate func agreesWithPillow(_ expected: DecoderCase) throws {
    let folder = try #require(DecoderCase.folder)
    let path = folder.path + "/" + expected.file
    let result = Result { () throws(PictureError) in
      (try PictureHeader(contentsOf: path), try Picture(contentsOf: path))
    }
    switch result {
    case .failure(let error):
      #expect(!expected.ok || Self.eitherWay.contains(expected.file), "\(error)")
      #expect(!error.description.contains("\n"))
    case .success where Self.isReadHere.contains(expected.file): break
    case .success((let header, let picture)):
      #expect(expected.ok)
      check(header, picture, expected)
    }
  }

  private func check(_ header: PictureHeader, _ picture: Picture, _ expected: DecoderCase) {
    #expect([header.storedWidth, header.storedHeight] == expected.stored)
    #expect([header.width, header.height] == expected.size)
    #expect([picture.width, picture.height] == expected.size)
    #expect(header.orientation == expected.orientation)
    #expect(header.frames == expected.frames)
    guard !Self.eitherWay.contains(expected.file), let mean = expected.mean_rgb_on_white else {
      return
    }
    // AVIF: another way to scale chroma up. The rest agrees to the last bit or nearly so.
    let tolerance = expected.format == "AVIF" ? 3.0 : 1.0
    let seen = picture.mean(x: 0..<picture.width, y: 0..<picture.height)
    for (a, b) in zip(seen, mean) { #expect(abs(a - b) <= tolerance) }
    guard let grid = expected.grid4_rgb, picture.width % 4 == 0, picture.height % 4 == 0 else {
      return
    }
    let (across, down) = (picture.width / 4, picture.height / 4)
    for cell in 0..<16 {
      let (x, y) = (cell % 4 * across, cell / 4 * down)
      let seen = picture.mean(x: x..<x + across, y: y..<y + down)
      for channel in 0..<3 {
        #expect(abs(seen[channel] - Double(grid[cell * 3 + channel])) <= tolerance + 1)
      }
    }
  }
}
