import Evaluation
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Charts")
struct ChartTests {
  private static let hostile = "<script>\"'&\u{1}\u{FFFF} 사과 العربية"

  private static let charts: [String] = [
    BarChart(
      title: hostile, axisLabel: hostile, seriesNames: ["recall@1", hostile],
      bars: [
        .init(hostile, [0.1, 0.5], interval: 0.4...0.6, chance: 0.01),
        .init("nothing", []), .init("broken", [.nan, .infinity], isMuted: true),
      ], numbers: .percent
    ).svg(),
    BarChart(title: "", axisLabel: "", seriesNames: [], bars: []).svg(),
    LineChart(
      title: hostile, xLabel: hostile, yLabel: hostile,
      series: [
        .init(hostile, [.init(0, 1), .init(1, .nan), .init(2, 3)]), .init("none", []),
        .init("wide", [.init(0, -1e300), .init(1, .greatestFiniteMagnitude)]),
      ]
    ).svg(),
    LineChart(
      title: "log", xLabel: "step", yLabel: "loss",
      series: [.init("a", (0..<5000).map { .init(Double($0), Double($0 % 97)) })],
      isLogarithmic: true
    ).svg(),
    LineChart(title: "flat", xLabel: "", yLabel: "", series: [.init("a", [.init(3, 3)])]).svg(),
    HeatMap(
      title: hostile, rows: ["a", hostile], columns: ["b", "c"], values: [[1, nil], [.nan]]
    ).svg(),
    HeatMap(title: "", rows: [], columns: [], values: []).svg(),
  ]

  @Test("Are well-formed SVG whatever they are given", arguments: charts)
  func areWellFormed(svg: String) {
    let reader = XMLParser(data: Data(svg.utf8))
    #expect(reader.parse(), "\(String(describing: reader.parserError)) in \(svg.prefix(300))")
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    #expect(svg.contains("role=\"img\" aria-label=\""))
    for word in ["nan", "inf", "<script"] { #expect(!svg.contains(word)) }
  }

  @Test("A bar tells its numbers when pointed at")
  func barTellsItsNumbers() {
    let chart = BarChart(
      title: "t", axisLabel: "recall", seriesNames: ["R@1", "R@5"],
      bars: [.init("ko", [0.125, 0.5], interval: 0.4...0.6, chance: 0.01)], numbers: .percent)
    #expect(
      chart.svg().contains(
        "<title>ko\nR@1: 12.5 %\nR@5: 50 %\ninterval: 40 % to 60 %\nchance: 1 %</title>"))
  }

  @Test("A bar is as long as its share of the axis")
  func barIsAsLongAsItsShare() throws {
    let svg = BarChart(
      title: "", axisLabel: "", seriesNames: [], bars: [.init("a", [1]), .init("b", [0.25])]
    ).svg(isStandalone: false)
    let widths = svg.matches(of: /class="s0"[^>]*? width="([0-9.]+)"/).compactMap {
      Double($0.output.1)
    }
    #expect(widths.count == 2)
    #expect(widths[1].isClose(to: widths[0] / 4, tolerance: 0.001))
  }

  @Test("A value that is missing breaks a line")
  func missingValueBreaksLine() {
    let svg = LineChart(
      title: "", xLabel: "x", yLabel: "y",
      series: [.init("a", [.init(0, 1), .init(1, 2), .init(2, .nan), .init(3, 3), .init(4, 4)])]
    ).svg(isStandalone: false)
    let path = svg.firstMatch(of: /class="line s0" d="([^"]+)"/)?.output.1 ?? ""
    #expect(path.count { $0 == "M" } == 2)
    #expect(path.count { $0 == "L" } == 2)
  }

  @Test("A line of many points keeps its peaks and stays small")
  func longLineKeepsPeaks() {
    var points = (0..<200_000).map { LineChart.Point(Double($0), 1) }
    points[123_456].y = 9
    let svg = LineChart(title: "", xLabel: "", yLabel: "", series: [.init("a", points)]).svg()
    #expect(svg.utf8.count < 40_000)
    let plain = LineChart(
      title: "", xLabel: "", yLabel: "",
      series: [.init("a", [.init(0, 1), .init(123_456, 9), .init(199_999, 1)])]
    ).svg()
    // The peak's place on the page, from the chart that has only the peak.
    let peak = plain.firstMatch(of: /L([0-9.]+ [0-9.]+)L/)?.output.1 ?? "no peak"
    #expect(svg.contains("L\(peak)L"))
  }
}
