import Foundation

/// Colours for numbers over a picture: from dark violet over green to yellow.
///
/// Lightness rises evenly, so that they read in grey and with any colour vision as well.
///
/// - Source: van der Walt, Smith 2015, viridis (matplotlib, CC0), nine of its colours.
enum HeatColours {
  private static let stops: [(Double, Double, Double)] = [
    (68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141), (39, 173, 129),
    (92, 200, 99), (170, 220, 50), (253, 231, 37),
  ]

  /// All of them, evenly spaced.
  static var all: [String] {
    stops.indices.map { colour(Double($0) / Double(stops.count - 1)) }
  }

  /// The colour of a share from 0 to 1, as `#rrggbb`.
  static func colour(_ share: Double) -> String {
    let place = (share.isFinite ? min(max(share, 0), 1) : 0) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let part = place - Double(index)
    let (from, to) = (stops[index], stops[index + 1])
    func mixed(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * part).rounded()) }
    return String(
      format: "#%02x%02x%02x", mixed(from.0, to.0), mixed(from.1, to.1), mixed(from.2, to.2))
  }
}
