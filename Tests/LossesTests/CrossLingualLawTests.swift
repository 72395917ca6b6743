import Foundation
import Losses
import Settings
import TestSupport
import Testing
import Torch

@Suite("Laws of contrasts across languages")
struct CrossLingualLawTests {
  private let scale = Tensor([8] as [Float], shape: [])

  private func unit(_ count: Int, _ width: Int = 6, seed: UInt64) -> Tensor {
    Tensor.normal([count, width], using: Generator(seed: seed)).normalized()
  }

  /// Pairs whose cosines are given: with their picture, and of the texts alone.
  private func pairs(closeness: [Float], relevance: [Float]) -> PairCloseness {
    func vectors(_ cosines: [Float]) -> Tensor {
      Tensor(cosines.flatMap { [$0, (1 - $0 * $0).squareRoot()] }, shape: [cosines.count, 2])
    }
    let ones = Tensor([Float](repeating: 1, count: closeness.count).flatMap { [$0, 0] })
      .reshaped(closeness.count, 2)
    return PairCloseness(
      first: ones, second: vectors(closeness), firstTexts: ones, secondTexts: vectors(relevance))
  }

  @Test("Is ln n before learning; goes to nothing for partners that agree")
  func beforeAndAfter() {
    let same = Tensor.ones([5, 4]).normalized()
    #expect(
      isClose(
        crossLingualLoss(first: same, second: same, scale: scale).item, log(5), tolerance: 1e-6)
    )
    let apart = Tensor([1, 0, 0, 1, -1, 0] as [Float], shape: [3, 2])
    let sure = crossLingualLoss(
      first: apart, second: apart, scale: Tensor([100] as [Float], shape: []))
    #expect(isClose(sure.item, 0, tolerance: 1e-6))
  }

  @Test("Moving another caption of the same picture changes nothing, moving one of another does")
  func otherCaptionsAreNoNegatives() {
    let (first, second) = (unit(4, seed: 1), unit(4, seed: 2))
    let groups = Tensor([5, 8, 5, 9] as [Int64])
    func terms(_ second: Tensor) -> [Float] {
      crossLingualTerms(first: first, second: second, groups: groups, scale: scale).images.floats
    }
    // The partner of pair 2, which is of the same picture as pair 0.
    let moved = Tensor.concatenated(
      [second.narrowed(0, to: 0..<2), unit(1, seed: 3), second.narrowed(0, to: 3..<4)], axis: 0)
    let (before, after) = (terms(second), terms(moved))
    #expect(before[0] == after[0])
    #expect(before[1] != after[1] && before[2] != after[2] && before[3] != after[3])
  }

  @Test("Pairs of no picture are negatives of each other, though they have the same number")
  func negativeGroups() {
    let (first, second) = (unit(3, seed: 1), unit(3, seed: 2))
    func loss(_ groups: [Int64]?) -> Double {
      crossLingualLoss(
        first: first, second: second, groups: groups.map { Tensor($0) }, scale: scale
      ).item
    }
    #expect(loss([-1, -1, -1]) == loss(nil))
    #expect(loss([0, 1, 2]) == loss(nil))
    #expect(loss([4, 4, 4]) == 0)
  }

  @Test("Neither the order of languages nor that of pairs matters, whatever regularizes")
  func symmetry() {
    let sides = (0..<4).map { unit(4, seed: 10 + UInt64($0)) }
    let strict = PairCloseness(
      first: unit(2, seed: 20), second: unit(2, seed: 21), firstTexts: unit(2, seed: 22),
      secondTexts: unit(2, seed: 23))
    let order = Tensor([2, 0, 3, 1] as [Int64])
    let groups = Tensor([1, 7, 1, 2] as [Int64])
    for regularizer in RelevanceRegularizer.allCases {
      func loss(_ places: [Int], _ order: Tensor) -> Double {
        let sides = places.map { sides[$0].gathered(0, order) }
        let pairs = PairCloseness(
          first: sides[0], second: sides[1], firstTexts: sides[2], secondTexts: sides[3])
        return weakPairTerms(
          pairs, groups: groups.gathered(0, order), scale: scale,
          settings: WeakPairSettings(regularizer), strict: strict
        ).loss.item
      }
      let plain = loss([0, 1, 2, 3], .range(0..<4))
      #expect(isClose(plain, loss([1, 0, 3, 2], .range(0..<4)), tolerance: 1e-5), "\(regularizer)")
      #expect(isClose(plain, loss([0, 1, 2, 3], order), tolerance: 1e-5), "\(regularizer)")
    }
  }

  @Test("R1: a pair below the ceiling has no gradient, a pair above it is pushed down")
  func ceilingPushesOnlyFromAbove() throws {
    let weak = pairs(closeness: [0.3, 0.8], relevance: [0.5, 0.5])
    let second = Parameter("second", weak.second)
    let loss = relevanceCeiling(
      PairCloseness(
        first: weak.first, second: second.value, firstTexts: weak.firstTexts,
        secondTexts: weak.secondTexts),
      margin: 0.1)
    // (0.8 − 0.5 − 0.1) / 2 pairs.
    #expect(isClose(loss.item, 0.1, tolerance: 1e-6))
    try loss.backward()
    #expect(try #require(second.gradient).floats == [0, 0, 0.5, 0])
    #expect(relevanceCeiling(weak, margin: 0.31).item == 0)
  }

  @Test(
    "R2: is zero where the order holds by as much as the texts say, and not where it holds by less")
  func orderHolds() {
    let strict = pairs(closeness: [0.9], relevance: [0.8])
    // Texts differ by 0.5, and so may pairs with pictures.
    #expect(relevanceOrder(pairs(closeness: [0.35], relevance: [0.3]), strict: strict).item == 0)
    let late = relevanceOrder(pairs(closeness: [0.6], relevance: [0.3]), strict: strict).item
    #expect(isClose(late, 0.2, tolerance: 1e-6))
  }

  @Test(
    "R3: pairs that say nothing of the same have no contrast, pairs that say the same all of it")
  func weightsFromNothingToAll() throws {
    let (first, second) = (Parameter("first", unit(3, 2, seed: 1)), unit(3, 2, seed: 2))
    func terms(_ relevance: [Float], _ regularizer: RelevanceRegularizer) -> Tensor {
      let texts = pairs(closeness: relevance, relevance: relevance)
      return weakPairTerms(
        PairCloseness(
          first: first.value, second: second, firstTexts: texts.firstTexts,
          secondTexts: texts.secondTexts),
        scale: scale, settings: WeakPairSettings(regularizer)
      ).loss
    }
    let nothing = terms([0, -0.5, -1], .weights)
    #expect(nothing.item == 0)
    try nothing.backward()
    #expect(try #require(first.gradient).floats.allSatisfy { $0 == 0 })
    #expect(
      isClose(terms([1, 1, 1], .weights).item, terms([1, 1, 1], .none).item, tolerance: 1e-6))
    #expect(terms([1, 1, 1], .none).item > 0.1)
  }

  @Test("R4: is zero where pictures leave the texts' neighbours as they are, and not elsewhere")
  func distributionsAgree() {
    let (first, second) = (unit(4, seed: 1), unit(4, seed: 2))
    func loss(_ texts: Tensor, _ groups: [Int64]) -> Double {
      relevanceDistributions(
        PairCloseness(first: first, second: second, firstTexts: texts, secondTexts: second),
        groups: Tensor(groups), scale: scale, temperature: 1 / 8
      ).item
    }
    #expect(abs(loss(first, [0, 1, 0, 2])) < 1e-6)
    #expect(loss(unit(4, seed: 3), [0, 1, 0, 2]) > 0.01)
    // Where all are captions of one picture there is nothing to compare.
    #expect(loss(unit(4, seed: 3), [6, 6, 6, 6]) == 0)
  }

  @Test("Settings that cannot be are refused with what to change")
  func badSettings() {
    func reason(_ change: (inout WeakPairSettings) -> Void) -> String? {
      var settings = WeakPairSettings()
      change(&settings)
      do {
        try settings.check()
        return nil
      } catch { return "\(error)" }
    }
    #expect(reason { _ in } == nil)
    #expect(reason { $0.weight = -1 }?.contains("weight is -1.0") == true)
    #expect(reason { $0.irrelevant = 1 }?.contains("must be larger") == true)
    #expect(reason { $0.temperature = 0 }?.contains("must be above 0") == true)
  }

  @Test("The order of relevance without strictly aligned pairs stops the program and says why")
  func orderNeedsStrictPairs() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let vectors = Tensor.ones([2, 3]).normalized()
      _ = weakPairTerms(
        PairCloseness(first: vectors, second: vectors, firstTexts: vectors, secondTexts: vectors),
        scale: .ones([]), settings: WeakPairSettings(.order))
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("strictly aligned pairs, and none are given"))
  }

  @Test("Partners of another number, and groups of another number, stop the program")
  func misfits() async throws {
    await #expect(processExitsWith: .failure) {
      _ = crossLingualLoss(first: .ones([3, 2]), second: .ones([2, 2]), scale: .ones([]))
    }
    await #expect(processExitsWith: .failure) {
      _ = crossLingualLoss(
        first: .ones([3, 2]), second: .ones([3, 2]), groups: Tensor([1, 2] as [Int64]),
        scale: .ones([]))
    }
  }
}
