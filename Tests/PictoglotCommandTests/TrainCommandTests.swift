import Foundation
import TestSupport
import Testing

@Suite("The command train", .serialized)
struct TrainCommandTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  private func arguments(_ others: [String]) -> [String] {
    ["train", "--data", collection.path, "--device", "cpu"] + others
      + TinyCollection.assignments(steps: 40).flatMap { ["--set", $0] }
  }

  @Test("A dry run says what each part holds and learns, and what the run would take")
  func dryRun() throws {
    let frozen = ["--dry-run", "--set", #"training.frozen=["image."]"#]
    let told = try runProgram("pictoglot", arguments(frozen))
    #expect(told.status == 0, "\(told.errors)")
    for words in ["images", "frozen", "texts", "projections", "learned"] {
      #expect(told.errors.contains(words), "\(words): \(told.errors)")
    }
    #expect(told.output.contains("40 steps in") && told.output.contains("GB of memory"))
    let object = try #require(
      try runProgram("pictoglot", arguments(frozen + ["--json"])).objects.last)
    let parts = try #require(object["parameters"] as? [[String: Any]])
    #expect(
      parts.compactMap { $0["name"] as? String } == ["images", "texts", "projections", "scale"])
    #expect(parts[0]["learned"] as? Int == 0 && (parts[0]["frozen"] as? Int ?? 0) > 1000)
    #expect(parts[1]["frozen"] as? Int == 0 && (parts[1]["learned"] as? Int ?? 0) > 1000)
    #expect(object["steps"] as? Int == 40)
  }

  @Test("A report is one line, and tells the speed of arithmetic")
  func oneLine() throws {
    let run = collection.folder.path + "/run"
    let told = try runProgram("pictoglot", arguments(["--out", run]))
    #expect(told.status == 0)
    let lines = told.errors.split(separator: "\n").filter { $0.contains("GFLOP/s") }
    #expect(lines.count >= 1)
    #expect(lines.last?.hasPrefix("100 % step 40, loss ") == true, "\(told.errors)")
    #expect(lines.last?.hasSuffix(" left") == true)
  }

  @Test("A run that diverges ends with one line that names step, loss and samples")
  func diverges() throws {
    let run = collection.folder.path + "/run"
    let told = try runProgram(
      "pictoglot",
      arguments(["--out", run, "--quiet"]) + [
        "--set", "training.rate=1e30", "--set", "training.clip=0",
      ])
    #expect(told.status == 1)
    let lines = told.errors.split(separator: "\n")
    #expect(lines.count == 1 && lines[0].contains("at step") && lines[0].contains("8 samples"))
  }
}
