import Foundation

/// The numbers of what is drawn outside of a network's layers: see ``Draws/numbers(at:ofSample:count:)``.
///
/// Those of layers are hashes of their names and so no small numbers.
enum DrawPlace {
  static let tokens: UInt64 = 1
  static let regions: UInt64 = 2
  static let matching: UInt64 = 3
}

/// A number in `[0, 1)`, in steps of 2⁻⁵³.
func unit(_ number: UInt64) -> Double { Double(number >> 11) * 0x1p-53 }

/// A number of `0..<count`, each as likely but for one part in 2⁶⁴ ÷ `count`.
func below(_ count: Int, _ number: UInt64) -> Int {
  Int(number.multipliedFullWidth(by: UInt64(count)).high)
}

/// The place that a number of `[0, 1)` falls on where places have the softmax of `scores` as their
/// probabilities; nil for no scores.
func drawn(_ scores: [Double], _ number: Double) -> Int? {
  guard let highest = scores.max() else { return nil }
  let weights = scores.map { exp($0 - highest) }
  var rest = number * weights.reduce(0, +)
  for (place, weight) in weights.enumerated() {
    rest -= weight
    if rest < 0 { return place }
  }
  // Rounding may leave a little over.
  return weights.indices.last { weights[$0] > 0 }
}
