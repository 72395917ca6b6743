import Foundation
import TestSupport
import Testing

/// Each process hashes in a way of its own, so that whatever follows the order of a dictionary or a
/// set is another thing each time.
@Suite("One command in several processes", .serialized)
struct RepeatedRunTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  @Test("Gives the same model, checkpoint and settings byte by byte, and the same log")
  func isTheSame() throws {
    let out = collection.folder.path + "/run"
    // Beginnings of names that fit each other, with rates that would show.
    let scales =
      #"{"":0.5,"text.":2,"text.blocks.":3,"text.blocks.0.":5,"text.blocks.0.attention.":7,"image.":0.25}"#
    let arguments =
      ["train", "--data", collection.path, "--out", out, "--device", "cpu", "--quiet"]
      + (TinyCollection.assignments(steps: 12) + [
        "training.rateScales=\(scales)", "training.clip=0.01", "training.weightDecay=0.3",
      ]).flatMap { ["--set", $0] }
    var runs: [FinishedRun] = []
    var records: Set<Data> = []
    for number in 0..<4 {
      let told = try runProgram("pictoglot", arguments)
      try #require(told.status == 0, "\(told.errors)")
      records.insert(try Data(contentsOf: URL(fileURLWithPath: out + "/recipe.json")))
      let kept = "\(out)-\(number)"
      try FileManager.default.moveItem(atPath: out, toPath: kept)
      runs.append(try FinishedRun(kept))
    }
    #expect(records.count == 1)
    #expect(runs[0].checkpoint.tensors.count > 100 && runs[0].loss > 1)
    for run in runs.dropFirst() {
      #expect(run.checkpoint.differences(from: runs[0].checkpoint) == [])
      for (name, bytes) in runs[0].files { #expect(run.files[name] == bytes, "\(name)") }
      #expect(isClose(run.loss, runs[0].loss, tolerance: 1e-9))
      #expect(run.last == runs[0].last)
    }
  }

  @Test("Names the same of several mistakes")
  func sameMistake() throws {
    let path = collection.folder.path + "/settings.yaml"
    let mistakes = ["ratee", "chunkk", "batchh", "stepz", "warmupp", "epsilom"]
    try Data(
      ("recipe: clip\ntraining:\n" + mistakes.map { "  \($0): 1\n" }.joined()).utf8
    ).write(to: URL(fileURLWithPath: path))
    let told = try (0..<4).map { _ in
      try runProgram("pictoglot", ["train", "--config", path, "--show-settings"])
    }
    #expect(told.allSatisfy { $0.status != 0 && $0.errors.contains("“training.batchh”") })
    #expect(Set(told.map(\.errors)).count == 1)
  }
}
