import Foundation
import TestSupport
import Testing

@Suite("The command export")
struct ExportCommandTests {
  private let model = fixture("families_image/clip")

  @Test("A model is written for another library, and never over something")
  func writes() throws {
    let folder = try TemporaryFolder()
    let out = folder.path + "/out"
    let words = ["export", model, "--to", "open_clip", "--out", out + "/"]
    let result = try runProgram("pictoglot", words + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    let written = try #require(result.objects.first)
    #expect(written["architecture"] as? String == "CLIP")
    let files = try #require(written["files"] as? [String])
    #expect(try FileManager.default.contentsOfDirectory(atPath: out).sorted() == files)
    #expect(files.contains("open_clip_model.safetensors") && files.contains("tokenizer.json"))
    let again = try runProgram("pictoglot", words)
    #expect(again.status == 1 && again.errors.contains("already exists"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
  }

  @Test("A tower that a library lacks is refused in one line, with those that it can load")
  func refuses() throws {
    let folder = try TemporaryFolder()
    let brivl = fixture("families_image/brivl")
    let result = try runProgram(
      "pictoglot", ["export", brivl, "--to", "huggingface", "--out", folder.path + "/out"])
    #expect(result.status == 1)
    #expect(result.errors.contains("the image tower") && result.errors.contains("can load"))
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test("A folder without --to is no bundle")
  func needsLibrary() throws {
    let result = try runProgram("pictoglot", ["export", model, "--out", "absent.tar"])
    #expect(result.status == 1 && result.errors.contains("say with --to which library"))
  }
}
