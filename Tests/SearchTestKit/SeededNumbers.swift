/// The same numbers on every run (SplitMix64).
package struct SeededNumbers {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// In [−1, 1).
  package mutating func number() -> Float {
    Float(Int64(bitPattern: next()) >> 40) / Float(1 << 23)
  }

  package mutating func vector(_ width: Int) -> [Float] { (0..<width).map { _ in number() } }
}
