package import Evaluation
import Training

extension RunComparison {
  /// Languages that a chart shows at most: as many as there are distinct colours.
  private static let shownLanguages = 6

  /// For each run that has it, the loss of its languages: the easiest and the hardest ones, and those
  /// between that are evenly spaced, by their mean over the last half of the run.
  package var languageCharts: [LineChart] {
    runs.compactMap { run in
      let ranking = ranked(run)
      guard !ranking.isEmpty else { return nil }
      let count = min(Self.shownLanguages, ranking.count)
      let shown = (0..<count).map { ranking[$0 * (ranking.count - 1) / max(1, count - 1)] }
      // Hardest first, as the lines lie.
      let series = shown.reversed().map { language in
        LineChart.Series(
          language,
          run.reports.compactMap { report in
            report.languageLoss?[language].map { .init(Double(report.step), $0) }
          })
      }
      let name = runs.count > 1 ? ", " + run.name : ""
      let extent = ranking.count > count ? ": \(count) of \(ranking.count)" : ""
      return LineChart(
        title: "Loss by language\(extent)\(name)", xLabel: "step", yLabel: "nats, text to image",
        series: series, isLogarithmic: true)
    }
  }

  /// The languages of a run, lowest loss first.
  private func ranked(_ run: Run) -> [String] {
    var sums: [String: (loss: Double, reports: Int)] = [:]
    for report in run.reports.suffix((run.reports.count + 1) / 2) {
      for (language, loss) in report.languageLoss ?? [:] {
        let sum = sums[language] ?? (0, 0)
        sums[language] = (sum.loss + loss, sum.reports + 1)
      }
    }
    return sums.mapValues { $0.loss / Double($0.reports) }
      .sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
  }
}
