import Foundation
import Pictoglot
import Synchronization
import Training

/// Shows a training run on standard error, or as JSON on standard output.
final class TrainingDisplay: Sendable {
  private let json: Bool
  private let preparing = Mutex<[String: ProgressLine]>([:])
  private let lastLine = Mutex(ContinuousClock.now - .seconds(60))
  private let problems = Mutex(0)

  /// The most problems of a collection that are shown one by one.
  private static let shownProblems = 20

  init(json: Bool) { self.json = json }

  /// Shows an event of the run.
  func show(_ event: TrainingRun.Event) {
    switch event {
    case .message(let text): Console.note(text)
    case .problem(let text):
      let count = problems.withLock { count in
        count += 1
        return count
      }
      if count <= Self.shownProblems { Console.note(text) }
      if count == Self.shownProblems + 1 {
        Console.note("… and more; “pictoglot data check” lists all.")
      }
    case .preparing(let what, let done, let total):
      let line = preparing.withLock { lines in
        if let line = lines[what] { return line }
        let line = ProgressLine("Reading", unit: what, json: json)
        lines[what] = line
        return line
      }
      line.show(done, of: total)
    case .report(let report): show(report)
    case .rolledBack(let rollback):
      Console.note("\(rollback)")
      if json { try? Console.print(json: ["rolledBack": rollback]) }
    }
  }

  /// Prints how many parameters the run has and how many of them it trains.
  func summarize(_ run: TrainingRun) {
    let counts = run.parameterCounts
    let total = counts.reduce(0) { $0 + $1.total }
    let learned = counts.reduce(0) { $0 + $1.learned }
    let parts = counts.map { "\($0.name) \(Self.words($0))" }
    Console.note(
      "\(millions(total)) parameters, \(learned == total ? "all" : millions(learned)) learned: "
        + parts.joined(separator: ", "))
  }

  /// `86.2 M`, `86.2 M frozen` or `86.2 M (7.1 M learned)`
  private static func words(_ count: ParameterCount) -> String {
    if count.frozen == 0 { return millions(count.total) }
    if count.learned == 0 { return millions(count.total) + " frozen" }
    return "\(millions(count.total)) (\(millions(count.learned)) learned)"
  }

  /// Shows a report: as JSON, on the line that changes, or every 15 seconds as a line of its own.
  private func show(_ report: TrainingReport) {
    if json {
      try? Console.print(json: report)
      return
    }
    let text = line(report)
    if Console.showsTransient, report.validation == nil, report.progress < 1 {
      return Console.transient(text)
    }
    let isDue = lastLine.withLock { last in
      guard ContinuousClock.now - last >= .seconds(15) || report.validation != nil else {
        return false
      }
      last = .now
      return true
    }
    if isDue || report.progress >= 1 { Console.note(text) }
  }

  /// A report as one line: progress, loss, speed, time left and recall.
  private func line(_ report: TrainingReport) -> String {
    var speed = [
      "\(Int(report.picturesPerSecond)) pictures and \(Int(report.captionsPerSecond)) captions a second",
      "\(duration(report.secondsLeft)) left",
    ]
    var text =
      "\(percent(report.progress)) step \(report.step), loss \(rounded(report.loss, 3)), "
    if let flops = report.flops {
      let work = "\(rounded(flops / 1e9, flops < 1e10 ? 1 : 0)) GFLOP/s"
      let length = text.count + (speed + [work]).joined(separator: ", ").count
      if length <= Console.width { speed.insert(work, at: 1) }
    }
    text += speed.joined(separator: ", ")
    if let validation = report.validation {
      let recalls = validation.filter { $0.key != "mean" }.sorted { $0.key < $1.key }
        .map { "\($0.key) \(percent($0.value))" }
      text += "; recall@10 \(recalls.joined(separator: ", "))"
    }
    return text
  }
}

/// `12 %`
func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

/// A number with so many digits behind the point.
func rounded(_ number: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", number)
}

/// `4.2 M`
private func millions(_ count: Int) -> String {
  count < 100_000 ? "\(count)" : rounded(Double(count) / 1e6, 1) + " M"
}
