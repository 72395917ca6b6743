import Foundation

/// A scale from numbers to places, with round numbers to label it by.
struct Axis {
  let low: Double
  let high: Double
  let isLogarithmic: Bool

  /// Larger values are left out: differences would overflow, and nobody would see anything.
  private static let largest = 1e150

  /// Round numbers between the ends, ascending.
  let ticks: [Double]

  /// Covers all values with round ends; a logarithmic axis leaves out what is not positive.
  init(_ values: some Sequence<Double>, isLogarithmic: Bool = false, beginsAtZero: Bool = false) {
    let usable = values.filter { abs($0) < Self.largest && (!isLogarithmic || $0 > 0) }
    var low = usable.min() ?? (isLogarithmic ? 1 : 0)
    var high = usable.max() ?? (isLogarithmic ? 10 : 1)
    self.isLogarithmic = isLogarithmic
    guard !isLogarithmic else {
      let (first, last) = (Int(floor(log10(low))), Int(ceil(log10(high))))
      let lastTick = max(last, first + 1)
      let step = max(1, (lastTick - first) / 6)
      self.low = pow(10, Double(first))
      self.high = pow(10, Double(lastTick))
      ticks = stride(from: first, through: lastTick, by: step).map { pow(10, Double($0)) }
      return
    }
    if beginsAtZero { low = min(low, 0) }
    if high - low <= max(abs(high), abs(low)) * 1e-9 {
      high = low + max(abs(low) * 0.1, 1e-9)
      if low == 0 { high = 1 }
    }
    let step = Self.roundStep((high - low) / 5)
    let (first, last) = ((low / step).rounded(.down), (high / step).rounded(.up))
    self.low = first * step
    self.high = last * step
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// The place of a value, 0 at the low end and 1 at the high end; `nil` if it is not shown.
  func place(_ value: Double) -> Double? {
    guard abs(value) < Self.largest else { return nil }
    guard isLogarithmic else { return (value - low) / (high - low) }
    guard value > 0 else { return nil }
    return (log10(value) - log10(low)) / (log10(high) - log10(low))
  }

  /// 1, 2 or 5 times a power of ten, at least `step`.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, floor(log10(step)))
    for factor in [1.0, 2, 5] where factor * power >= step * 0.999_999 { return factor * power }
    return 10 * power
  }
}

/// How the numbers of an axis are written.
package enum ChartNumbers: Sendable {
  /// As they are: `0.05`, `1200`, `1e-05`.
  case plain

  /// A share as per cent.
  case percent

  /// A number for a label or a tooltip.
  package func text(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    return switch self {
    case .plain: String(format: "%g", value)
    case .percent: String(format: "%.3g", value * 100) + " %"
    }
  }
}
