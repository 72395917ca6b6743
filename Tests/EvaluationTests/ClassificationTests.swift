import Evaluation
import Foundation
import Testing

@Suite("Classification")
struct ClassificationTests {
  @Test("Scores as CLIP_benchmark does: acc1, acc5 and the mean per-class recall")
  func givesReferenceNumbers() throws {
    for reference in try Reference.load() {
      var tally = ClassificationTally(classes: reference.classes)
      for (picture, truth) in reference.target.enumerated() {
        tally.add(scores: reference.cosines(of: picture)[...], truth: truth)
      }
      let labels = (0..<reference.classes).map { "class \($0)" }
      let result = try #require(tally.result(labels: labels))
      #expect(result.pictures == reference.target.count)
      #expect(result.acc1.value.isClose(to: reference.acc1), "\(reference.name)")
      #expect((result.acc5 == nil) == (reference.acc5 == nil), "\(reference.name)")
      if let acc5 = reference.acc5 {
        #expect((result.acc5 ?? 0).isClose(to: acc5), "\(reference.name)")
      }
      #expect(
        result.meanPerClassRecall.isClose(to: reference.meanPerClassRecall), "\(reference.name)")
      #expect(result.classesWithPictures == Set(reference.target).count)
      #expect(result.chance.isClose(to: 1 / Double(reference.classes)))
    }
  }

  @Test("Of equal scores the earlier comes first, and no more come than are asked for")
  func ordersTies() {
    let scores: [Float] = [0.1, 0.7, 0.3, 0.7, 0.3]
    #expect(highest(scores[...], count: 3) == [1, 3, 2])
    #expect(highest(scores[1...], count: 9) == [0, 2, 1, 3])
    #expect(highest(scores[...], count: 0) == [])
  }

  @Test("A picture of unknown class counts among the choices and not in the accuracy")
  func unknownTruth() throws {
    var tally = ClassificationTally(classes: 3)
    #expect(tally.result(labels: ["a", "b", "c"]) == nil)
    #expect(tally.add(scores: [0, 1, 0], truth: nil) == 1)
    tally.add(scores: [0, 1, 0], truth: 1)
    tally.add(scores: [0, 1, 0], truth: 2)
    let result = try #require(tally.result(labels: ["a", "b", "c"]))
    #expect(result.pictures == 2 && result.acc1.value == 0.5)
    let mistake = try #require(result.mistakes.first)
    #expect((mistake.truth, mistake.taken, mistake.pictures) == ("c", "b", 1))
    let choices = tally.choices(labels: ["a", "b", "c"], limit: 5)
    #expect(choices.map(\.label) == ["b"] && choices.map(\.pictures) == [3])
  }

  @Test("The interval is Wilson's")
  func interval() {
    // 5 of 10: (5 + 1.92073) / (10 + 3.84146) ± …, from the formula in Wilson's paper.
    let (low, high) = scoreInterval(5, of: 10)
    #expect(low.isClose(to: 0.236593, tolerance: 1e-5))
    #expect(high.isClose(to: 0.763407, tolerance: 1e-5))
    #expect(scoreInterval(0, of: 4).low == 0 && scoreInterval(4, of: 4).high == 1)
  }

  @Test("Languages agree with themselves always, with others as often as they choose the same")
  func agreement() {
    var agreement = LanguageAgreement(languages: 3)
    agreement.add([1, 1, 2])
    agreement.add([4, 5, 4])
    #expect(agreement.shares == [[1, 0.5, 0.5], [0.5, 1, 0], [0.5, 0, 1]])
  }

  @Test("Table and page name languages, accuracies and mistakes, and let no markup in")
  func reports() throws {
    var tally = ClassificationTally(classes: 2)
    tally.add(scores: [1, 0], truth: 0)
    tally.add(scores: [1, 0], truth: 1)
    func language(_ tag: String, _ labels: [String]) -> LanguageClassification {
      LanguageClassification(
        language: tag, templates: ["<b>{}</b>"], classes: 2,
        result: tally.result(labels: labels), choices: tally.choices(labels: labels, limit: 5),
        notes: ["a note"])
    }
    let report = ClassificationReport(
      subject: [.init("Model", "m<i>")], pictures: 2, knownPictures: 2, classes: 2,
      isExclusive: true,
      languages: [language("en", ["<cat>", "dog"]), language("ko", ["고양이", "개"])],
      agreement: [[1, 0.25], [0.25, 1]],
      examples: [
        ClassifiedExample(
          imageID: "a&b", truth: "<cat>",
          answers: [.init(language: "en", labels: [.init("<cat>", 0.75)], isRight: true)])
      ])
    let table = report.table(languageNames: ["ko": "Korean"])
    for words in ["Korean", "50.0", "25.0 % of the pictures", "! en: a note"] {
      #expect(table.contains(words), "\(table)")
    }
    let page = report.page(languageNames: ["ko": "Korean"])
    for words in ["ko Korean", "&lt;cat&gt;", "a&amp;b", "taken for", "75.0 %", "softmax"] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(!page.contains("<cat>") && !page.contains("<b>") && !page.contains("<i>"))
    let again = try JSONDecoder().decode(ClassificationReport.self, from: Data(try report.json()))
    #expect(again == report)
  }
}

/// A case of `Tests/Fixtures/evaluation/classification.json`, made by
/// `Tools/references/classification.py`.
private struct Reference: Decodable {
  let name: String
  let width: Int
  let classes: Int
  let images: Data
  let classifier: Data
  let target: [Int]
  let acc1: Double
  let acc5: Double?
  let meanPerClassRecall: Double

  static func load() throws -> [Reference] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appendingPathComponent("../Fixtures/evaluation/classification.json")
    return try JSONDecoder().decode([Reference].self, from: Data(contentsOf: file))
  }

  func cosines(of picture: Int) -> [Float] {
    let (pictures, words) = (images.littleEndianFloats, classifier.littleEndianFloats)
    return (0..<classes).map { label in
      (0..<width).reduce(Float(0)) {
        $0 + pictures[picture * width + $1] * words[label * width + $1]
      }
    }
  }
}

extension Data {
  fileprivate var littleEndianFloats: [Float] {
    let bytes = Array(self)
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
    }
  }
}
