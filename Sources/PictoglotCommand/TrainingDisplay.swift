import Foundation
import Pictoglot
import Synchronization
import Training

/// What a person sees of a run while it learns.
final class TrainingDisplay: Sendable {
  private let json: Bool
  private let preparing = Mutex<[String: ProgressLine]>([:])
  private let lastLine = Mutex(ContinuousClock.now - .seconds(60))
  private let problems = Mutex(0)

  /// The most problems of a collection that are shown one by one.
  private static let shownProblems = 20

  init(json: Bool) { self.json = json }

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
    }
  }

  func summarize(_ run: TrainingRun) {
    let total = run.parameterCounts.reduce(0) { $0 + $1.count }
    let parts = run.parameterCounts.map { "\($0.name) \(millions($0.count))" }
    Console.note("\(millions(total)) parameters: \(parts.joined(separator: ", "))")
  }

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

  private func line(_ report: TrainingReport) -> String {
    var text =
      "\(percent(report.progress)) step \(report.step), loss \(rounded(report.loss, 3)), "
      + "\(Int(report.picturesPerSecond)) pictures and \(Int(report.captionsPerSecond)) captions "
      + "a second, \(duration(report.secondsLeft)) left"
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
