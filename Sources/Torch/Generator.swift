internal import CTorch

/// A stream of random numbers, started by a seed.
///
/// Not sendable: whoever draws from it decides the order, and so the numbers.
package final class Generator {
  let pointer: ct_generator?

  package init(seed: UInt64) { pointer = ct_generator_make(seed) }

  deinit { ct_generator_release(pointer) }
}
