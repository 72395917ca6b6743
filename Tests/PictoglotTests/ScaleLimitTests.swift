import Checkpoints
import Foundation
import Pictoglot
import Synchronization
import TestSupport
import Testing
import Torch
import Training

@Suite("The scale while it is learned", .serialized)
struct ScaleLimitTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  /// The logarithm of the scale after each of six steps that a run begins with another one, and what
  /// the run doubted.
  private func learned(_ run: TinyRun, from scale: Double, _ others: String...) throws -> (
    steps: [Double], doubts: [String]
  ) {
    var request = run.request(in: collection, out: "run-\(UUID().uuidString)")
    request.assignments += ["model.logScale=\(log(scale))", "training.checkpointSteps=1"] + others
    let checkpoint = request.out + "/checkpoint.safetensors"
    let heard = Mutex<(steps: [Double], doubts: [String])>(([], []))
    let trained = try TrainingRun(request) { event in
      if case .problem(let line) = event { heard.withLock { $0.doubts.append(line) } }
    } isInterrupted: {
      // Asked after each step, before its checkpoint: so the one of the step before is there.
      if let file = try? SafetensorsFile(path: checkpoint),
        let scale = try? file.tensor("log_scale")
      {
        heard.withLock { $0.steps.append(scale.item) }
      }
      return false
    }
    #expect(try trained.run() == .finished)
    let last = try SafetensorsFile(path: request.out + "/model.safetensors").tensor("log_scale")
    return heard.withLock { ($0.steps + [last.item], $0.doubts) }
  }

  private func run(_ recipe: String) throws -> TinyRun {
    try #require(TinyRun.all.first { $0.recipe == recipe })
  }

  @Test(
    "SigLIP's may be above 100, as the published models' are, and goes on moving",
    .timeLimit(.minutes(5)))
  func siglip() throws {
    let (steps, doubts) = try learned(try run("siglip"), from: 117)
    #expect(steps.count >= 6)
    #expect(steps.allSatisfy { $0 > log(110) })
    for (before, after) in zip(steps, steps.dropFirst()) { #expect(abs(before - after) > 1e-5) }
    #expect(!doubts.contains { $0.contains("The scale starts") })
  }

  @Test("CLIP's is at most 100, and comes down again from there")
  func clip() throws {
    let (steps, doubts) = try learned(try run("clip"), from: 117, "training.average=0")
    #expect(steps.count >= 6)
    #expect(steps.allSatisfy { $0 <= log(100) + 1e-6 })
    // Pictures and captions of drawn towers do not fit: a smaller scale is better.
    #expect(try #require(steps.last) < log(100) - 0.001)
    #expect(doubts.contains { $0.contains("The scale starts at 117.0") })
  }

  @Test("KoCLIP's is not limited, as its authors' was not")
  func koclip() throws {
    let (steps, _) = try learned(try run("koclip"), from: 150)
    #expect(steps.allSatisfy { $0 > log(110) })
    #expect(Set(steps).count > 3)
  }

  @Test("BriVL's is its temperature's, and stands in the model")
  func brivl() throws {
    let (steps, _) = try learned(try run("brivl"), from: 14, "temperature=0.05")
    #expect(steps.allSatisfy { isClose($0, log(20), tolerance: 1e-6) })
  }
}
