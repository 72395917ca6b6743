import Evaluation
import Foundation
import Testing

@Suite("Reports")
struct ReportTests {
  private let report: RetrievalReport

  init() {
    let data = RetrievalData.random(images: 12, captions: [12, 24, 3], concepts: 9, noise: 2)
    let options = RetrievalOptions(
      minimumCaptions: 4, resamples: 30, exampleLanguages: ["x1", "not there"],
      examplesPerLanguage: 2, hitsPerExample: 4)
    report = evaluateRetrieval(data, options: options)
  }

  @Test("JSON holds everything, and gives the same bytes each time")
  func jsonHoldsEverything() throws {
    let json = try report.json()
    let again = try RetrievalReport(json: json)
    #expect(again == report)
    #expect(try again.json() == json)
    let text = String(decoding: json, as: UTF8.self)
    for key in ["\"seed\" : 0", "\"resamples\" : 30", "\"minimumCaptions\" : 4", "\"low\" : "] {
      #expect(text.contains(key))
    }
  }

  @Test("JSON of another kind is refused in one line that names the file")
  func otherJSONIsRefused() throws {
    for text in ["", "{}", "[1,", "{\"languages\":\n 3}"] {
      let error = #expect(throws: ReportError.self) {
        try RetrievalReport(json: Array(text.utf8), path: "a.json")
      }
      let words = try #require(error).description
      #expect(words.hasPrefix("a.json is not an evaluation report"))
      #expect(!words.contains("\n"))
    }
    #expect(throws: ReportError.self) { try RetrievalReport(contentsOf: "/nowhere/a.json") }
  }

  @Test("Examples are the best and worst queries, of each concept one")
  func examplesAreBestAndWorst() throws {
    #expect(report.examples.map(\.language) == ["x1"])
    let examples = try #require(report.examples.first)
    for (best, worst) in [
      (examples.bestCaptions, examples.worstCaptions), (examples.bestImages, examples.worstImages),
    ] {
      #expect(best.count == 2 && worst.count == 2)
      #expect(best[0].rank <= best[1].rank && best[1].rank <= worst[1].rank)
      #expect(worst[1].rank <= worst[0].rank)
      for example in best + worst {
        #expect(example.hits.count == 4)
        // The first right hit stands where the rank says.
        let place = example.hits.firstIndex(where: \.isRelevant)
        if example.rank <= 4 { #expect(place == example.rank - 1) } else { #expect(place == nil) }
      }
    }
    #expect(examples.worstImages.allSatisfy { $0.rightText != nil && $0.text == nil })
  }

  @Test("Without wishes, examples spread from the best language to the worst")
  func examplesSpread() {
    let data = RetrievalData.random(images: 10, captions: [Int](repeating: 10, count: 9))
    let report = evaluateRetrieval(data, options: RetrievalOptions(resamples: 0))
    #expect(report.examples.count == 6)
    let order = report.languages.sorted {
      ($0.textToImage.recall[2].value.value, -$0.textToImage.meanRank.value)
        > ($1.textToImage.recall[2].value.value, -$1.textToImage.meanRank.value)
    }
    #expect(report.examples.first?.language == order.first?.language)
    #expect(report.examples.last?.language == order.last?.language)
  }

  @Test("The page needs nothing from elsewhere and holds each picture once")
  func pageNeedsNothing() {
    let page = report.page { id in (Array("bytes of \(id)".utf8), "image/png") }
    for address in ["http:", "https:", "//", "<script", "url(\"p"] {
      #expect(!page.contains(address), "\(address)")
    }
    #expect(page.contains("default-src 'none'"))
    #expect(page.contains("width=device-width"))
    #expect(page.contains("prefers-color-scheme:dark"))
    #expect(page.contains("dir=\"auto\" lang=\"x1\""))
    let pictures = page.matches(of: /data:image\/png;base64,([A-Za-z0-9+\/=]+)/).map {
      String($0.output.1)
    }
    #expect(!pictures.isEmpty)
    #expect(Set(pictures).count == pictures.count)
    #expect(page.contains(Data("bytes of picture 3".utf8).base64EncodedString()))
  }

  @Test("What the page is given cannot become markup")
  func givenTextIsNoMarkup() {
    var report = report
    let hostile = "</style><script>alert(1)</script>\"'&"
    report.subject = [.init("Model", hostile), .init(hostile, "x")]
    report.problems = [hostile]
    report.languages[0].language = hostile
    report.examples[0].language = hostile
    report.examples[0].bestCaptions[0].text = hostile
    report.examples[0].bestCaptions[0].hits[0].imageID = hostile
    report.examples[0].worstImages[0].rightText = hostile
    report.examples[0].worstImages[0].hits[0].text = hostile
    let page = report.page(languageNames: [hostile: hostile]) { _ in ([1, 2], hostile) }
    #expect(!page.contains("<script"))
    #expect(!page.contains(hostile))
    #expect(page.matches(of: /<\/style>/).count == 1)
    #expect(!page.contains("base64"))
  }

  @Test("Is written into a new folder, and read again")
  func isWrittenAndRead() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("evaluation-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = try report.write(toFolder: folder.appendingPathComponent("new").path)
    #expect(try RetrievalReport(contentsOf: paths.json) == report)
    let page = try String(contentsOfFile: paths.page, encoding: .utf8)
    #expect(page.hasPrefix("<!doctype html>"))
    let inside = try FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent("new").path)
    #expect(Set(inside) == ["evaluation.json", "evaluation.html"])
  }

  @Test("A place that cannot be written to is named in one line")
  func unwritablePlaceIsNamed() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("evaluation-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = #expect(throws: ReportError.self) {
      try report.write(toFolder: file.appendingPathComponent("x").path)
    }
    let words = try #require(error).description
    #expect(words.contains(file.path))
    #expect(!words.contains("\n"))
  }
}
