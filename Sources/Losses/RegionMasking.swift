package import Settings
package import Torch

/// Which regions of a picture are hidden from a network that is asked for them.
///
/// - Source: Chen et al. 2020 (UNITER), §3.2, arXiv:1909.11740; zmykevin/UC2 at 44a2c45,
///   `data/mrm.py` (all hidden ones are zeroed, nothing else is); e-bug/volta at 14a71ff,
///   `volta/datasets/concept_cap_dataset.py`, `random_region` (nine of ten are zeroed).
/// - Differs: where no draw hides a region, the one with the lowest draw is hidden. What overlaps an
///   asked region by 0.4, VOLTA notes and shows all the same; here it can be zeroed.
package struct RegionMasking: Codable, Sendable, Equatable {
  /// The share of regions that is hidden and asked for; at least one of each picture is.
  package var share = 0.15
  /// The share of those that is zeroed; the others stay and are asked for all the same. UC2: 1;
  /// VOLTA: 0.9.
  package var zeroed = 1.0
  /// Regions that overlap an asked one by more than this (intersection over union) are zeroed too and
  /// not asked for: they would give it away. Nil for none.
  package var overlap: Double?

  package init(share: Double = 0.15, zeroed: Double = 1, overlap: Double? = nil) {
    self.share = share
    self.zeroed = zeroed
    self.overlap = overlap
  }

  /// Says what does not fit.
  ///
  /// - Throws: ``SettingsError/unfit(reason:)``
  package func check() throws(SettingsError) {
    for (name, value) in [
      ("share of regions to hide", share), ("share of those to zero", zeroed),
      ("overlap from which regions are hidden too", overlap ?? 0),
    ] where !(0...1).contains(value) {
      throw .unfit(reason: "The \(name) is \(value); use 0 to 1.")
    }
  }

  /// A box in any unit: left, top, right and bottom.
  package typealias Box = SIMD4<Float>

  /// What is hidden of a picture.
  package struct Masked: Sendable, Equatable {
    /// The regions that the network is asked for, in order.
    package let asked: [Int]
    /// Whether the features of each region are zeroed.
    package let isZeroed: [Bool]
  }

  /// Hides regions of a picture.
  ///
  /// - Parameters:
  ///   - boxes: Where each region is.
  ///   - draws: Of the run's seed and its step.
  ///   - sample: The picture's number in the step.
  /// - Returns: Nothing hidden if the picture has no region.
  package func callAsFunction(_ boxes: [Box], by draws: Draws, sample: Int) -> Masked {
    let numbers = draws.numbers(at: DrawPlace.regions, ofSample: sample, count: 2 * boxes.count)
    let chances = boxes.indices.map { unit(numbers[2 * $0]) }
    let lowest = chances.min()
    let asked = boxes.indices.filter { chances[$0] < share || chances[$0] == lowest }
    var isZeroed = [Bool](repeating: false, count: boxes.count)
    for region in asked {
      if unit(numbers[2 * region + 1]) < zeroed { isZeroed[region] = true }
      guard let overlap else { continue }
      for other in boxes.indices
      where other != region && intersectionOverUnion(boxes[region], boxes[other]) > overlap {
        isZeroed[other] = true
      }
    }
    return Masked(asked: asked, isZeroed: isZeroed)
  }
}

/// The area of what two boxes share, by that of what they cover together; 0 where both are empty.
private func intersectionOverUnion(_ a: RegionMasking.Box, _ b: RegionMasking.Box) -> Double {
  func area(_ box: RegionMasking.Box) -> Float { max(0, box[2] - box[0]) * max(0, box[3] - box[1]) }
  let shared = area([max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])])
  let all = area(a) + area(b) - shared
  return all > 0 ? Double(shared / all) : 0
}
