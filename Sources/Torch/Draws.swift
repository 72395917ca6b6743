internal import CTorch

/// Where what a learning network drops is drawn from.
///
/// A number is a function of the step's seed, a place in the network, a sample and a token, and not of
/// what was drawn before. So a sample loses the same in any chunk, also when the chunk is computed
/// again, with and without padding, on any number of threads, and in a run that is resumed.
package struct Draws: Sendable {
  private let seed: UInt64
  /// The number of a batch's first sample.
  private let first: Int

  /// - Parameters:
  ///   - seed: Of the run and its step.
  package init(seed: UInt64) { self.init(seed, from: 0) }

  private init(_ seed: UInt64, from first: Int) { (self.seed, self.first) = (seed, first) }

  func part(of group: Int?, from first: Int) -> Draws {
    Draws(group.map { ct_drawn(seed, UInt64($0)) } ?? seed, from: first)
  }

  /// Random numbers of one sample for something that is drawn outside of a network's layers.
  ///
  /// - Parameters:
  ///   - place: A number of its own for each thing that is drawn.
  ///   - sample: The sample's number in its batch.
  package func numbers(at place: UInt64, ofSample sample: Int, count: Int) -> [UInt64] {
    dropping(1, at: place).numbers(ofSample: sample, count: count)
  }

  fileprivate func dropping(_ rate: Double, at place: UInt64) -> Dropping {
    Dropping(rate: rate, key: ct_drawn(seed, place), first: first)
  }
}

/// What one layer drops of one batch.
package struct Dropping: Sendable {
  let rate: Double
  let key: UInt64
  let first: Int

  /// Nil where nothing is dropped: at a rate of 0, and while a network is used.
  ///
  /// - Parameters:
  ///   - rate: With what probability a number is zeroed.
  ///   - place: A number of its own for each place in a network.
  package init?(rate: Double, at place: UInt64) {
    guard rate > 0, let draws = Phase.draws else { return nil }
    self = draws.dropping(rate, at: place)
  }

  fileprivate init(rate: Double, key: UInt64, first: Int) {
    (self.rate, self.key, self.first) = (rate, key, first)
  }

  /// Random numbers of one sample.
  package func numbers(ofSample sample: Int, count: Int) -> [UInt64] {
    let stream = ct_drawn(key, UInt64(first + sample) << 32)
    return (0..<count).map { ct_drawn(stream, UInt64($0)) }
  }

  var parts: ct_dropping { ct_dropping(rate: rate, key: key, first: Int64(first)) }
}

/// Vectors of which each number is zeroed at random, and the others are scaled up to keep the mean.
///
/// - Parameters:
///   - places: Of which token of which sample of the batch each vector is: 2³² · sample + token.
///   - whole: Whether a vector is zeroed or kept as a whole.
package func dropout(_ x: Tensor, _ dropping: Dropping, places: [Int64], whole: Bool = false)
  -> Tensor
{
  Tensor(ct_dropout(x.pointer, dropping.parts, places, Int64(places.count), whole), on: x)
}
