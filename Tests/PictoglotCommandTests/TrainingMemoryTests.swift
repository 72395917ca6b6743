import Foundation
import Pictures
import TestSupport
import Testing

@Suite("Memory of training", .serialized)
struct TrainingMemoryTests {
  private let folder: TemporaryFolder

  /// Sixty-four pictures with captions of about sixty tokens.
  init() throws {
    folder = try TemporaryFolder()
    let pixels = [UInt8](repeating: 90, count: 8 * 8 * 3)
    try Data(Picture(width: 8, height: 8, pixels: pixels).png())
      .write(to: URL(fileURLWithPath: folder.path + "/grey.png"))
    let lines = try (0..<64).map { number in
      let words = (0..<60).map { "w\((number * 7 + $0 * 13) % 50)" }.joined(separator: " ")
      let record: [String: Any] = [
        "id": "\(number)", "image": "grey.png", "concept": "\(number)", "captions": ["en": [words]],
        "split": "train", "source": "test", "license": "CC0-1.0",
      ]
      return String(
        decoding: try JSONSerialization.data(withJSONObject: record, options: .sortedKeys),
        as: UTF8.self)
    }
    try Data((lines.joined(separator: "\n") + "\n").utf8)
      .write(to: URL(fileURLWithPath: folder.path + "/captions.jsonl"))
  }

  /// The most bytes that a process of its own has taken for a few steps.
  private func memory(chunk: Int) throws -> Int {
    let settings = [
      "training.steps=4", "training.batch=64", "training.chunk=\(chunk)", "training.vocabulary=300",
      "training.precision=float32", "training.preprocessing.size=8",
      #"model.image={"kind":"vit","size":8,"patch":4,"width":16,"depth":1,"heads":2,"pooling":"class"}"#,
      #"model.text={"kind":"transformer","vocabulary":0,"contextLength":64,"width":192,"depth":6,"heads":3,"pooling":"last"}"#,
      "model.width=16",
    ]
    let told = try runProgram(
      "pictoglot",
      ["train", "--recipe", "clip", "--data", folder.path + "/captions.jsonl", "--device", "cpu"]
        + ["--dry-run", "--json"] + settings.flatMap { ["--set", $0] })
    try #require(told.status == 0, "\(told.errors)")
    return try #require(told.objects.last?["memory"] as? Int)
  }

  /// Where the system tells a process how much it has taken.
  static let isTold = FileManager.default.fileExists(atPath: "/proc/self/status")

  @Test(
    "A chunk bounds what a large text tower takes",
    .enabled(if: TrainingMemoryTests.isTold, "the system does not tell a process its memory"))
  func texts() throws {
    let (whole, eight, four) = (try memory(chunk: 0), try memory(chunk: 8), try memory(chunk: 4))
    // Of each of 64 · 62 tokens a block keeps about sixteen vectors of 192 floats: 290 MB in six.
    #expect(whole - eight > 150_000_000, "\(whole) bytes at once, \(eight) in chunks of 8")
    #expect(abs(eight - four) < 60_000_000, "\(eight) bytes in chunks of 8, \(four) in chunks of 4")
  }
}
