import Foundation
import Recipes

/// The time and memory that a run would need, estimated from a few steps.
package struct Rehearsal: Sendable, Encodable {
  /// Of one step, the optimizer's part included; the mean over the run's sizes of pictures.
  package let secondsPerStep: Double
  /// Steps of the whole run; if the run has minutes, estimated from the time of one step.
  package let steps: Int
  package let minutes: Double
  /// Times every picture would be seen.
  package let epochs: Double
  /// The most memory that the program has taken so far, in bytes; 0 where the system does not say.
  package let memory: Int
  package let parameters: [ParameterCount]

  /// - Parameters:
  ///   - stages: For each size of pictures its share of the run and the seconds of a step.
  ///   - epochs: After so many steps.
  init(
    _ plan: TrainingPlan, _ stages: [(share: Double, seconds: Double)],
    parameters: [ParameterCount], epochs: (Int) -> Double
  ) {
    self.parameters = parameters
    memory = Self.peakMemory
    if let steps = plan.steps {
      // Shares of the steps.
      self.steps = steps
      secondsPerStep = stages.reduce(0) { $0 + $1.share * $1.seconds }
      minutes = Double(steps) * secondsPerStep / 60
    } else {
      // Shares of the time.
      minutes = plan.minutes ?? 0
      let perSecond = stages.reduce(0) { $0 + $1.share / max($1.seconds, 1e-9) }
      secondsPerStep = 1 / max(perSecond, 1e-9)
      // A run of a thousand years must not end this one.
      steps = Int(min(minutes * 60 * perSecond, 1e12))
    }
    self.epochs = epochs(steps)
  }

  private static var peakMemory: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
}

extension TrainingPlan {
  /// The parts of a run that have one size of pictures each: where in the run they begin (0…1), and
  /// their share of it.
  var stages: [(start: Double, share: Double)] {
    let ends = Set(smallPictures.map(\.until).filter { 0 < $0 && $0 < 1 }).sorted() + [1]
    return zip([0] + ends, ends).map { ($0, $1 - $0) }
  }
}
