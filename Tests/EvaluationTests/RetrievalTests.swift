import Evaluation
import TestSupport
import Testing
import Vectors

@Suite("Retrieval")
struct RetrievalTests {
  private let quick = RetrievalOptions.quick

  @Test("A model that gives each caption its picture's embedding finds all at rank 1")
  func perfectModelFindsAll() throws {
    let data = RetrievalData.random(images: 60, captions: [60, 180], width: 24, noise: 0)
    let mean = try #require(evaluateRetrieval(data, options: quick).mean)
    for direction in [mean.textToImage, mean.imageToText] {
      #expect(direction.recall.allSatisfy { $0.value.value == 1 })
      #expect(direction.meanRank.value == 1)
      #expect(direction.medianRank.value == 1)
    }
  }

  @Test("A model that gives everything the same embedding finds nothing")
  func collapsedModelFindsNothing() throws {
    let ones = VectorRows([[Float]](repeating: [0.6, 0.8], count: 20))
    let data = RetrievalData(
      images: ones, imageIDs: (0..<20).map { "\($0)" },
      imageConcepts: Array(0..<20),
      languages: [
        LanguageCaptions(
          language: "en", texts: (0..<20).map { "\($0)" },
          embeddings: ones, imageIndices: Array(0..<20))
      ])
    let result = try #require(evaluateRetrieval(data, options: quick).languages.first)
    #expect(result.textToImage.recall.allSatisfy { $0.value.value == 0 })
    #expect(result.imageToText.meanRank.value == 20)
  }

  /// The sizes cross every border: lanes, stretches, blocks and portions.
  @Test(
    "Ranks are those of a plain loop over all scores",
    arguments: [(1, 1, 1), (5, 3, 7), (33, 258, 129), (70, 2100, 5), (31, 40, 300)])
  func ranksAreThoseOfPlainLoop(images: Int, captions: Int, width: Int) throws {
    let data = RetrievalData.random(
      images: images, captions: [captions], width: width, concepts: images, noise: 2)
    let report = evaluateRetrieval(data, options: quick)
    let result = try #require(report.languages.first)
    let plain = plainRanks(data, data.languages[0])
    for (found, ranks) in [(result.textToImage, plain.forth), (result.imageToText, plain.back)] {
      #expect(found.queries == ranks.count)
      let mean = Double(ranks.reduce(0, +)) / Double(ranks.count)
      #expect(found.meanRank.value.isClose(to: mean))
      for recall in found.recall {
        let share = Double(ranks.count { $0 <= recall.k }) / Double(ranks.count)
        #expect(recall.value.value.isClose(to: share))
      }
    }
  }

  @Test("The order of pictures and captions plays no part", arguments: [1, 2, 3])
  func orderPlaysNoPart(seed: UInt64) {
    let data = RetrievalData.random(images: 50, captions: [120, 30], width: 140, concepts: 30)
    let before = evaluateRetrieval(data, options: quick)
    let after = evaluateRetrieval(data.shuffled(seed: seed), options: quick)
    #expect(after.mean == before.mean)
    #expect(after.languages == before.languages)
  }

  @Test("The number of threads plays no part")
  func threadsPlayNoPart() {
    let data = RetrievalData.random(images: 40, captions: [2100, 60, 10], width: 8, concepts: 25)
    let options = RetrievalOptions(resamples: 50)
    let alone = evaluateRetrieval(data, options: options, threads: 1)
    #expect(evaluateRetrieval(data, options: options, threads: 4) == alone)
  }

  @Test("Other languages play no part in a language's result")
  func otherLanguagesPlayNoPart() {
    let data = RetrievalData.random(images: 40, captions: [60, 40, 20])
    let options = RetrievalOptions(resamples: 50, examplesPerLanguage: 0)
    let all = evaluateRetrieval(data, options: options)
    let last = evaluateRetrieval(data.with([data.languages[2]]), options: options)
    #expect(last.languages == [all.languages[2]])
  }

  @Test("Any picture of the concept is a right answer, and any caption of it")
  func anyPictureOfConceptIsRight() throws {
    // The caption of picture 0 is nearest to picture 1, which shows the same.
    let data = RetrievalData(
      images: [[0, 1], [1, 0], [0.6, 0.8]], imageIDs: ["a", "b", "c"],
      imageConcepts: [7, 7, 9],
      languages: [
        LanguageCaptions(
          language: "en", texts: ["apple"], embeddings: [[1, 0]], imageIndices: [0])
      ])
    let result = try #require(evaluateRetrieval(data, options: quick).languages.first)
    #expect(result.textToImage.meanRank.value == 1)
    #expect(result.captionedImages == 1)
    #expect(result.imageToText.queries == 1)
  }

  @Test("A language with too few captions is reported but not in the mean")
  func fewCaptionsAreNotInMean() throws {
    let data = RetrievalData.random(images: 30, captions: [30, 29])
    var options = quick
    options.minimumCaptions = 30
    let report = evaluateRetrieval(data, options: options)
    #expect(report.languages.map(\.isInMean) == [true, false])
    #expect(report.mean?.languages == 1)
    #expect(report.mean?.textToImage.recall == report.languages[0].textToImage.recall)
    options.minimumCaptions = 31
    #expect(evaluateRetrieval(data, options: options).mean == nil)
  }

  @Test("A language without captions is left out and named")
  func languageWithoutCaptionsIsLeftOut() {
    let data = RetrievalData.random(images: 10, captions: [10, 0])
    let report = evaluateRetrieval(data)
    #expect(report.languages.map(\.language) == ["x0"])
    #expect(report.problems == ["x1 has no captions and is left out."])
  }

  @Test("Nothing at all gives an empty report")
  func nothingGivesEmptyReport() {
    let data = RetrievalData(
      images: VectorRows(width: 4), imageIDs: [], imageConcepts: [], languages: [])
    let report = evaluateRetrieval(data)
    #expect(report.mean == nil)
    #expect(report.languages.isEmpty)
  }

  @Test("An embedding that is not a number is not found, and is named")
  func notANumberIsNotFound() throws {
    let whole = RetrievalData.random(images: 12, captions: [12], noise: 0)
    var images = whole.images
    images[3] = [.nan] + images[3].dropFirst()
    let data = RetrievalData(
      images: images, imageIDs: whole.imageIDs,
      imageConcepts: whole.imageConcepts, languages: whole.languages)
    let report = evaluateRetrieval(data, options: RetrievalOptions(resamples: 0))
    let result = try #require(report.languages.first)
    // Picture 3 stands before each other caption's own, and is itself the last.
    #expect(result.textToImage.recall[0].value.value == 0)
    #expect(result.textToImage.meanRank.value.isClose(to: Double(11 * 2 + 12) / 12))
    #expect(result.imageToText.meanRank.value.isClose(to: Double(11 + 12) / 12))
    #expect(report.problems.count == 1)
    #expect(report.problems[0].hasPrefix("1 of 12 pictures"))
    #expect(try RetrievalReport(json: report.json()) == report)
  }
}
