import Evaluation
import Foundation
import TestSupport
import Testing

@Suite("Scores of texts, beside sacreBLEU and pycocoevalcap")
struct TextScoreReferenceTests {
  @Test(
    "Gives the libraries' scores for random texts in many scripts, and for the published tables")
  func givesTheLibrariesScores() throws {
    let cases = try TextScoreCase.load()
    #expect(cases.count > 100)
    for (number, wanted) in cases.enumerated() {
      for (name, values) in wanted.scores {
        let metric = try #require(TextMetric(rawValue: name))
        let scores = metric.scores(of: try wanted.texts(for: metric))
        let found = scores.map(\.value)
        #expect(found.count == values.count)
        for (found, value) in zip(found, values) {
          #expect(abs(found - value) < 1e-9, "case \(number), \(name): \(found), not \(value)")
        }
        if let signature = wanted.signatures?[name] {
          #expect(scores.first?.signature == signature)
        }
      }
    }
  }

  @Test("Gives COCO's BLEU with each of its lengths of references")
  func givesEachLength() throws {
    var compared = 0
    for wanted in try TextScoreCase.load() {
      for (name, values) in wanted.lengths ?? [:] {
        let length = try #require(BLEULength(rawValue: name))
        let found = cocoBLEU(try wanted.texts(for: .bleu), length: length).map(\.value)
        for (found, value) in zip(found, values) {
          #expect(abs(found - value) < 1e-9, "\(name): \(found), not \(value)")
          compared += 1
        }
      }
    }
    #expect(compared > 100)
  }

  @Test("Cuts captions as Stanford's tokenizer does")
  func cutsAsPTB() throws {
    let lines = try String(contentsOfFile: fixture("evaluation/ptb_tokens.txt"), encoding: .utf8)
      .unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    #expect(lines.count > 700)
    for place in stride(from: 0, to: lines.count - 1, by: 2) {
      let found = SegmentedTexts(
        [String(String.UnicodeScalarView(lines[place]))], references: [[]], .ptb
      ).hypotheses[0]
      #expect(
        found == lines[place + 1],
        "\(String(String.UnicodeScalarView(lines[place]))): \(String(String.UnicodeScalarView(found)))"
      )
    }
  }

  @Test(
    "Cuts translations as mteval does",
    arguments: [
      ("3.5-inch, 1,000 \"quoted\" text...", "3.5 - inch , 1,000 \" quoted \" text . . ."),
      ("isn't it?", "isn't it ?"),
      ("Karate-Outfit z.B. U.S.", "Karate-Outfit z . B . U . S ."),
      ("&quot;x&amp;y&quot;", "\" x & y \""),
    ])
  func cutsAsMteval(text: String, tokens: String) {
    let found = SegmentedTexts([text], references: [[]], .v13a).hypotheses[0]
    #expect(found.words.map { Array($0) } == Scalars(tokens).words.map { Array($0) })
  }

  @Test(
    "Cuts translations as Moses does in Multi30k's files",
    arguments: [
      (
        Segmentation.mosesGerman,
        "Ein Mann mit einem „orangefarbenen“ Hut, der z.B. 1.000 Leute sieht.",
        "ein mann mit einem &quot; orangefarbenen &quot; hut , der z.b. 1.000 leute sieht ."
      ),
      (
        .mosesFrench, "Un terrier court sur l'herbe (verte), aujourd'hui…",
        "un terrier court sur l&apos; herbe ( verte ) , aujourd&apos; hui ..."
      ),
      (
        .mosesEnglish, "The dog's \"toy,\" & it isn't a 5–6 year-old's.",
        "the dog &apos;s &quot; toy , &quot; &amp; it isn &apos;t a 5-6 year-old &apos;s ."
      ),
      (.mosesCzech, "Muž [v] klobouku; 3 % |", "muž &#91; v &#93; klobouku ; 3 % &#124;"),
    ])
  func cutsAsMoses(segmentation: Segmentation, text: String, tokens: String) {
    let found = SegmentedTexts([text], references: [[]], segmentation).hypotheses[0]
    #expect(String(String.UnicodeScalarView(found)) == tokens)
  }
}

/// A case of `Tests/Fixtures/evaluation/text_scores.json`, made by `Tools/references/text_scores.py`.
private struct TextScoreCase: Decodable {
  let hypotheses: [String]
  let references: [[String]]
  let segmentation: String
  let lowercase: Bool
  let scores: [String: [Double]]
  let signatures: [String: String]?
  let lengths: [String: [Double]]?

  static func load() throws -> [TextScoreCase] {
    try JSONDecoder().decode(
      [TextScoreCase].self,
      from: Data(contentsOf: URL(fileURLWithPath: fixture("evaluation/text_scores.json"))))
  }

  /// The texts as `metric` reads them.
  func texts(for metric: TextMetric) throws -> SegmentedTexts {
    let named = try #require(Segmentation(rawValue: segmentation))
    return SegmentedTexts(
      hypotheses, references: references, metric.cutsItself ? .asGiven : named, lowercase: lowercase
    )
  }
}
