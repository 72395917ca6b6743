import Evaluation
import Foundation
import Testing

@Suite("The contact sheet of a lens")
struct LensReportTests {
  private func hit(_ name: String, _ caption: String?, _ ranks: [Int], alone: Bool)
    -> LensReport.Hit
  {
    LensReport.Hit(
      name: name, caption: caption, captionLanguage: "ko", score: 0.5, ranks: ranks,
      isAlone: alone)
  }

  private var report: LensReport {
    var report = LensReport(
      top: 2, pictures: 1799,
      columns: [
        LensReport.Column(
          text: "빵 <b>", language: "ko", languageName: "Korean", sureness: 0.987, note: nil,
          hits: [
            hit("loaf", "빵", [1, 1], alone: false), hit("rice", "밥 & 국", [2, 940], alone: true),
          ]),
        LensReport.Column(
          text: "bread", language: "en", languageName: "English", sureness: nil,
          note: "“bread” was cut.",
          hits: [hit("loaf", nil, [1, 1], alone: false), hit("pita", nil, [77, 2], alone: true)]),
      ],
      pairs: [
        LensReport.Pair(
          first: 0, second: 1, textSimilarity: 0.91,
          overlaps: [
            LensReport.Overlap(k: 1, shared: 1, chance: 1 / 1799),
            LensReport.Overlap(k: 2, shared: 1, chance: 4 / 1799),
          ], spearman: 0.8125, kendall: nil, biasedOverlap: 0.75)
      ])
    report.subject = [LensReport.Fact("Model", "a <model>")]
    return report
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

  @Test("It is written as a page and as JSON that holds all of it")
  func writesFiles() throws {
    let folder = NSTemporaryDirectory() + "/pictoglot-lens-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let paths = try report.write(toFolder: folder)
    let json = try Data(contentsOf: URL(fileURLWithPath: paths.json))
    #expect(try JSONDecoder().decode(LensReport.self, from: json) == report)
    #expect(try String(contentsOfFile: paths.page, encoding: .utf8).hasPrefix("<!doctype html>"))
    #expect(throws: ReportError.self) { try report.write(toFolder: paths.json) }
  }
}
