import Foundation

/// A colour profile, as far as it tells whether a picture's colours must be converted.
///
/// Its numbers decide and never its name: phones give names like “sRGB EOTF with DCI-P3 Color
/// Gamut” to profiles of other colours.
///
/// - Source: ICC.1:2022, sections 7.2, 7.3, 9.2 and 10; IEC 61966-2-1 for sRGB.
struct ColourProfile: Equatable {
  /// What a pixel is made of.
  enum Colours { case grey, rgb, cmyk }

  let colours: Colours
  /// Whether converting from it to sRGB changes nothing that could be seen.
  let isSRGB: Bool

  /// - Returns: Nil for what is no profile of pixels, or a damaged one: it is passed over.
  init?(_ bytes: [UInt8]) {
    guard let size = bytes.bigEndian(at: 0, size: 4), size <= bytes.count,
      bytes.has("acsp", at: 36),
      Self.classes.contains(where: { bytes.has($0, at: 12) }),
      let count = bytes.bigEndian(at: 128, size: 4), count <= 200
    else { return nil }
    var tags: [Int: Range<Int>] = [:]
    for entry in 0..<count {
      let place = 132 + entry * 12
      guard let name = bytes.bigEndian(at: place, size: 4),
        let start = bytes.bigEndian(at: place + 4, size: 4),
        let length = bytes.bigEndian(at: place + 8, size: 4), start <= size, length <= size - start
      else { return nil }
      tags[name] = start..<start + length
    }
    if bytes.has("RGB ", at: 16) {
      colours = .rgb
    } else if bytes.has("GRAY", at: 16) {
      colours = .grey
    } else if bytes.has("CMYK", at: 16) {
      colours = .cmyk
    } else {
      return nil
    }
    let reader = Numbers(bytes: bytes, tags: tags)
    isSRGB =
      switch colours {
      case .cmyk: false
      case .grey: !reader.hasTable && reader.hasSRGBCurve("kTRC")
      case .rgb:
        !reader.hasTable && bytes.has("XYZ ", at: 20) && reader.hasSRGBPrimaries
          && ["rTRC", "gTRC", "bTRC"].allSatisfy(reader.hasSRGBCurve)
      }
  }

  /// Displays, scanners, printers and colour spaces; not links between two devices and the like.
  private static let classes: [StaticString] = ["mntr", "scnr", "prtr", "spac"]

  /// The linear light of each of sRGB's 256 levels.
  private static let light = (0..<256).map { level in
    let value = Double(level) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  private struct Numbers {
    let bytes: [UInt8]
    let tags: [Int: Range<Int>]

    private func place(_ name: String) -> Range<Int>? {
      tags[name.utf8.reduce(0) { $0 << 8 | Int($1) }]
    }

    /// Whether a table, which need not agree with the primaries, takes their place.
    var hasTable: Bool {
      ["A2B0", "A2B1", "A2B2", "D2B0", "D2B1", "D2B2"].contains { place($0) != nil }
    }

    /// A signed number with sixteen bits behind the point.
    private func fixed(_ position: Int) -> Double? {
      bytes.bigEndian(at: position, size: 4).map {
        Double(Int32(truncatingIfNeeded: $0)) / 65536
      }
    }

    /// The primaries under daylight of 5,000 K; published sRGB profiles differ by 0.0003.
    var hasSRGBPrimaries: Bool {
      let primaries = [
        ("rXYZ", [0.4361, 0.2225, 0.0139]), ("gXYZ", [0.3851, 0.7169, 0.0971]),
        ("bXYZ", [0.1431, 0.0606, 0.7141]),
      ]
      return primaries.allSatisfy { name, expected in
        guard let place = place(name), place.count >= 20 else { return false }
        return expected.enumerated().allSatisfy { index, value in
          fixed(place.lowerBound + 8 + index * 4).map { abs($0 - value) <= 0.0008 } ?? false
        }
      }
    }

    /// Whether no level of 256 would become another that is not its neighbour.
    func hasSRGBCurve(_ name: String) -> Bool {
      guard let place = place(name), let curve = curve(place) else { return false }
      return (0..<256).allSatisfy { level in
        let value = curve(Double(level) / 255)
        return value >= light[max(0, level - 1)] - 1e-4
          && value <= light[min(255, level + 1)] + 1e-4
      }
    }

    private func curve(_ place: Range<Int>) -> ((Double) -> Double)? {
      let start = place.lowerBound
      if bytes.has("curv", at: start) {
        guard let count = bytes.bigEndian(at: start + 8, size: 4), place.count >= 12,
          count <= (place.count - 12) / 2
        else { return nil }
        let values = (0..<count).compactMap { bytes.bigEndian(at: start + 12 + $0 * 2, size: 2) }
        switch count {
        case 0: return { $0 }
        case 1: return { pow($0, Double(values[0]) / 256) }
        default:
          return { value in
            let at = value * Double(count - 1)
            let below = min(count - 2, Int(at))
            let share = at - Double(below)
            return (Double(values[below]) * (1 - share) + Double(values[below + 1]) * share) / 65535
          }
        }
      }
      guard bytes.has("para", at: start), let kind = bytes.bigEndian(at: start + 8, size: 2),
        (0...4).contains(kind)
      else { return nil }
      let count = [1, 3, 4, 5, 7][kind]
      var p = (0..<count).compactMap { fixed(start + 12 + $0 * 4) }
      guard p.count == count, place.count >= 12 + count * 4 else { return nil }
      // As the last kind writes all of them: (a x + b)^g + e from d on, and c x + f before.
      switch kind {
      case 0: p += [1, 0, 0, -1, 0, 0]
      case 1: p += [0, -p[2] / p[1], 0, 0]
      case 2: p = [p[0], p[1], p[2], 0, -p[2] / p[1], p[3], p[3]]
      case 3: p += [0, 0]
      default: break
      }
      return { x in x >= p[4] ? pow(max(0, p[1] * x + p[2]), p[0]) + p[5] : p[3] * x + p[6] }
    }

    private var light: [Double] { ColourProfile.light }
  }
}
