import Corpora
import Evaluation
import Foundation
import Models
import Pictoglot
import Synchronization
import TestSupport
import Testing
import Training

@Suite("A whole run", .serialized)
struct WholeRunTests {
  private let collection: TinyCollection

  private func request(out: String, steps: Int) -> TrainingRun.Request {
    var request = TrainingRun.Request(
      recipe: "concepts", data: collection.path, out: collection.folder.path + "/" + out)
    request.assignments = TinyCollection.assignments(steps: steps)
    request.device = "cpu"
    return request
  }

  init() throws { collection = try TinyCollection() }

  private func train(_ request: TrainingRun.Request, interruptAt step: Int? = nil) throws {
    let steps = StepCounter()
    let run = try TrainingRun(
      request, on: { _ in }, isInterrupted: { steps.next() == step })
    #expect(try run.run() == (step == nil ? .finished : .interrupted))
  }

  @Test("Twenty-five steps on eight pictures find each by its captions in every language")
  func learns() async throws {
    let request = self.request(out: "run", steps: 25)
    try train(request)
    let model = try await ImageTextModel(request.out, device: "cpu")
    let corpus = try Corpus(opening: collection.path)
    let report = try await model.evaluate(on: corpus, options: .quick)
    #expect(report.languages.count == 3)
    for language in report.languages {
      #expect(language.textToImage.recall(at: 1)?.value.value == 1, "\(language.language)")
      #expect(language.imageToText.recall(at: 1)?.value.value == 1, "\(language.language)")
    }
  }

  @Test("Only the languages that are named are learned and said to be")
  func captionLanguages() throws {
    var request = self.request(out: "two", steps: 1)
    request.assignments.append(#"training.captionLanguages=["ko","en"]"#)
    try train(request)
    #expect(try ModelCard(folder: request.out).languages.sorted() == ["en", "ko"])
  }

  @Test("A run that is interrupted, and resumed by another process, ends as if it never stopped")
  func resumesExactly() throws {
    // With everything random switched on, in bfloat16 and with batch norm.
    func varied(out: String) -> TrainingRun.Request {
      var request = self.request(out: out, steps: 9)
      request.assignments.removeAll {
        $0.hasPrefix("training.augmentation") || $0.hasPrefix("training.precision")
          || $0.hasPrefix("model.image")
      }
      request.assignments += ["training.tokenDropout=0.2", "model.image.size=16"]
      return request
    }
    let whole = varied(out: "whole")
    try train(whole)
    let halted = varied(out: "halted")
    try train(halted, interruptAt: 4)
    let told = try runProgram(
      "pictoglot", ["train", "--resume", "--out", halted.out, "--device", "cpu", "--quiet"])
    #expect(told.status == 0, "\(told.errors)")
    let (expected, found) = (try FinishedRun(whole.out), try FinishedRun(halted.out))
    #expect(expected.checkpoint.tensors.count > 50 && expected.model.tensors.count > 15)
    #expect(found.checkpoint.differences(from: expected.checkpoint) == [])
    #expect(found.model.differences(from: expected.model) == [])
    #expect(found.files["tokenizer.json"] == expected.files["tokenizer.json"])
    // The interruption is a report of its own, so that no step is missing from the log.
    #expect(found.reports >= 2)
    #expect(isClose(found.loss, expected.loss, tolerance: 1e-9))
    #expect(found.last == expected.last)
  }

  @Test("A second run into the same folder is refused, as is going on with nothing")
  func refusesReuse() throws {
    let request = self.request(out: "run", steps: 1)
    try train(request)
    #expect(throws: TrainingError.folderInUse(path: request.out)) { try train(request) }
    var absent = self.request(out: "absent", steps: 1)
    absent.resumes = true
    absent.assignments = []
    #expect(throws: TrainingError.nothingToResume(path: absent.out)) { try train(absent) }
  }

  @Test("The example of the README compares a picture with texts")
  func example() async throws {
    let request = self.request(out: "run", steps: 25)
    try train(request)
    let result = try runProgram(
      "CompareExample",
      [request.out, collection.folder.path + "/red.png", "빨강", "파랑", "green"])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    let similarities = lines.compactMap { Float($0.prefix { $0 != " " }) }
    #expect(similarities.count == 3)
    #expect(similarities.max() == similarities.first)
    let refused = try runProgram("CompareExample", [request.out, collection.path, "x", "y"])
    #expect(refused.status == 1 && refused.output.contains(collection.path))
  }

  @Test("A language that is none is refused")
  func refusesLanguages() async throws {
    let request = self.request(out: "run", steps: 1)
    try train(request)
    let model = try await ImageTextModel(request.out)
    await #expect(throws: (any Error).self) { try await model.embed("x", language: "not a tag") }
  }

  @Test("A loss that is not a number ends the run, says where, and leaves the checkpoint")
  func stopsOnDivergence() throws {
    var request = self.request(out: "run", steps: 50)
    request.assignments += ["training.rate=1e30", "training.clip=0", "training.checkpointSteps=1"]
    #expect {
      try train(request)
    } throws: { error in
      guard case .diverged(let divergence, 0) = error as? TrainingError else { return false }
      return divergence.step > 1 && divergence.samples.count == 8
    }
    #expect(FileManager.default.fileExists(atPath: request.out + "/checkpoint.safetensors"))
  }
}

/// Counts the steps of a run, so that a test can interrupt it at one.
private final class StepCounter: Sendable {
  private let count = Mutex(0)
  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
