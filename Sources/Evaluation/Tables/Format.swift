import Foundation

/// How numbers of a report are written; the same in every locale.
package enum Format {
  /// A share as per cent, without the sign: `0.3124` is `31.2`.
  package static func percent(_ share: Double) -> String { decimal(share * 100, places: 1) }

  /// A rank: whole if large.
  static func rank(_ rank: Double) -> String {
    decimal(rank, places: rank < 100 && rank != rank.rounded() ? 1 : 0)
  }

  /// A number with so many places.
  package static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return "–" }
    return String(format: "%.\(places)f", value)
  }

  /// The interval, or nothing if there is none.
  static func interval(_ estimate: Estimate, _ format: (Double) -> String = percent) -> String {
    guard let low = estimate.low, let high = estimate.high else { return "" }
    return "\(format(low))–\(format(high))"
  }
}
