/// The numbers that frozen layers compute with, while nothing is learned.
///
/// Their inputs and outputs, norms, attention and sums stay float32 (int32 for ``int8``); only the
/// factors of the large products are rounded.
package enum InferencePrecision: String, Codable, Sendable, CaseIterable {
  /// As learned: the results of training's own layers, within rounding.
  case float32
  /// Factors with 8 significant bits, at about twice the speed (four times with a matrix unit).
  case bfloat16
  /// Whole numbers: 255 steps for each weight's output, and for each token from its lowest to its
  /// highest input. About four times the speed.
  case int8

  @TaskLocal static var current = InferencePrecision.float32

  /// Whether this processor computes so. If not, float32 takes its place.
  package var isAvailable: Bool { PackedWeight.isAvailable(self) }
}

/// Runs `body` with its frozen layers on the CPU computing in `precision`.
///
/// Off unless asked for: vectors made in one precision are not those of another to the bit, and an
/// index should hold one kind. On other devices ``InferencePrecision/bfloat16`` and
/// ``InferencePrecision/int8`` are autocasts to bfloat16.
package func withPrecision<Result>(
  _ precision: InferencePrecision, on device: Device = .cpu, _ body: () throws -> Result
) rethrows -> Result {
  if device != .cpu, precision != .float32 { return try withAutocast(.bfloat16, on: device, body) }
  return try InferencePrecision.$current.withValue(precision) { try body() }
}
