/// Random numbers from a seed, the same on every platform and in every version.
///
///     RandomStream(seed: 7, step, sample)     // no two paths share a stream
///
/// A stream is a value: copying it and drawing from both gives the same numbers twice. To draw
/// independently in parallel, give each task its own path instead of its own copy.
///
/// - Source: Blackman and Vigna 2018, xoshiro256**, arXiv:1805.01407; Steele et al. 2014,
///   SplitMix64, to spread the seed.
package struct RandomStream: RandomNumberGenerator, Codable, Sendable, Equatable {
  private var a, b, c, d: UInt64

  package init(seed: UInt64, _ path: UInt64...) {
    self.init(seed: seed, path: path)
  }

  package init(seed: UInt64, path: [UInt64]) {
    var state = seed
    for (depth, step) in path.enumerated() {
      state = Self.mixed(state &+ 0x9e37_79b9_7f4a_7c15) ^ Self.mixed(step &+ UInt64(depth) &+ 1)
      state = Self.mixed(state)
    }
    func draw() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      return Self.mixed(state)
    }
    (a, b, c, d) = (draw(), draw(), draw(), draw())
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  package mutating func next() -> UInt64 {
    func rotated(_ x: UInt64, by count: UInt64) -> UInt64 { (x << count) | (x >> (64 - count)) }
    let result = rotated(b &* 5, by: 7) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotated(d, by: 45)
    return result
  }

  /// A number of `[0, 1)`, in steps of 2⁻⁵³.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
  }

  /// A number of `0..<n`, each as likely; 0 where `n` is less than 2.
  ///
  /// - Source: Lemire 2019, arXiv:1805.10941.
  package mutating func below(_ n: Int) -> Int {
    guard n > 1 else { return 0 }
    let bound = UInt64(n)
    var (high, low) = next().multipliedFullWidth(by: bound)
    if low < bound {
      let threshold = (0 &- bound) % bound
      while low < threshold { (high, low) = next().multipliedFullWidth(by: bound) }
    }
    return Int(high)
  }

  /// Whether something of this probability happens.
  package mutating func chance(_ probability: Double) -> Bool {
    // Always draws, so that a probability of 0 or 1 leaves what follows as it is.
    uniform() < probability
  }

  /// A number with mean 0 and variance 1, by Marsaglia's polar method.
  package mutating func normal() -> Double {
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let radius = x * x + y * y
      if radius > 0, radius < 1 {
        return x * (-2 * Self.naturalLogarithm(radius) / radius).squareRoot()
      }
    }
  }

  /// `ln x` by basic operations alone, since system libraries differ in the last bit.
  private static func naturalLogarithm(_ x: Double) -> Double {
    var significand = x.significand
    var exponent = Double(x.exponent)
    if significand > 1.414_213_562_373_095_1 {
      significand /= 2
      exponent += 1
    }
    // ln m = 2 artanh((m - 1) / (m + 1)), and the argument is at most 0.172.
    let z = (significand - 1) / (significand + 1)
    let square = z * z
    var series = 0.0
    for odd in stride(from: 21.0, through: 1, by: -2) { series = series * square + 1 / odd }
    return 2 * z * series + exponent * 0.693_147_180_559_945_3
  }
}
