/// Whether a network is learning or used: a few layers do different things.
package enum Phase {
  @TaskLocal static var isTraining = false

  /// Runs `body` with the layers in their learning form.
  package static func training<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $isTraining.withValue(true) { try body() }
  }

  /// Runs `body` with the layers in the form in which they are used, which is also the default.
  package static func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $isTraining.withValue(false) { try body() }
  }
}
