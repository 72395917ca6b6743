import Foundation
import Pictures
import Testing

@testable import Corpora

@Suite("The order of samples")
struct SampleOrderTests {
  @Test(
    "Every epoch shows every sample once, across the borders of batches",
    arguments: [
      (1, 1), (2, 3), (7, 3), (64, 64), (1000, 96), (65, 200),
    ])
  func epochsArePermutations(count: Int, batch: Int) {
    let order = SampleOrder(count: count, batch: batch, seed: 5)
    let steps = (3 * count + batch - 1) / batch
    let seen = (0..<steps).flatMap(order.indices(ofStep:))
    for epoch in 0..<3 {
      #expect(seen[epoch * count..<(epoch + 1) * count].sorted() == Array(0..<count))
    }
  }

  @Test("A position is only a number: any step can be asked for, and asked again")
  func isStateless() throws {
    let order = SampleOrder(count: 100, batch: 32, seed: 1)
    let all = (0..<20).map(order.indices(ofStep:))
    let restored = try JSONDecoder().decode(SampleOrder.self, from: JSONEncoder().encode(order))
    for step in (0..<20).reversed() { #expect(restored.indices(ofStep: step) == all[step]) }
  }

  @Test("Epochs and seeds differ")
  func differs() {
    let order = SampleOrder(count: 500, batch: 500, seed: 1)
    #expect(order.indices(ofStep: 0) != order.indices(ofStep: 1))
    #expect(
      order.indices(ofStep: 0) != SampleOrder(count: 500, batch: 500, seed: 2).indices(ofStep: 0))
  }

  @Test("The numbers are the same on every platform and for ever")
  func isFixed() {
    #expect(SampleOrder(count: 10, batch: 10, seed: 42).indices(ofStep: 0) == fixedOrder)
  }

  @Test("Every sample is as likely as any other at the first place")
  func isFair() {
    var counts = [Int](repeating: 0, count: 8)
    for seed in 0..<8000 {
      counts[SampleOrder(count: 8, batch: 1, seed: UInt64(seed)).indices(ofStep: 0)[0]] += 1
    }
    #expect(counts.allSatisfy { abs($0 - 1000) < 150 }, "\(counts)")
  }

  private let fixedOrder = [0, 2, 9, 5, 3, 8, 4, 7, 6, 1]
}

@Suite("Drawing captions")
struct CaptionPolicyTests {
  private let sample = Sample(
    id: "a", captions: ["en": ["dog", "hound"], "ko": ["개"], "sw": ["mbwa"], "yo": ["ajá"]],
    picture: .file(path: "a.png"))

  @Test("As many languages are drawn as asked for, none of them twice", arguments: [1, 2, 4, 9])
  func drawsDistinctLanguages(count: Int) {
    var random = RandomStream(seed: 3)
    for policy in [CaptionPolicy.Languages.uniform, .bySize(exponent: 0.5)] {
      let policy = CaptionPolicy(languages: policy, captionsPerPicture: count)
      let drawn = policy.draw(from: sample, using: &random)
      #expect(drawn.count == min(count, 4))
      #expect(Set(drawn.map(\.language)).count == drawn.count)
      for (language, text) in drawn { #expect(sample.captions[language]?.contains(text) == true) }
    }
  }

  @Test("All captions are drawn by the policy that draws all")
  func drawsAll() {
    var random = RandomStream(seed: 3)
    let drawn = CaptionPolicy(languages: .all).draw(from: sample, using: &random)
    #expect(drawn.map(\.text) == ["dog", "hound", "개", "mbwa", "ajá"])
  }

  @Test("The same stream draws the same captions")
  func isReproducible() {
    let policy = CaptionPolicy(languages: .uniform, captionsPerPicture: 2)
    var (first, second) = (RandomStream(seed: 9, 4), RandomStream(seed: 9, 4))
    let (a, b) = (
      policy.draw(from: sample, using: &first), policy.draw(from: sample, using: &second)
    )
    #expect(a.map(\.text) == b.map(\.text))
    #expect(first == second)
  }

  @Test(
    "By size, languages are seen as often as their size to the exponent", arguments: [0, 0.5, 1])
  func followsSizes(exponent: Double) {
    // English is with each of 1,000 pictures, Korean with 100 of them.
    let counts = ["en": 1000, "ko": 100]
    let both = Sample(id: "", captions: ["en": ["x"], "ko": ["y"]], picture: .file(path: ""))
    let policy = CaptionPolicy(languages: .bySize(exponent: exponent), languageCounts: counts)
    var random = RandomStream(seed: 7)
    var korean = 0
    for _ in 0..<20_000 where policy.draw(from: both, using: &random)[0].language == "ko" {
      korean += 1
    }
    let weights = (pow(1000, exponent - 1), pow(100, exponent - 1))
    let expected = weights.1 / (weights.0 + weights.1)
    #expect(abs(Double(korean) / 20_000 - expected) < 0.02)
  }

  @Test("Languages that are not wanted are never drawn, and may leave nothing")
  func keepsToWanted() throws {
    var random = RandomStream(seed: 3)
    let french = Sample(id: "french", captions: ["fr": ["x"]], picture: .file(path: ""))
    let corpus = Corpus(path: "", samples: [sample, french])
    let wanted = try #require(try corpus.keeping(languages: ["sw"]).samples.first)
    let policy = CaptionPolicy(captionsPerPicture: 4)
    #expect(policy.draw(from: wanted, using: &random).map(\.language) == ["sw"])
    #expect(try corpus.keeping(languages: ["fr"]).samples.map(\.id) == ["french"])
  }

  @Test(
    "A policy survives being saved",
    arguments: [
      CaptionPolicy.Languages.uniform, .bySize(exponent: 0.3), .all,
    ])
  func isCodable(languages: CaptionPolicy.Languages) throws {
    let policy = CaptionPolicy(languages: languages, captionsPerPicture: 3)
    #expect(
      try JSONDecoder().decode(CaptionPolicy.self, from: JSONEncoder().encode(policy)) == policy)
  }

  @Test("Samples of one concept are one group, those without are groups of their own")
  func groups() {
    let samples = ["dog", "", "cat", "dog", "", "e\u{301}", "\u{E9}"].enumerated().map {
      Sample(id: "\($0)", captions: [:], concept: $1, picture: .file(path: ""))
    }
    #expect(Corpus(path: "", samples: samples).relevanceGroups == [0, 1, 2, 0, 3, 4, 5])
  }
}
