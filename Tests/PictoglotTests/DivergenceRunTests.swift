import Checkpoints
import Foundation
import Pictoglot
import Synchronization
import TestSupport
import Testing
import Torch
import Training

@Suite("Runs that diverge", .serialized)
struct DivergenceRunTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  /// Remembers what a run had to go back from.
  private final class Witness: Sendable {
    private let seen = Mutex<[Rollback]>([])
    var rollbacks: [Rollback] { seen.withLock { $0 } }

    func hear(_ event: TrainingRun.Event) {
      if case .rolledBack(let rollback) = event { seen.withLock { $0.append(rollback) } }
    }
  }

  /// A run of twelve steps in which any loss a little above the usual one counts as exploding.
  private func nervous(_ run: TinyRun, out: String) -> TrainingRun.Request {
    var request = run.request(in: collection, out: out)
    request.assignments += [
      "training.steps=12", "training.checkpointSteps=3", "training.divergence=rollback",
      "training.explosion=1.0001", "training.rollbacks=30", "training.rollbackRate=0.75",
      // A scale at which losses hardly fall, so that some are above those before.
      "model.logScale=0",
    ]
    return request
  }

  private func tensors(_ path: String) throws -> [String: [Float]] {
    let file = try SafetensorsFile(path: path)
    return try Dictionary(
      uniqueKeysWithValues: file.entries.keys.map { ($0, try file.tensor($0).to(.float32).floats) })
  }

  @Test(
    "Go back, leave out the batch, and go on slower to the end",
    arguments: [TinyRun.clip, TinyRun.brivl])
  func goesBack(_ run: TinyRun) throws {
    let request = nervous(run, out: "run")
    let witness = Witness()
    #expect(try StepClock().train(request, on: { witness.hear($0) }) == .finished)
    let rollbacks = witness.rollbacks
    #expect(!rollbacks.isEmpty)
    for (number, rollback) in rollbacks.enumerated() {
      #expect(rollback.count == number + 1 && rollback.step < rollback.divergence.step)
      #expect(rollback.step % 3 == 0 && rollback.divergence.samples.count == 4)
      #expect(isClose(rollback.rateFactor, pow(0.75, Double(number + 1))))
      #expect("\(rollback)".contains(rollback.divergence.samples[0]))
    }
    // Each batch is left out once and never met again.
    let steps = rollbacks.map(\.divergence.step)
    #expect(Set(steps).count == steps.count)
    let lines = try String(contentsOfFile: request.out + "/divergence.jsonl", encoding: .utf8)
      .split(separator: "\n")
    let written = try lines.map { try JSONDecoder().decode(Divergence.self, from: Data($0.utf8)) }
    #expect(written == rollbacks.map(\.divergence))
    #expect(!FileManager.default.fileExists(atPath: request.out + "/rollback.safetensors"))
    let reports = try RunFolder(request.out).reports()
    #expect(reports.last?.step == 12)
    #expect(zip(reports, reports.dropFirst()).allSatisfy { $0.step < $1.step })
  }

  @Test(
    "Interrupted anywhere and resumed, they end with the same numbers to the bit",
    arguments: [TinyRun.clip, TinyRun.brivl])
  func resumesExactly(_ run: TinyRun) throws {
    let whole = nervous(run, out: "whole")
    let witness = Witness()
    #expect(try StepClock().train(whole, on: { witness.hear($0) }) == .finished)
    #expect(!witness.rollbacks.isEmpty)
    let expected = try tensors(whole.out + "/checkpoint.safetensors")
    for step in run.recipe == "brivl" ? [5, 8] : [1, 4, 6, 11] {
      var halted = nervous(run, out: "halted-\(step)")
      #expect(try StepClock().train(halted, interruptAt: step) == .interrupted)
      halted.assignments = []
      halted.resumes = true
      #expect(try StepClock().train(halted) == .finished)
      #expect(try tensors(halted.out + "/checkpoint.safetensors") == expected, "\(step)")
    }
  }

  @Test("Give up after so many rollbacks, with whole numbers on disk")
  func givesUp() throws {
    var request = TinyRun.clip.request(in: collection, out: "run")
    request.assignments += [
      "training.rate=1e30", "training.clip=0", "training.steps=50", "training.divergence=rollback",
      "training.rollbacks=2", "training.rollbackRate=1",
    ]
    let witness = Witness()
    #expect {
      _ = try StepClock().train(request, on: { witness.hear($0) })
    } throws: { error in
      guard case .diverged(_, 2) = error as? TrainingError else { return false }
      return "\(error)".contains("after 2 rollbacks") && !"\(error)".contains("\n")
    }
    #expect(witness.rollbacks.count == 2)
    for (name, numbers) in try tensors(request.out + "/checkpoint.safetensors") {
      #expect(numbers.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  @Test("A loss that explodes without ever being infinite ends the run before it is saved")
  func explosion() throws {
    let painter = try #require(TinyRun.all.first { $0.name.contains("first stage") })
    var request = painter.request(in: collection, out: "run")
    request.assignments += [
      "training.rate=3", "training.clip=0", "training.checkpointSteps=1", "training.steps=20",
      "training.precision=float32", "decoder.hasTanh=false",
    ]
    #expect {
      _ = try StepClock().train(request)
    } throws: { error in
      guard case .diverged(let divergence, 0) = error as? TrainingError else { return false }
      return divergence.cause == .explosion && divergence.loss.isFinite
        && divergence.loss > 20 * (divergence.usualLoss ?? .infinity)
    }
    #expect(FileManager.default.fileExists(atPath: request.out + "/divergence.jsonl"))
  }

  @Test("A student that runs away from its teacher is stopped, too")
  func runaway() throws {
    let teacher = TinyRun.clip.request(in: collection, out: "teacher")
    #expect(try StepClock().train(teacher) == .finished)
    let run = try #require(TinyRun.all.first { $0.recipe == "m-clip" })
    var request = run.request(in: collection, out: "run")
    request.teacher = teacher.out
    request.assignments += ["training.rate=3", "training.steps=20"]
    #expect {
      _ = try StepClock().train(request)
    } throws: { error in
      guard case .diverged(let divergence, 0) = error as? TrainingError else { return false }
      return divergence.cause == .explosion && divergence.loss.isFinite
    }
  }

  @Test("Every recipe's published settings never take a healthy run for a sick one")
  func healthy() throws {
    for run in TinyRun.all where !run.needsTeacher {
      var request = run.request(in: collection, out: run.recipe + "-\(run.name.utf8.count)")
      request.assignments += ["training.steps=40"]
      #expect(try StepClock().train(request) == .finished, "\(run.name)")
    }
  }
}
