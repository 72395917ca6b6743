import Foundation
import TestSupport
import Testing

@Suite("Signals and full disks", .serialized)
struct HardshipTests {
  private let collection: TinyCollection
  private var folder: String { collection.folder.path }

  init() throws { collection = try TinyCollection() }

  private func train(_ run: String, steps: Int, _ others: String...) -> [String] {
    ["train", "--data", collection.path, "--out", run, "--device", "cpu", "--quiet"]
      + (TinyCollection.assignments(steps: steps) + others).flatMap { ["--set", $0] }
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test("SIGTERM saves and stops; a full disk harms nothing; resumed, it is as if never stopped")
  func terminated() throws {
    let (whole, halted) = (folder + "/whole", folder + "/halted")
    #expect(try runProgram("pictoglot", train(whole, steps: 60)).status == 0)

    let program = try StartedProgram(train(halted, steps: 60, "training.checkpointSteps=2"))
    let checkpoint = halted + "/checkpoint.safetensors"
    while program.isRunning, !FileManager.default.fileExists(atPath: checkpoint) { usleep(2000) }
    // Twice at once, as to a whole group: it is one wish.
    program.terminate()
    program.terminate()
    let (status, errors) = try program.end()
    #expect(status == 130)
    #expect(
      errors == [
        "Stopping after this step; the run can be resumed.",
        "Interrupted. Continue with: pictoglot train --resume --out \(halted)",
      ])
    let files = try names(halted)
    #expect(
      files == [
        "checkpoint.safetensors", "events.out.tfevents.0000000000.pictoglot", "log.jsonl",
        "model.json", "model.safetensors", "recipe.json",
        "tokenizer.json",
      ])

    let saved = try bytes(checkpoint)
    let resume = ["train", "--resume", "--out", halted, "--quiet"]
    let refused = try StartedProgram(resume, largestFile: 400).end()
    #expect(refused.status == 1)
    #expect(refused.errors == ["pictoglot: \(checkpoint) cannot be written: File too large."])
    #expect(try bytes(checkpoint) == saved)
    #expect(try names(halted) == files)

    #expect(try runProgram("pictoglot", resume).status == 0)
    #expect(try bytes(halted + "/model.safetensors") == bytes(whole + "/model.safetensors"))
  }

  @Test("Where nothing more can be written, one line says so, and nothing is left half made")
  func fullDisk() throws {
    let run = folder + "/run"
    #expect(try runProgram("pictoglot", train(run, steps: 2)).status == 0)
    let texts = folder + "/texts.txt"
    // Long lines, so that the list of texts takes more room than their vectors.
    try Data((1...400).map { String(repeating: "text \($0) ", count: 30) + "\n" }.joined().utf8)
      .write(to: URL(fileURLWithPath: texts))
    let full = folder + "/full"
    try FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
    let commands: [(words: [String], blocks: Int)] = [
      (["tokenizer", "train", "--texts", texts, "--size", "600", "--out", full + "/t.json"], 2),
      (["embed", run, "--texts", texts, "--out", full + "/v.npy"], 8),
      (["embed", run, "--texts", texts, "--out", full + "/v.npy"], 80),
      (["data", "import", collection.path, "--out", full + "/shards"], 2),
      (["picture", folder + "/red.png", "--size", "64", "--save", full + "/p.npy"], 8),
      (["picture", folder + "/red.png", "--size", "1024", "--save", full + "/p.png"], 2),
      (["evaluate", run, "--data", collection.path, "--split", "train", "--out", full + "/r"], 2),
    ]
    for (words, blocks) in commands {
      let (status, errors) = try StartedProgram(words + ["--quiet"], largestFile: blocks).end()
      #expect(status == 1, "\(words)")
      #expect(errors.count == 1, "\(words): \(errors)")
      #expect(errors.last?.contains(full) == true, "\(words): \(errors)")
      #expect(try names(full).filter { $0 != "r" } == [], "\(words)")
    }
    #expect(try names(full + "/r") == [])
  }
}
