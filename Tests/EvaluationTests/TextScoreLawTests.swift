import Evaluation
import Foundation
import TestSupport
import Testing

@Suite("Laws of the scores of texts")
struct TextScoreLawTests {
  private static let captions = [
    "a man is riding a wave on a surfboard", "two dogs run in the deep snow",
    "a red bus stands on the street",
  ]
  private static let references = [
    ["a man riding a wave on a surfboard", "a surfer rides a big wave"],
    ["two dogs are playing in the snow"],
    ["a red bus parked near a tall building", "the bus on the street is red"],
  ]

  private static func value(
    _ metric: TextMetric, _ captions: [String], _ references: [[String]]
  ) -> [Double] {
    metric.scores(of: SegmentedTexts(captions, references: references, .asGiven)).map(\.value)
  }

  @Test("The order of the pictures changes nothing", arguments: TextMetric.allCases)
  func orderChangesNothing(metric: TextMetric) {
    let there = Self.value(metric, Self.captions, Self.references)
    let back = Self.value(metric, Self.captions.reversed(), Self.references.reversed())
    for (there, back) in zip(there, back) { #expect(abs(there - back) < 1e-12) }
    #expect(there.allSatisfy { $0 > 0 })
  }

  @Test(
    "A text that is one of its references has the best score",
    arguments: [TextMetric.bleu, .sacreBLEU, .multiBLEU, .chrF, .chrFPlusPlus, .rougeL])
  func equalTextIsBest(metric: TextMetric) {
    let captions = Self.references.map { $0[0] }
    for value in Self.value(metric, captions, Self.references) {
      #expect(abs(value - 1) < 1e-8, "\(metric): \(value)")
    }
  }

  @Test("CIDEr of captions that are their only references is ten")
  func equalCaptionsHaveTen() {
    let references = Self.captions.map { [$0] }
    for metric in [TextMetric.cider, .ciderD] {
      #expect(abs(Self.value(metric, Self.captions, references)[0] - 10) < 1e-9)
    }
  }

  @Test("CIDEr-D does not reward repetition, plain CIDEr does not punish length")
  func repetition() {
    let longer = Self.captions.map { $0 + " " + $0 }
    let references = Self.captions.map { [$0] }
    #expect(Self.value(.ciderD, longer, references)[0] < 5)
    #expect(Self.value(.cider, longer, references)[0] > 9)
  }

  @Test("COCO's scores of empty captions, of one picture, and of ties in length are COCO's")
  func edges() {
    let one = SegmentedTexts(["a cat"], references: [["a cat", "a cat sits"]], .asGiven)
    let bleu = cocoBLEU(one).map(\.value)
    for (found, wanted) in zip(bleu, [1, 1, 0.01, 0.001]) { #expect(abs(found - wanted) < 1e-6) }
    #expect(rougeL(one).value == 1)
    #expect(cider(one).value == 0)
    let empty = SegmentedTexts(
      ["", "dog"], references: [["the cat sat on the mat"], ["a dog"]], .asGiven)
    #expect(abs(cocoBLEU(empty)[0].value - 0.000912) < 1e-6)
    #expect(abs(rougeL(empty).value - 0.314433) < 1e-6)
    #expect(abs(cider(empty).value - 0.871692) < 1e-6)
  }

  @Test("Texts that look alike and differ in their scalars are different")
  func comparesScalars() {
    let texts = SegmentedTexts(["cafe\u{301}"], references: [["café"]], .asGiven)
    #expect(rougeL(texts).value == 0)
  }

  @Test("A sigma at the end of a word is written as one when all is in lower case")
  func lowersSigma() {
    let texts = SegmentedTexts(["ΣΚΥΛΟΣ Σ ΑΣ.ΣΑ"], references: [[]], .asGiven, lowercase: true)
    #expect(String(String.UnicodeScalarView(texts.hypotheses[0])) == "σκυλος σ ασ.σα")
  }

  @Test("One caption stays one line whatever it holds")
  func oneCaptionIsOneLine() {
    let texts = SegmentedTexts(
      ["a\u{2028}b", "c\rd", "e\nf"], references: [[], [], []], .ptb)
    #expect(texts.hypotheses == [Scalars("a b"), Scalars("c d"), Scalars("e f")])
  }

  @Test("AIC-ICC's captions lose their 。, and its references keep theirs")
  func aicDeletesFullStops() {
    let texts = SegmentedTexts(["一个 女人 。 "], references: [["一个 女人 。"]], .aicWords)
    #expect(texts.hypotheses[0] == Scalars("一个 女人"))
    #expect(texts.references[0][0] == Scalars("一个 女人 。"))
    let characters = SegmentedTexts(["一个 女人。"], references: [["女人。"]], .aicCharacters)
    #expect(characters.hypotheses[0] == Scalars("一 个 女 人"))
    #expect(characters.references[0][0] == Scalars("女 人"))
  }

  @Test("Every interval holds its score, and a seed draws the same ones again")
  func intervals() throws {
    let set = TextSet(
      names: ["a", "b", "c"], hypotheses: Self.captions, references: Self.references)
    let report = scoreTexts(
      set, metrics: TextMetric.allCases, segmentation: .asGiven, resamples: 200)
    #expect(
      report
        == scoreTexts(
          set, metrics: TextMetric.allCases, segmentation: .asGiven, resamples: 200))
    for score in report.scores {
      let low = try #require(score.value.low)
      let high = try #require(score.value.high)
      #expect(low <= score.value.value && score.value.value <= high, "\(score.name)")
      #expect(low < high)
    }
    #expect(
      scoreTexts(set, metrics: [.bleu], resamples: 0).scores.allSatisfy { $0.value.low == nil })
  }

  @Test("The table says beside each score how the words were cut")
  func tableSaysHow() {
    let set = TextSet(
      names: ["a", "b", "c"], hypotheses: Self.captions, references: Self.references)
    let table = scoreTexts(
      set, metrics: [.ciderD, .sacreBLEU, .chrF], language: "zh", resamples: 0
    ).table()
    #expect(table.contains("tok:aic-characters"))
    #expect(table.contains("nrefs:var|case:mixed|eff:no|tok:zh|smooth:exp|version:2.6.0"))
    #expect(table.contains("nrefs:var|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0"))
  }
}
