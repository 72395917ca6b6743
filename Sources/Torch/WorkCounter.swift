internal import CTorch

extension Engine {
  /// Counts the floating-point operations of the matrix products, convolutions and attention in
  /// `body`: two for each product that is added up.
  ///
  /// Of a backward pass that `body` starts, too, whatever threads it runs on; what is computed twice
  /// to save memory counts twice, and attention counts as whole matrices, causal or not. All else that
  /// a network does (sums, norms, activations, the optimizer) is small beside it and not counted.
  ///
  /// - Source: the same that PyTorch's `torch.utils.flop_counter` counts.
  package static func countingWork<Result>(_ body: () throws -> Result) rethrows -> (
    result: Result, operations: Int
  ) {
    ct_count_begin()
    do {
      let result = try body()
      return (result, Int(ct_count_end()))
    } catch {
      _ = ct_count_end()
      throw error
    }
  }
}
