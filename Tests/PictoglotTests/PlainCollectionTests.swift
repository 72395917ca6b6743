import Checkpoints
import Foundation
import Pictoglot
import Synchronization
import TestSupport
import Testing
import Torch
import Training

@Suite("Collections as people have them", .serialized)
struct PlainCollectionTests {
  private let collection: TinyCollection
  private var folder: String { collection.folder.path }

  init() throws { collection = try TinyCollection() }

  private func file(_ name: String, _ text: String) throws -> String {
    let path = folder + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// What a run says while it is made and learns.
  private final class Words: Sendable {
    private let all = Mutex<[String]>([])
    var lines: [String] { all.withLock { $0 } }
    func hear(_ event: TrainingRun.Event) {
      switch event {
      case .message(let text), .problem(let text): all.withLock { $0.append(text) }
      default: break
      }
    }
  }

  @Test("A table without splits is learned from as a whole, and a folder of pictures by MAE")
  func withoutSplits() throws {
    let colours = ["red", "green", "blue", "yellow", "black", "white", "pink", "cyan"]
    var request = TinyRun.clip.request(in: collection, out: "table")
    request.data = try file(
      "plain.tsv", "filepath\ttitle\n" + colours.map { "\($0).png\t\($0)\n" }.joined())
    let words = Words()
    #expect(try StepClock().train(request, on: { words.hear($0) }) == .finished)
    #expect(words.lines.contains { $0.contains("no splits") })
    let painter = try #require(TinyRun.all.first { $0.name.contains("first stage") })
    request = painter.request(in: collection, out: "painted")
    request.data = folder + "/pictures"
    try FileManager.default.createDirectory(
      atPath: request.data, withIntermediateDirectories: true)
    for colour in colours {
      try FileManager.default.copyItem(
        atPath: "\(folder)/\(colour).png", toPath: "\(request.data)/\(colour).png")
    }
    #expect(try StepClock().train(request) == .finished)
  }

  @Test("m-clip learns from a table of parallel sentences, without any picture")
  func sentencesAlone() throws {
    let teacher = TinyRun.clip.request(in: collection, out: "teacher")
    #expect(try StepClock().train(teacher) == .finished)
    let mclip = try #require(TinyRun.all.first { $0.recipe == "m-clip" })
    var request = mclip.request(in: collection, out: "student")
    request.teacher = teacher.out
    request.data = try file(
      "parallel.tsv",
      "en\tko\n" + (0..<8).map { "word \($0)\t낱말 \($0)\n" }.joined())
    #expect(try StepClock().train(request) == .finished)
  }

  @Test(
    "A run that goes on says so where its collection has changed, and computes with its threads")
  func changed() throws {
    var request = TinyRun.clip.request(in: collection, out: "run")
    #expect(try StepClock().train(request, interruptAt: 2) == .interrupted)
    #expect(try RunFolder(request.out).record().threads == Engine.threads)
    request.resumes = true
    request.assignments = []
    let same = Words()
    #expect(try StepClock().train(request, interruptAt: 1, on: { same.hear($0) }) == .interrupted)
    #expect(!same.lines.contains { $0.contains("has changed since") })
    let text = try String(contentsOfFile: collection.path, encoding: .utf8)
    try Data(text.replacingOccurrences(of: "ein pink", with: "ein rosa").utf8)
      .write(to: URL(fileURLWithPath: collection.path))
    let other = Words()
    #expect(try StepClock().train(request, on: { other.hear($0) }) == .finished)
    #expect(other.lines.contains { $0.contains("has changed since") })
  }

  @Test("A scale that is asked for is begun with, even where both towers are of one model")
  func scale() throws {
    let first = TinyRun.clip.request(in: collection, out: "first")
    #expect(try StepClock().train(first) == .finished)
    func scale(_ assignments: [String], out: String) throws -> Double {
      var request = TinyRun.clip.request(in: collection, out: out)
      request.assignments =
        request.assignments.filter { !$0.hasPrefix("model.") } + ["training.steps=1"] + assignments
      (request.imageFrom, request.textFrom) = (first.out, first.out)
      #expect(try StepClock().train(request) == .finished)
      return try #require(RunFolder(request.out).reports().first?.scale)
    }
    #expect(abs(try scale(["model.logScale=1"], out: "own") - 2.718) < 0.05)
    #expect(abs(try scale([], out: "taken") - 14.3) < 1)
  }
}
