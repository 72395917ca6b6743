/// Whether a network is learning or used: a few layers do different things.
package enum Phase {
  /// Where what a learning network drops is drawn from; nil while it is used.
  @TaskLocal static var draws: Draws?

  static var isTraining: Bool { draws != nil }
  /// Which part of a batch is seen.
  @TaskLocal static var part: Part = .whole

  /// Runs `body` with the layers in their learning form.
  package static func training<Result>(
    _ draws: Draws = Draws(seed: 0), _ body: () throws -> Result
  ) rethrows -> Result {
    try $draws.withValue(draws) { try body() }
  }

  /// Runs `body` with the layers in the form in which they are used, which is also the default.
  package static func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $draws.withValue(nil) { try body() }
  }

  /// Runs `body` for a part of a step's samples; whether the network learns stays as it is.
  ///
  /// - Parameters:
  ///   - group: Which samples are counted together: those of another group draw other numbers. The
  ///     same as before, if nil.
  ///   - first: The number of the first of them in the group.
  package static func drawing<Result>(
    group: Int? = nil, from first: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    try $draws.withValue(draws?.part(of: group, from: first)) { try body() }
  }

  /// Runs `body` on a part of a batch that goes through a network in several.
  package static func seeing<Result>(_ part: Part, _ body: () throws -> Result) rethrows -> Result {
    try $part.withValue(part, operation: body)
  }

  /// A part of a batch, in shares of it.
  package struct Part: Sendable, Equatable {
    let share: Double
    /// Of the parts that come after.
    let rest: Double

    package static let whole = Part(share: 1, rest: 0)
    /// A part that is computed again, and has been counted.
    package static let counted = Part(share: 0, rest: 0)

    private init(share: Double, rest: Double) { (self.share, self.rest) = (share, rest) }

    /// The part at a place among parts of these sizes.
    package init(_ place: Int, of sizes: [Int]) {
      let all = Double(max(1, sizes.reduce(0, +)))
      self.init(
        share: Double(sizes[place]) / all, rest: Double(sizes[(place + 1)...].reduce(0, +)) / all)
    }

    /// What a running mean moves by towards this part's, so that all parts together move it by
    /// `momentum`, each counting as its share.
    func momentum(_ momentum: Double) -> Double { momentum * share / (1 - momentum * rest) }
  }
}
