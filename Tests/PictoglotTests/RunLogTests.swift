import Evaluation
import Foundation
import Pictoglot
import Synchronization
import TestSupport
import Testing
import Training

@Suite("What a log tells of a run, side by side", .serialized)
struct RunLogTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  @Test(
    "A run's log tells loss by language, false negatives and speed of arithmetic, and shows them")
  func shows() throws {
    let request = TinyRun.clip.request(in: collection, out: "new")
    #expect(try StepClock().train(request) == .finished)
    let last = try #require(try RunFolder(request.out).reports().last)
    let losses = try #require(last.languageLoss)
    #expect(!losses.isEmpty && losses.keys.allSatisfy { ["en", "ko", "de"].contains($0) })
    // Eight concepts, one picture each: only a picture's other captions are of its concept.
    #expect(last.falseNegatives == 0)
    #expect((last.flops ?? 0) > 0)
    let events = try Data(
      contentsOf: URL(fileURLWithPath: request.out + "/events.out.tfevents.0000000000.pictoglot"))
    for tag in ["loss/", "train/false_negatives", "speed/flops"] {
      #expect(events.range(of: Data(tag.utf8)) != nil, "\(tag)")
    }

    let comparison = try RunComparison([request.out])
    #expect(comparison.page.contains("Loss by language"))
    #expect(comparison.drawing.contains("nats, text to image"))
    #expect(comparison.table().contains("GFLOP/s"))
    #expect(comparison.rows[0].flops == last.flops)
  }

  @Test("Logs of earlier versions, which have none of it, are shown without")
  func old() throws {
    let request = TinyRun.clip.request(in: collection, out: "old")
    #expect(try StepClock().train(request) == .finished)
    let log = RunFolder(request.out).log
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    let stripped = try lines.map { line in
      var report = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      for key in ["languageLoss", "falseNegatives", "flops"] { report[key] = nil }
      return String(decoding: try JSONSerialization.data(withJSONObject: report), as: UTF8.self)
    }
    try Data(stripped.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: log))
    let comparison = try RunComparison([request.out])
    #expect(!comparison.page.contains("Loss by language"))
    #expect(comparison.rows[0].flops == nil && comparison.table().contains("–"))
  }

  @Test("Of many languages the easiest, the hardest and some between are drawn")
  func manyLanguages() throws {
    let request = TinyRun.clip.request(in: collection, out: "many")
    #expect(try StepClock().train(request) == .finished)
    let folder = RunFolder(request.out)
    var report = try #require(try folder.reports().last)
    let losses = (0..<20).map { ("l\($0)", Double($0) + 0.5) }
    report.languageLoss = Dictionary(uniqueKeysWithValues: losses)
    try JSONEncoder().encode(report).write(to: URL(fileURLWithPath: folder.log))
    let chart = try #require(try RunComparison([request.out]).languageCharts.first)
    #expect(chart.series.map(\.name) == ["l19", "l15", "l11", "l7", "l3", "l0"])
    #expect(chart.title.contains("6 of 20"))
  }

  @Test("A log that can be written no more is told once, and the run goes on to its end")
  func unwritable() throws {
    var request = TinyRun.clip.request(in: collection, out: "unwritable")
    request.assignments += ["training.steps=12", "training.checkpointSteps=4"]
    let folder = RunFolder(request.out)
    let problems = Mutex<[String]>([])
    let steps = Mutex(0)
    let run = try TrainingRun(request) { event in
      if case .problem(let line) = event { problems.withLock { $0.append(line) } }
    } isInterrupted: {
      // Something else stands where the log was, so that not even its owner can add to it.
      let step = steps.withLock { steps in
        steps += 1
        return steps
      }
      if FileManager.default.fileExists(atPath: folder.log), step >= 3 {
        try? FileManager.default.removeItem(atPath: folder.log)
        try? FileManager.default.createDirectory(
          atPath: folder.log, withIntermediateDirectories: false)
      }
      return false
    }
    #expect(try run.run() == .finished)
    let told = problems.withLock { $0 }.filter { $0.contains("log.jsonl") }
    #expect(told.count == 1)
    #expect(told.first?.contains("Training continues") == true)
    #expect(told.first?.contains("\n") == false)
    for file in ["model.safetensors", "checkpoint.safetensors"] {
      #expect(try TensorBytes(request.out + "/" + file).tensors.count > 10)
    }
  }
}
