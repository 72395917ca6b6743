/// Where in a run we are; what a checkpoint's metadata hold.
struct Position: Codable, Equatable {
  /// Steps done, those that were left out included.
  var step = 0
  /// Seconds of training, interruptions not counted.
  var seconds = 0.0
  var divergence = DivergenceGuard()

  init() {}

  /// Checkpoints of earlier versions say nothing of divergence.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    step = try container.decode(Int.self, forKey: .step)
    seconds = try container.decode(Double.self, forKey: .seconds)
    divergence =
      try container.decodeIfPresent(DivergenceGuard.self, forKey: .divergence) ?? DivergenceGuard()
  }

  /// The numbers of steps after which the weights are as they are now: what was left out changed
  /// nothing.
  var stepsOfWeights: ClosedRange<Int> {
    var first = step
    while divergence.leftOut.contains(first - 1) { first -= 1 }
    return first...step
  }
}
