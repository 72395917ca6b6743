import Foundation
import Pictoglot
import TestSupport
import Testing
import Training

@Suite("Runs side by side")
struct RunComparisonTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A run's folder with two reports; the loss is that of both.
  private func run(
    _ name: String, seed: UInt64, batch: Int, imageFrom: String? = nil, loss: Double,
    recall: Double?
  ) throws -> String {
    let run = RunFolder(folder.path + "/" + name)
    try run.create()
    try run.write(
      RunRecord(
        recipe: "clip", settings: JSONText(["training": ["batch": batch]]), seed: seed,
        data: "photos", imageFrom: imageFrom, textFrom: nil, teacher: nil, command: [],
        versions: [:]))
    var lines = Data()
    for step in [50, 100] {
      var report: [String: Any] = [
        "step": step, "progress": Double(step) / 100, "epochs": 1, "loss": loss,
        "learningRate": 0.001, "scale": 14, "gradientNorm": 1, "picturesPerSecond": 200,
        "captionsPerSecond": 400, "dataWait": 0.01, "seconds": step * 6, "secondsLeft": 0,
      ]
      if step == 100, let recall { report["validation"] = ["ko": recall, "mean": recall] }
      lines += try JSONSerialization.data(withJSONObject: report) + Data("\n".utf8)
    }
    try lines.write(to: URL(fileURLWithPath: run.log))
    return run.path
  }

  @Test("Runs that differ in nothing but the seed have a mean and a deviation")
  func arms() throws {
    let comparison = try RunComparison([
      run("a-0", seed: 0, batch: 16, loss: 2, recall: 0.3),
      run("b-0", seed: 0, batch: 64, loss: 1, recall: 0.5),
      run("a-1", seed: 1, batch: 16, loss: 3, recall: 0.4),
      run("a-2", seed: 2, batch: 16, loss: 4, recall: 0.2),
      run("c-3", seed: 3, batch: 16, imageFrom: "painter", loss: 1, recall: nil),
    ])
    let arm = try #require(comparison.arms.first)
    #expect(comparison.arms.count == 1 && arm.runs == ["a-0", "a-1", "a-2"])
    #expect(arm.loss.mean == 3 && arm.loss.deviation == 1)
    let recall = try #require(arm.recall)
    #expect(abs(recall.mean - 0.3) < 1e-12 && abs(recall.deviation - 0.1) < 1e-12)
    let table = comparison.table()
    #expect(table.contains("30.0 ± 10.0 %") && table.contains("a-0, a-1, a-2"))
  }

  @Test("The settings in which runs differ are shown, and no others")
  func differences() throws {
    let comparison = try RunComparison([
      run("a", seed: 0, batch: 16, loss: 2, recall: nil),
      run("b", seed: 0, batch: 64, imageFrom: "painter", loss: 1, recall: nil),
    ])
    let differences = comparison.differences
    #expect(differences.map(\.key) == ["--image-from", "training.batch"])
    #expect(differences.map(\.values) == [["–", "painter"], ["16", "64"]])
    #expect(comparison.arms.isEmpty)
    #expect(comparison.rows.map(\.minutes) == [10, 10])
    #expect(comparison.page.contains("<svg") && comparison.drawing.hasPrefix("<svg"))
  }

  @Test("A run without reports is left out and named; what is no run is refused")
  func incomplete() throws {
    let whole = try run("a", seed: 0, batch: 16, loss: 2, recall: nil)
    let empty = try run("b", seed: 1, batch: 16, loss: 2, recall: nil)
    try Data().write(to: URL(fileURLWithPath: RunFolder(empty).log))
    let comparison = try RunComparison([whole, empty])
    #expect(comparison.rows.map(\.run) == ["a"] && comparison.problems.count == 1)
    #expect(comparison.problems[0].contains(empty))
    #expect { try RunComparison([whole, folder.path]) } throws: { "\($0)".contains("recipe.json") }
    #expect(throws: TrainingError.self) { try RunComparison([empty]) }
  }
}
