import Evaluation
import Testing

@Suite("Intervals")
struct IntervalTests {
  private let data = RetrievalData.random(images: 200, captions: [200, 100], width: 12, noise: 1.2)

  @Test("Hold the value, and the means")
  func holdValue() throws {
    let report = evaluateRetrieval(data)
    let mean = try #require(report.mean)
    let results =
      report.languages.flatMap { [$0.textToImage, $0.imageToText] }
      + [mean.textToImage, mean.imageToText]
    for result in results {
      for estimate in result.recall.map(\.value) + [result.meanRank, result.medianRank] {
        let low = try #require(estimate.low)
        let high = try #require(estimate.high)
        #expect(low <= estimate.value && estimate.value <= high)
      }
    }
  }

  @Test("Are as wide as the binomial distribution says")
  func areAsWideAsBinomial() throws {
    let options = RetrievalOptions(resamples: 2000)
    let recall = try #require(evaluateRetrieval(data, options: options).languages.first)
      .textToImage.recall[1].value
    let (low, high) = (try #require(recall.low), try #require(recall.high))
    let deviation = (recall.value * (1 - recall.value) / 200).squareRoot()
    #expect(((high - low) / (2 * 1.96 * deviation)).isClose(to: 1, tolerance: 0.1))
  }

  @Test("Are the same for the same seed and others for another")
  func dependOnSeed() {
    let first = evaluateRetrieval(data, options: RetrievalOptions(seed: 1))
    #expect(evaluateRetrieval(data, options: RetrievalOptions(seed: 1)) == first)
    let other = evaluateRetrieval(data, options: RetrievalOptions(seed: 2))
    #expect(other.mean != first.mean)
    #expect(
      other.mean?.textToImage.recall.map(\.value.value)
        == first.mean?.textToImage.recall.map(\.value.value))
  }

  @Test("Of the mean do not shrink because a language is there twice")
  func translationsAddNoCertainty() throws {
    let one = data.languages[0]
    let twin = LanguageCaptions(
      language: "twin", texts: one.texts, embeddings: one.embeddings,
      imageIndices: one.imageIndices)
    let alone = try #require(evaluateRetrieval(data.with([one])).mean)
    let both = try #require(evaluateRetrieval(data.with([one, twin])).mean)
    #expect(both.textToImage.recall == alone.textToImage.recall)
  }

  @Test("Are absent if not asked for")
  func areAbsentIfNotAskedFor() throws {
    let mean = try #require(evaluateRetrieval(data, options: .quick).mean)
    #expect(mean.textToImage.meanRank.low == nil)
  }
}
