import Foundation
import TestSupport
import Testing

@Suite("The command patches")
struct PatchesCommandTests {
  private let model = fixture("families_image/clip")
  private let picture = fixture("families_image/picture.png")

  @Test("Tiles are listed best first, as a table and as JSON, and drawn as PNG and SVG")
  func tiles() throws {
    let folder = try TemporaryFolder()
    let (png, svg) = (folder.path + "/where.png", folder.path + "/where.svg")
    let words = [
      "patches", model, picture, "the cat", "red", "--rows", "2", "--columns", "4", "--device",
      "cpu",
    ]
    let result = try runProgram("pictoglot", words + ["--json", "--png", png, "--svg", svg])
    #expect(result.status == 0, "\(result.errors)")
    let tiles = result.objects
    #expect(tiles.count == 16)
    #expect(tiles.prefix(8).allSatisfy { $0["text"] as? String == "the cat" })
    #expect(tiles.prefix(8).compactMap { $0["rank"] as? Int } == Array(1...8))
    let cosines = tiles.prefix(8).compactMap { $0["cosine"] as? Double }
    #expect(cosines == cosines.sorted(by: >) && cosines.count == 8)
    let sum = tiles.prefix(8).compactMap { $0["probability"] as? Double }.reduce(0, +)
    #expect(isClose(sum, 1, tolerance: 1e-5))
    #expect(tiles.allSatisfy { $0["width"] as? Int == 11 && $0["height"] as? Int == 15 })
    #expect(FileManager.default.contents(atPath: png)?.starts(with: [0x89, 0x50]) == true)
    #expect(try String(contentsOfFile: svg, encoding: .utf8).hasPrefix("<svg "))

    let table = try runProgram("pictoglot", words + ["--quiet"])
    #expect(table.output.contains("11×15 at ") && table.output.contains("probability"))
    #expect(table.output.split(separator: "\n").count == 2 * (1 + 2 + 8))
  }

  @Test("A dense map gives a number for each patch and the part of the picture it covers")
  func dense() throws {
    let words = ["patches", model, picture, "the cat", "--dense", "--device", "cpu"]
    let map = try #require(try runProgram("pictoglot", words + ["--json"]).objects.first)
    #expect(map["rows"] as? Int == 2 && map["columns"] as? Int == 2)
    #expect((map["similarities"] as? [Double])?.count == 4)
    let region = try #require(map["region"] as? [String: Double])
    #expect(isClose(region["left"] ?? 0, 4.0 / 24) && region["height"] == 1)
    let table = try runProgram("pictoglot", words)
    #expect(table.output.contains("row") && !table.output.contains("probability"))
  }

  @Test("What cannot be done ends with status 1, one line, and no file")
  func refuses() throws {
    let folder = try TemporaryFolder()
    let out = folder.path + "/where.png"
    let tiny = folder.path + "/tiny.ppm"
    try Data("P3 2 2 255\n1 2 3 4 5 6 7 8 9 1 2 3\n".utf8)
      .write(to: URL(fileURLWithPath: tiny))
    let cases: [([String], String)] = [
      ([model, tiny, "red"], "tiny.ppm: A picture of 2×2 pixels cannot be cut into 3 rows"),
      ([model, folder.path + "/absent.png", "red"], "absent.png cannot be read"),
      ([fixture("families_image/brivl"), picture, "红", "--dense"], "Tiles work with every model"),
      ([model, picture, "red", "--language", "no tag"], "no tag"),
    ]
    for (words, message) in cases {
      let result = try runProgram("pictoglot", ["patches"] + words + ["--png", out])
      #expect(result.status == 1)
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(result.output.isEmpty && !FileManager.default.fileExists(atPath: out))
    }
  }

  @Test(
    "Wrong usage says what is meant",
    arguments: [
      (["m", "p", "t", "--rows", "0"], "--rows must be 1 to 64, not 0."),
      (["m", "p", "t", "--columns", "65"], "--columns must be 1 to 64, not 65."),
      (["m", "p", "t", "--rows", "2", "--dense"], "--rows goes with tiles, not with --dense."),
      (["m", "p", " "], "A text to look for is empty."),
      (["m", "p", "t", "--png", "x.jpg"], "--png must end in .png."),
      (["m", "p"], "Missing expected argument '<texts> ...'"),
    ])
  func usage(words: [String], message: String) throws {
    let result = try runProgram("pictoglot", ["patches"] + words)
    #expect(result.status == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
