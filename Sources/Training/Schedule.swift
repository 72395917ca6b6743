import Foundation
package import Recipes

/// The learning rate over a run: linear warm-up, then the decay that the plan names.
///
/// - Source: Loshchilov & Hutter 2017, eq. 5, arXiv:1608.03983, without restarts; the climb is that
///   of Goyal et al. 2017, arXiv:1706.02677.
package struct Schedule {
  package let rate: Double
  let warmup: Double
  let finalRate: Double
  let fall: TrainingPlan.Schedule
  /// Lowest progress used in warm-up (that of one step), so that the learning rate of the first
  /// step is not 0.
  private let least: Double

  package init(_ plan: TrainingPlan) {
    (rate, finalRate) = (plan.rate, plan.finalRate)
    let most = plan.warmupSteps > 0 ? plan.steps.map { Double(plan.warmupSteps) / Double($0) } : nil
    warmup = min(plan.warmup, most ?? 1)
    fall = plan.schedule
    least = max(1e-3, plan.steps.map { 1 / Double(max(1, $0)) } ?? 0)
  }

  /// The rate when `progress` (0…1) of the run is done.
  package func rate(at progress: Double) -> Double {
    if progress < warmup { return rate * min(1, max(progress, least) / warmup) }
    let rest = min(1, (progress - warmup) / max(1e-9, 1 - warmup))
    let left =
      switch fall {
      case .cosine: 0.5 * (1 + cos(.pi * rest))
      case .linear: 1 - rest
      case .constant: 1.0
      }
    return rate * (finalRate + (1 - finalRate) * left)
  }
}
