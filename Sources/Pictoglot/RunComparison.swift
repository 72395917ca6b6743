package import Evaluation
import Files
import Foundation
package import Training

/// Runs side by side: what they were told, and how they went.
package struct RunComparison {
  /// One run.
  package struct Run {
    /// The folder's own name, or the path where two are called the same.
    package let name: String
    package let record: RunRecord
    package let reports: [TrainingReport]

    /// The reports with recalls on the validation part.
    var validated: [TrainingReport] { reports.filter { $0.validation?["mean"] != nil } }
  }

  package let runs: [Run]
  /// Runs that are left out, as they have no reports yet, a line each.
  package let problems: [String]

  /// Reads runs' folders.
  ///
  /// - Throws: ``TrainingError`` if one is not a run, or none has reports yet.
  package init(_ paths: [String]) throws(TrainingError) {
    let names = paths.map { URL(fileURLWithPath: $0).standardizedFileURL.lastPathComponent }
    var runs: [Run] = []
    var empty: [TrainingError] = []
    for (path, name) in zip(paths, names) {
      let folder = RunFolder(path)
      guard FileManager.default.fileExists(atPath: folder.description) else {
        throw .file(
          FileError(.read, path, reason: "it is not the folder of a run: it has no recipe.json"))
      }
      let record = try folder.record()
      do throws(TrainingError) {
        runs.append(
          Run(
            name: names.count { $0 == name } > 1 ? path : name, record: record,
            reports: try folder.reports()))
      } catch { empty.append(error) }
    }
    if runs.isEmpty, let first = empty.first { throw first }
    self.runs = runs
    problems = empty.map { "Left out: \($0)" }
  }

  /// One line of the table.
  package struct Row: Encodable {
    package let run: String
    package let recipe: String
    package let steps: Int
    package let minutes: Double
    package let progress: Double
    /// Mean of the last tenth of the reports.
    package let loss: Double
    /// Mean recall@10 on the validation part, the last and the best; nil if it was never measured.
    package let recall: Double?
    package let bestRecall: Double?
    package let picturesPerSecond: Double
    package let dataWait: Double
    /// Floating-point operations a second; nil for runs that did not count them.
    package let flops: Double?
  }

  package var rows: [Row] {
    runs.map { run in
      let last = run.reports[run.reports.count - 1]
      let end = run.reports.suffix(max(1, run.reports.count / 10))
      let recalls = run.validated.compactMap { $0.validation?["mean"] }
      func mean(_ value: KeyPath<TrainingReport, Double>) -> Double {
        end.reduce(0) { $0 + $1[keyPath: value] } / Double(end.count)
      }
      return Row(
        run: run.name, recipe: run.record.recipe, steps: last.step, minutes: last.seconds / 60,
        progress: last.progress, loss: mean(\.loss), recall: recalls.last,
        bestRecall: recalls.max(), picturesPerSecond: mean(\.picturesPerSecond),
        dataWait: mean(\.dataWait), flops: average(of: end.compactMap(\.flops)))
    }
  }

  private func average(of values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The rows for a terminal, and below them the settings in which the runs differ.
  package func table() -> String {
    var table = TextTable([
      .init("run", alignment: .left), .init("recipe", alignment: .left), .init("steps"),
      .init("minutes"), .init("done"), .init("loss"), .init("R@10"), .init("best"),
      .init("pictures/s"), .init("GFLOP/s"), .init("waiting"),
    ])
    func percent(_ share: Double?) -> String { share.map { number($0 * 100, 1) + " %" } ?? "–" }
    for row in rows {
      table.append([
        row.run, row.recipe, "\(row.steps)", number(row.minutes, 1), percent(row.progress),
        number(row.loss, 3), percent(row.recall), percent(row.bestRecall),
        number(row.picturesPerSecond, 0), row.flops.map { number($0 / 1e9, 1) } ?? "–",
        percent(row.dataWait),
      ])
    }
    let (arms, differences) = (self.arms, self.differences)
    var text = table.rendered()
    if !arms.isEmpty {
      var means = TextTable([
        .init("alike but for the seed", alignment: .left, maximumWidth: 50), .init("runs"),
        .init("loss"), .init("R@10"), .init("minutes"),
      ])
      for arm in arms {
        func spread(_ spread: Spread, _ places: Int, _ scale: Double = 1) -> String {
          number(spread.mean * scale, places) + " ± " + number(spread.deviation * scale, places)
        }
        means.append([
          arm.runs.joined(separator: ", "), "\(arm.runs.count)", spread(arm.loss, 3),
          arm.recall.map { spread($0, 1, 100) + " %" } ?? "–", spread(arm.minutes, 1),
        ])
      }
      text += "\n" + means.rendered()
    }
    guard !differences.isEmpty else { return text }
    var settings = TextTable(
      [.init("setting", alignment: .left)] + runs.map { .init($0.name, maximumWidth: 30) })
    for difference in differences { settings.append([difference.key] + difference.values) }
    return text + "\n" + settings.rendered()
  }

  /// The settings in which the runs differ, by their dotted keys.
  package var differences: [(key: String, values: [String])] {
    let all = runs.map(facts)
    let keys = Set(all.flatMap(\.keys)).sorted()
    return keys.compactMap { key in
      let values = all.map { $0[key] ?? "–" }
      return Set(values).count > 1 ? (key, values) : nil
    }
  }

  /// All settings of a run, by dotted keys.
  func facts(of run: Run) -> [String: String] {
    var flat = ["seed": "\(run.record.seed)", "data": run.record.data]
    for (key, model) in [
      ("--image-from", run.record.imageFrom), ("--text-from", run.record.textFrom),
      ("--teacher", run.record.teacher),
    ] {
      flat[key] = model
    }
    let tree = try? JSONSerialization.jsonObject(with: Data(run.record.settings.text.utf8))
    flatten(tree ?? [:], "", into: &flat)
    return flat
  }

  private func flatten(_ value: Any, _ path: String, into flat: inout [String: String]) {
    if let object = value as? [String: Any] {
      for (key, value) in object {
        flatten(value, path.isEmpty ? key : path + "." + key, into: &flat)
      }
    } else if let data = try? JSONSerialization.data(
      withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
    {
      flat[path] = String(decoding: data, as: UTF8.self)
    }
  }

  /// How the runs went: loss by step, recall by minute.
  package var charts: [LineChart] {
    let losses = runs.map { run in
      LineChart.Series(run.name, run.reports.map { .init(Double($0.step), $0.loss) })
    }
    var charts = [
      LineChart(title: "Loss", xLabel: "step", yLabel: "nats", series: losses, isLogarithmic: true)
    ]
    let recalls = runs.filter { !$0.validated.isEmpty }.map { run in
      LineChart.Series(
        run.name,
        run.validated.map { .init($0.seconds / 60, $0.validation?["mean"] ?? .nan) })
    }
    if !recalls.isEmpty {
      charts.append(
        LineChart(
          title: "Recall@10, text to image, on the validation part", xLabel: "minutes",
          yLabel: "mean of the languages", series: recalls, numbers: .percent))
    }
    return charts + languageCharts
  }

  private func number(_ value: Double, _ places: Int) -> String {
    String(format: "%.\(places)f", value)
  }
}

extension RunComparison {
  /// The charts as one SVG.
  package var drawing: String { RunCharts.drawing(charts) }

  /// The charts and the table as one page.
  package var page: String {
    RunCharts.page(title: "Training, side by side", charts, table: table())
  }
}
