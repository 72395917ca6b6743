import Foundation
import TestSupport
import Testing

@Suite("Weights that are not numbers")
struct DamagedModelTests {
  private static let commands = [
    ["embed", "RUN", "--texts", "IN/texts.txt", "--out", "IN/out.npy"],
    ["embed", "RUN", "--images", "IN/captions.jsonl", "--out", "IN/out.npy"],
    ["classify", "RUN", "IN/red.png", "--labels", "red,blue"],
    ["match", "RUN", "IN/red.png", "--among", "IN/texts.txt"],
    ["patches", "RUN", "IN/red.png", "red"],
    ["search", "INDEX", "red"], ["search", "INDEX", "--image", "IN/red.png"],
    ["analogy", "INDEX", "--image", "IN/red.png", "--plus", "blue"],
    ["lens", "INDEX", "red", "rot", "--out", "IN/lens"],
    ["index", "IN/captions.jsonl", "--model", "RUN", "--out", "IN/new.index"],
    ["evaluate", "RUN", "--data", "IN/captions.jsonl", "--split", "train", "--out", "IN/report"],
    ["doctor", "RUN"],
  ]

  @Test(
    "Every command refuses vectors that are not numbers with one line, and leaves nothing behind")
  func refuses() throws {
    let collection = try TinyCollection()
    let folder = collection.folder.path
    let (run, index) = (folder + "/run", folder + "/photos.index")
    let settings = TinyCollection.assignments(steps: 2).flatMap { ["--set", $0] }
    let trained = try runProgram(
      "pictoglot",
      ["train", "--data", collection.path, "--out", run, "--device", "cpu", "--quiet"] + settings)
    try #require(trained.status == 0, "\(trained.errors)")
    let indexed = try runProgram(
      "pictoglot", ["index", collection.path, "--model", run, "--out", index])
    try #require(indexed.status == 0, "\(indexed.errors)")
    try damage(run + "/model.safetensors")
    try Data("red\nblue\n".utf8).write(to: URL(fileURLWithPath: folder + "/texts.txt"))

    let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    for command in Self.commands {
      let words = command.map {
        $0.replacing("INDEX", with: index).replacing("RUN", with: run)
          .replacing("IN/", with: folder + "/")
      }
      let result = try runProgram("pictoglot", words)
      #expect(result.status == 1, "\(command)")
      let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("pictoglot: ") }
      #expect(
        lines.count == 1 && lines[0].contains("not finite"), "\(command): \(result.errors)")
      let after = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(after == before, "\(command)")
    }
    // A server does not even begin.
    let server = try StartedProgram(["serve", index, "--port", "0"])
    for _ in 0..<6000 where server.isRunning { usleep(10_000) }
    if server.isRunning { server.terminate() }
    let (status, errors) = try server.end()
    #expect(status == 1)
    #expect(errors.count == 1 && errors[0].contains("not finite"), "\(errors)")
  }

  @Test("A checkpoint for another library is not written with them, and the tensors are named")
  func export() throws {
    let place = try TemporaryFolder()
    let folder = place.path
    let model = folder + "/clip"
    try FileManager.default.copyItem(atPath: fixture("families_image/clip"), toPath: model)
    try damage(model + "/model.safetensors")
    for words in [["--to", "open_clip"], ["--to", "huggingface"]] {
      let result = try runProgram(
        "pictoglot", ["export", model, "--out", folder + "/out"] + words)
      #expect(result.status == 1)
      #expect(result.errors.contains("image.pre_norm.weight"), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    }
  }

  /// Makes the first number of each normalization one that is none, whatever its width.
  private func damage(_ path: String) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any]
    for (name, entry) in try #require(header) {
      guard name.contains("norm"),
        let offsets = (entry as? [String: Any])?["data_offsets"] as? [Int]
      else { continue }
      // All bits set are no number in any of the formats.
      for place in offsets[0]..<min(offsets[0] + 4, offsets[1]) { data[8 + length + place] = 0xFF }
    }
    try data.write(to: URL(fileURLWithPath: path))
  }
}
