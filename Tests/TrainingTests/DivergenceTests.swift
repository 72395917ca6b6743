import Foundation
import Pictures
import Recipes
import TestSupport
import Testing

@testable import Training

@Suite("Divergence")
struct DivergenceTests {
  private let plan = TrainingPlan(
    preprocessing: .plain(size: 16), augmentation: Concepts.published.training.augmentation)

  /// The place of the first loss that counts as diverging.
  private func firstBad(_ losses: [Double]) -> Int? {
    var watch = DivergenceGuard()
    for (place, loss) in losses.enumerated() {
      guard watch.cause(loss: loss, norm: 1, explosion: plan.explosion) == nil else { return place }
      watch.follow(loss: loss)
    }
    return nil
  }

  @Test("Healthy losses pass: falling ones, noisy ones near zero, and queues that fill")
  func healthy() {
    let falling = (0..<500).map { 4.85 * exp(-Double($0) / 40) }
    #expect(firstBad(falling) == nil)
    // Almost learned by heart, and then a batch of hard ones.
    let spiky = (0..<400).map { $0 % 37 == 36 ? 3.0 : 1e-4 }
    #expect(firstBad(spiky) == nil)
    // BriVL: next to nothing against an empty queue, then both sides' logarithm of what is in it.
    let filling = [0.05] + (1...200).map { 2 * log(1 + 128 * Double($0)) }
    #expect(firstBad(filling) == nil)
  }

  @Test("Exploding losses and numbers that are none are caught at once")
  func sick() {
    let good = (0..<50).map { 4 - Double($0) / 25 }
    #expect(firstBad(good + [90]) == 50)
    #expect(firstBad(good + [.nan]) == 50)
    #expect(firstBad([.infinity]) == 0)
    // Errors of pixels, which begin near one.
    #expect(firstBad([1, 0.9, 0.8, 2, 15, 300, 1e5]) == 5)
    let watch = DivergenceGuard()
    #expect(watch.cause(loss: 1, norm: .nan, explosion: 20) == .gradients)
    #expect(watch.cause(loss: 1e30, norm: 1, explosion: 20) == nil, "nothing is usual yet")
  }

  @Test("A loss in another unit than nats explodes where it is above what the run began with")
  func otherUnits() {
    func cause(_ loss: Double, after losses: [Double], isInNats: Bool) -> Divergence.Cause? {
      var watch = DivergenceGuard()
      for loss in losses { watch.follow(loss: loss) }
      return watch.cause(loss: loss, norm: 1, explosion: 20, isInNats: isInNats)
    }
    // Errors of pixels from −1 to 1, of which none is above 4.
    let falling = (0..<200).map { 0.01 + 0.3 * exp(-Double($0) / 10) }
    #expect(cause(1.3, after: falling, isInNats: false) == .explosion)
    #expect(cause(1.3, after: falling, isInNats: true) == nil)
    // Many times the mean, and yet no worse than nothing learned.
    #expect(cause(0.28, after: falling, isInNats: false) == nil)
    #expect(cause(0.15, after: falling, isInNats: false) == nil)
    #expect(cause(5, after: [], isInNats: false) == nil, "nothing is usual yet")
  }

  @Test("Switched off, only what is no number is caught")
  func off() {
    var watch = DivergenceGuard()
    watch.follow(loss: 1)
    #expect(watch.cause(loss: 1e9, norm: 1, explosion: 0) == nil)
    #expect(watch.cause(loss: .nan, norm: 1, explosion: 0) == .loss)
  }

  @Test("Going back forgets later losses, and keeps what was left out and the rate")
  func rollback() {
    var watch = DivergenceGuard()
    watch.follow(loss: 2)
    let earlier = watch
    watch.follow(loss: 10)
    let once = watch.rolledBack(to: earlier, leavingOut: 7, rateTimes: 0.5)
    #expect(once.usualLoss == 2 && once.leftOut == [7] && once.rateFactor == 0.5)
    let twice = once.rolledBack(to: earlier, leavingOut: 4, rateTimes: 0.5)
    #expect(twice.leftOut == [4, 7] && twice.rateFactor == 0.25 && twice.rollbacks == 2)
  }

  @Test("A checkpoint of an earlier version, which says nothing of divergence, is read")
  func oldPosition() throws {
    let old = try JSONDecoder().decode(
      Position.self, from: Data(#"{"step":12,"seconds":3.5}"#.utf8))
    #expect(old.step == 12 && old.seconds == 3.5 && old.divergence == DivergenceGuard())
    var new = old
    new.divergence.follow(loss: 0.1 + 0.2)
    let again = try JSONDecoder().decode(Position.self, from: JSONEncoder().encode(new))
    #expect(again == new)
  }

  @Test("Says in one line the step, the loss, and some of the samples")
  func words() {
    let divergence = Divergence(
      cause: .explosion, step: 12, loss: 812.34567, usualLoss: 4.5, gradientNorm: nil,
      samples: (1...7).map { "s\($0)" })
    let stopped = "\(TrainingError.diverged(divergence, rollbacks: 0))"
    for words in ["812.346", "step 12", "mean of 4.5", "s1, s2", "7 samples", "rollback"] {
      #expect(stopped.contains(words), "\(words)")
    }
    #expect(!stopped.contains("\n"))
    let gaveUp = "\(TrainingError.diverged(divergence, rollbacks: 3))"
    #expect(gaveUp.contains("after 3 rollbacks"))
  }
}

@Suite("The parts of a rehearsal")
struct RehearsalTests {
  @Test("Steps with small pictures count for their share of the run")
  func stages() {
    var plan = Concepts.published.training
    plan.smallPictures = [.init(until: 0.5, size: 32), .init(until: 0.75, size: 48)]
    #expect(plan.stages.map(\.start) == [0, 0.5, 0.75])
    let seconds = zip(plan.stages, [1.0, 2, 4]).map { ($0.share, $1) }
    plan.steps = 100
    let bySteps = Rehearsal(plan, seconds, parameters: [], epochs: { Double($0) })
    let expected: Double = 50 + 25 * 2 + 25 * 4
    #expect(isClose(bySteps.minutes * 60, expected))
    (plan.steps, plan.minutes) = (nil, 10)
    let byMinutes = Rehearsal(plan, seconds, parameters: [], epochs: { Double($0) })
    #expect(byMinutes.steps == 412)
    plan.smallPictures = []
    #expect(plan.stages.map(\.share) == [1])
  }
}
