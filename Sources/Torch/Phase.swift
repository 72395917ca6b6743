/// Whether a network is learning or used: a few layers do different things.
package enum Phase {
  /// Where what a learning network drops is drawn from; nil while it is used.
  @TaskLocal static var draws: Draws?

  static var isTraining: Bool { draws != nil }

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
}
