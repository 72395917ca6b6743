import Evaluation
import Testing

@Suite("Chance")
struct ChanceTests {
  @Test("One right answer among n is among the first k with chance k/n", arguments: [1, 5, 10, 40])
  func oneRightAnswer(k: Int) {
    #expect(chanceOfRecall(at: k, relevant: 1, candidates: 40).isClose(to: Double(k) / 40))
  }

  @Test("Is 1 if so few answers are wrong that one right must be seen, and 0 if none is right")
  func isCertain() {
    #expect(chanceOfRecall(at: 5, relevant: 6, candidates: 10) == 1)
    #expect(chanceOfRecall(at: 50, relevant: 1, candidates: 10) == 1)
    #expect(chanceOfRecall(at: 5, relevant: 0, candidates: 10) == 0)
    #expect(chanceOfRecall(at: 5, relevant: 0, candidates: 0) == 0)
  }

  @Test("Is what guessing reaches", arguments: [(1, 30), (3, 30), (7, 12)])
  func isWhatGuessingReaches(relevant: Int, candidates: Int) {
    var stream = TestStream(state: 5)
    let rounds = 20_000
    var found = 0
    var ranks = 0
    for _ in 0..<rounds {
      let order = Array(0..<candidates).shuffled(using: &stream)
      let rank = (order.firstIndex { $0 < relevant } ?? 0) + 1
      ranks += rank
      if rank <= 5 { found += 1 }
    }
    let recall = chanceOfRecall(at: 5, relevant: relevant, candidates: candidates)
    let rank = chanceOfMeanRank(relevant: relevant, candidates: candidates)
    #expect((Double(found) / Double(rounds)).isClose(to: recall, tolerance: 0.012))
    #expect((Double(ranks) / Double(rounds)).isClose(to: rank, tolerance: 0.02))
  }

  @Test("A model that knows nothing is near chance")
  func ignorantModelIsNearChance() throws {
    let data = RetrievalData.random(
      images: 400, captions: [4000], width: 32, concepts: 300, noise: 1e6)
    let result = try #require(evaluateRetrieval(data, options: .quick).languages.first)
    for recall in result.textToImage.recall {
      #expect(recall.value.value.isClose(to: recall.chance, tolerance: 0.02))
    }
    let rank = result.textToImage.meanRank.value / result.textToImage.chanceMeanRank
    #expect(rank.isClose(to: 1, tolerance: 0.1))
  }
}
