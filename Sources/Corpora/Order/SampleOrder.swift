/// The order in which training sees the samples of a corpus.
///
/// Every epoch is a permutation of its own; a batch may begin in one epoch and end in the next.
/// The order is a function of the step, so a position in it is just the step's number, and going
/// on from a saved position is exact without anything else being saved.
///
/// A permutation is never stored: it is a keyed cipher on `0..<count`, so an index costs the same
/// whether there are a thousand samples or a billion.
///
/// - Source: Black and Rogaway 2002, “Ciphers with Arbitrary Finite Domains”, cycle walking over a
///   balanced Feistel network.
package struct SampleOrder: Codable, Sendable, Equatable {
  /// How many samples there are.
  package let count: Int
  /// How many samples a step sees.
  package let batch: Int
  package let seed: UInt64

  /// - Precondition: `count` and `batch` are positive.
  package init(count: Int, batch: Int, seed: UInt64) {
    precondition(count > 0 && batch > 0, "an order needs samples and a batch size")
    self.count = count
    self.batch = batch
    self.seed = seed
  }

  /// The samples of step `step`, counted from 0.
  package func indices(ofStep step: Int) -> [Int] {
    let first = step * batch
    var permutation = Permutation(count: count, seed: seed, epoch: first / count)
    return (first..<first + batch).map { position in
      let epoch = position / count
      if epoch != permutation.epoch {
        permutation = Permutation(count: count, seed: seed, epoch: epoch)
      }
      return permutation[position % count]
    }
  }

  /// How many steps show every sample once, rounded up.
  package var stepsPerEpoch: Int { (count + batch - 1) / batch }

  /// How many times every sample has been seen when `step` steps are done.
  package func epochs(afterSteps step: Int) -> Double { Double(step * batch) / Double(count) }
}

/// A seeded permutation of `0..<count`, computed entry by entry.
struct Permutation: Sendable {
  let epoch: Int
  private let count: UInt64
  private let halfBits: UInt64
  private let keys: [UInt64]

  private static let rounds: UInt64 = 8

  init(count: Int, seed: UInt64, epoch: Int) {
    self.epoch = epoch
    self.count = UInt64(count)
    let bits = max(UInt64.bitWidth - UInt64(count - 1).leadingZeroBitCount, 6)
    halfBits = UInt64((bits + 1) / 2)
    let base = mixed(seed ^ mixed(UInt64(bitPattern: Int64(epoch)) &+ 0x9E37_79B9_7F4A_7C15))
    keys = (0..<Self.rounds).map { mixed(base &+ $0 &* 0xD1B5_4A32_D192_ED03) }
  }

  subscript(position: Int) -> Int {
    let mask = (UInt64(1) << halfBits) - 1
    var value = UInt64(position)
    repeat {
      var (left, right) = (value >> halfBits, value & mask)
      for key in keys {
        (left, right) = (right, left ^ (mixed(right &+ key) & mask))
      }
      value = left << halfBits | right
    } while value >= count
    return Int(value)
  }
}

/// The finalizer of SplitMix64: every bit of the answer depends on every bit of `value`.
private func mixed(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
