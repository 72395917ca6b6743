import Foundation
import TestSupport
import Testing

@Suite("A disk that is full", .serialized)
struct SmallDiskTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  private func train(_ run: String, _ others: [String] = []) -> [String] {
    ["train", "--data", collection.path, "--out", run, "--device", "cpu", "--quiet"]
      + (TinyCollection.assignments(steps: 60) + others).flatMap { ["--set", $0] }
  }

  @Test(
    "Ends training in one line, with the last checkpoint whole; with room again it goes on from there",
    .enabled(if: SmallDisk.isPossible, "mounting a small file system needs root"))
  func training() throws {
    let disk = try SmallDisk(bytes: 8 << 20)
    let (whole, run) = (collection.folder.path + "/whole", disk.path + "/run")
    #expect(try runProgram("pictoglot", train(whole)).status == 0)

    let program = try StartedProgram(train(run, ["training.checkpointSteps=2"]))
    let checkpoint = run + "/checkpoint.safetensors"
    while program.isRunning, !FileManager.default.fileExists(atPath: checkpoint) { usleep(2000) }
    program.terminate()
    #expect(try program.end().status == 130)

    let saved = try TensorBytes(checkpoint)
    let names = try FileManager.default.contentsOfDirectory(atPath: run).sorted()
    let size = try Data(contentsOf: URL(fileURLWithPath: checkpoint)).count
    #expect(size > 100_000)
    // Room for the log, and for a half of what is to be written.
    try disk.fill(leaving: size / 2)
    let resume = ["train", "--resume", "--out", run, "--device", "cpu", "--quiet"]
    let refused = try runProgram("pictoglot", resume)
    #expect(refused.status == 1)
    #expect(
      refused.errors
        == "pictoglot: \(checkpoint) cannot be written: No space left on device.\n")
    #expect(try TensorBytes(checkpoint) == saved)
    #expect(try FileManager.default.contentsOfDirectory(atPath: run).sorted() == names)

    try disk.empty()
    let resumed = try runProgram("pictoglot", resume)
    #expect(resumed.status == 0, "\(resumed.errors)")
    let (expected, found) = (try FinishedRun(whole), try FinishedRun(run))
    #expect(found.checkpoint.differences(from: expected.checkpoint) == [])
    #expect(found.model.differences(from: expected.model) == [])
  }
}
