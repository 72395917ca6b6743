import Evaluation
import Foundation
import Languages
import Reports
import Search
import TestSupport
import Testing

@Suite("The report on a comparison of languages")
struct LanguageComparisonReportTests {
  private func hit(_ id: Int, _ name: String, _ caption: String?, _ ranks: [Int], alone: Bool)
    -> LanguageComparison.PlacedHit
  {
    let entry = IndexEntry(name: name, location: .file(path: "/pictures/\(name).png"))
    return LanguageComparison.PlacedHit(
      hit: Hit(
        id: id, score: 0.5, entry: entry,
        caption: caption.map { Hit.Caption($0, language: "ko") }),
      ranks: ranks, isAlone: alone)
  }

  private var report: LanguageComparisonReport {
    let columns = [
      LanguageComparison.Column(
        reading: TextReading(text: "빵 <b>", language: languageTag("ko"), sureness: 0.987),
        hits: [
          hit(1, "loaf", "빵", [1, 1], alone: false),
          hit(2, "rice", "밥 & 국", [2, 940], alone: true),
        ]),
      LanguageComparison.Column(
        reading: TextReading(
          text: "bread", language: languageTag("en"), isTruncated: true, note: "“bread” was cut."),
        hits: [
          hit(1, "loaf", nil, [1, 1], alone: false), hit(3, "pita", nil, [77, 2], alone: true),
        ]),
    ]
    let agreement = RankAgreement(
      overlaps: [
        RankAgreement.Overlap(k: 1, shared: 1, chance: 0.0625),
        RankAgreement.Overlap(k: 2, shared: 1, chance: 0.25),
      ], spearman: 0.8125, kendall: nil, biasedOverlap: 0.75)
    let pair = LanguageComparison.Pair(
      first: 0, second: 1, textSimilarity: 0.875, agreement: agreement)
    return LanguageComparisonReport(
      LanguageComparison(columns: columns, pairs: [pair], top: 2, pictures: 1799),
      subject: [.init("Model", "a <model>")])
  }

  @Test("For a terminal, rankings stand side by side and what only one finds is marked")
  func printsTable() {
    let lines = report.table().split(separator: "\n").map(String.init)
    #expect(lines[0].contains("“빵 <b>” (ko)") && lines[0].contains("“bread” (en)"))
    #expect(lines[3].hasPrefix("   1  빵") && lines[3].contains("loaf"))
    #expect(lines[4].contains("◆ 940") && lines[4].contains("◆ 77"))
    #expect(lines[5] == "◆ only this text has the picture among its first 2 of 1799.")
    let agreement = lines.first { $0.hasPrefix("ko – en") }
    #expect(agreement?.contains("0.812") == true && agreement?.contains("–  ") == true)
  }

  @Test("The page holds its pictures once, marks what only one finds, and escapes every text")
  func makesPage() {
    var asked: [String] = []
    let page = report.page { name in
      asked.append(name)
      return name == "loaf" ? ([1, 2, 3], "image/png") : nil
    }
    #expect(asked.sorted() == ["loaf", "pita", "rice"])
    #expect(page.contains("빵 &lt;b&gt;") && !page.contains("<b>"))
    #expect(page.contains("밥 &amp; 국") && page.contains("a &lt;model&gt;"))
    #expect(page.contains("Korean, detected, 98.7 % sure") && page.contains("“bread” was cut."))
    #expect(page.components(separatedBy: "aria-label=\"only this text\"").count == 3)
    #expect(page.components(separatedBy: "data:image/png").count == 2)
    #expect(page.contains("#940") && page.contains("<td>0.812</td><td>–</td><td>0.750</td>"))
    #expect(page.contains("default-src 'none'") && !page.contains("<script"))
  }

  @Test("Programs that read its JSON find the same names as ever")
  func encodes() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(report), as: UTF8.self)
    #expect(
      json == """
        {"columns":[{"hits":[\
        {"caption":"빵","captionLanguage":"ko","isAlone":false,"name":"loaf","ranks":[1,1],"score":0.5},\
        {"caption":"밥 & 국","captionLanguage":"ko","isAlone":true,"name":"rice","ranks":[2,940],\
        "score":0.5}],"language":"ko","languageName":"Korean","sureness":0.987,"text":"빵 <b>"},\
        {"hits":[{"isAlone":false,"name":"loaf","ranks":[1,1],"score":0.5},\
        {"isAlone":true,"name":"pita","ranks":[77,2],"score":0.5}],"language":"en",\
        "languageName":"English","note":"“bread” was cut.","text":"bread"}],\
        "pairs":[{"biasedOverlap":0.75,"first":0,"overlaps":[{"chance":0.0625,"k":1,"shared":1},\
        {"chance":0.25,"k":2,"shared":1}],"second":1,"spearman":0.8125,"textSimilarity":0.875}],\
        "pictures":1799,"subject":[{"name":"Model","value":"a <model>"}],"top":2}
        """)
  }

  @Test("It is written as a page and as JSON")
  func writesFiles() throws {
    let folder = try TemporaryFolder()
    let paths = try report.write(toFolder: folder.path + "/lens")
    let json = try Data(contentsOf: URL(fileURLWithPath: paths.json))
    let written = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(written["pictures"] as? Int == 1799 && (written["columns"] as? [Any])?.count == 2)
    #expect(try String(contentsOfFile: paths.page, encoding: .utf8).hasPrefix("<!doctype html>"))
    #expect(throws: ReportError.self) { try report.write(toFolder: paths.json) }
  }
}
