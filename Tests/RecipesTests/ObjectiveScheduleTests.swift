import Foundation
import Pictures
import Recipes
import Settings
import TestSupport
import Testing

@Suite("What objectives a run trains by, and in which languages")
struct ObjectiveScheduleTests {
  /// UC2's four objectives, 9 : 12 : 9 : 3, after a stage of texts alone.
  private let schedule = ObjectiveSchedule([
    .init(until: 0.25, mix: .sum, weights: [.textContrast: 1, .maskedLanguage: 0.5]),
    .init(
      mix: .draw,
      weights: [.matching: 9, .maskedLanguage: 12, .softVisualTokens: 9, .translationLanguage: 3]),
  ])

  @Test("A stage goes up to its share, and the last one to the end")
  func stages() {
    #expect(
      schedule.objectives(at: 0, seed: 1, step: 0) == [.textContrast: 1, .maskedLanguage: 0.5])
    #expect(schedule.objectives(at: 0.249, seed: 1, step: 9).count == 2)
    #expect(schedule.objectives(at: 0.25, seed: 1, step: 10).count == 1)
    #expect(schedule.objectives(at: 1, seed: 1, step: 11).count == 1)
  }

  @Test("One objective a step is drawn as often as its weight says, by the seed and the step")
  func mixing() {
    var counts: [Objective: Double] = [:]
    for step in 0..<6_600 {
      let drawn = schedule.objectives(at: 0.5, seed: 3, step: step)
      #expect(drawn == schedule.objectives(at: 0.5, seed: 3, step: step))
      #expect(drawn.values.allSatisfy { $0 == 1 })
      for objective in drawn.keys { counts[objective, default: 0] += 1 }
    }
    for (objective, weight) in [
      (Objective.matching, 9.0), (.maskedLanguage, 12), (.softVisualTokens, 9),
      (.translationLanguage, 3),
    ] { #expect(abs((counts[objective] ?? 0) - 200 * weight) < 170, "\(objective)") }
    let others = (0..<50).map { schedule.objectives(at: 0.5, seed: 4, step: $0) }
    #expect(others != (0..<50).map { schedule.objectives(at: 0.5, seed: 3, step: $0) })
  }

  @Test("A weight of 0 is never drawn and never summed")
  func zeroWeights() {
    let weights: [Objective: Double] = [.matching: 0, .maskedLanguage: 2]
    let drawn = ObjectiveSchedule([.init(mix: .draw, weights: weights)])
    #expect(
      (0..<200).allSatisfy { drawn.objectives(at: 0, seed: 1, step: $0) == [.maskedLanguage: 1] })
    let summed = ObjectiveSchedule([.init(mix: .sum, weights: weights)])
    #expect(summed.objectives(at: 0, seed: 1, step: 0) == [.maskedLanguage: 2])
  }

  @Test("A schedule is the same after it was written and read")
  func files() throws {
    let data = try JSONEncoder().encode(schedule)
    #expect(try JSONDecoder().decode(ObjectiveSchedule.self, from: data) == schedule)
  }

  @Test("Schedules that cannot be are refused with what to change")
  func refusals() throws {
    func reason(_ stages: [ObjectiveSchedule.Stage]) -> String {
      do {
        try ObjectiveSchedule(stages).check()
        return "none"
      } catch { return "\(error)" }
    }
    try schedule.check()
    #expect(reason([]).contains("must go until 1"))
    #expect(reason([.init(until: 0.5, mix: .sum, weights: [.matching: 1])]).contains("until 1"))
    let late = ObjectiveSchedule.Stage(until: 1, mix: .sum, weights: [.matching: 1])
    #expect(reason([late, late]).contains("Stage 2 of the objectives goes until 1.0"))
    #expect(reason([.init(mix: .sum, weights: [:])]).contains("no objective with a weight above 0"))
    #expect(
      reason([.init(mix: .sum, weights: [.matching: -1])]).contains("matching the weight -1.0"))
    var unknown = late
    unknown.weights = ["matchin": 1]
    #expect(reason([unknown]).contains("“matchin”"))
    #expect(reason([unknown]).contains("matching, textContrast"))
  }

  @Test("Languages are drawn by their size to the power α")
  func languages() throws {
    let counts = ["sw": 100, "en": 900, "xx": 0]
    func shares(_ exponent: Double) throws -> [Double] {
      try LanguageShares(counts: counts, exponent: exponent).probabilities
    }
    #expect(try LanguageShares(counts: counts, exponent: 1).languages == ["en", "sw"])
    #expect(isClose(try shares(1), [0.9, 0.1], tolerance: 1e-12))
    #expect(isClose(try shares(0.5), [0.75, 0.25], tolerance: 1e-12))
    #expect(isClose(try shares(0), [0.5, 0.5], tolerance: 1e-12))
    let half = try LanguageShares(counts: counts, exponent: 0.5)
    var random = RandomStream(seed: 5)
    let english = (0..<4_000).filter { _ in half.draw(by: &random) == "en" }.count
    #expect(abs(english - 3_000) < 130)
    #expect(throws: SettingsError.self) { try LanguageShares(counts: counts, exponent: 1.5) }
    #expect(throws: SettingsError.self) { try LanguageShares(counts: ["xx": 0], exponent: 1) }
  }
}
