internal import CTorch

// Elementwise functions; shapes broadcast as in NumPy.

extension Tensor {
  package static func + (a: Tensor, b: Tensor) -> Tensor {
    Tensor(ct_add(a.pointer, b.pointer), on: a, b)
  }
  package static func - (a: Tensor, b: Tensor) -> Tensor {
    Tensor(ct_sub(a.pointer, b.pointer), on: a, b)
  }
  package static func * (a: Tensor, b: Tensor) -> Tensor {
    Tensor(ct_mul(a.pointer, b.pointer), on: a, b)
  }
  package static func / (a: Tensor, b: Tensor) -> Tensor {
    Tensor(ct_div(a.pointer, b.pointer), on: a, b)
  }
  package static func + (a: Tensor, b: Double) -> Tensor {
    Tensor(ct_add_scalar(a.pointer, b), on: a)
  }
  package static func - (a: Tensor, b: Double) -> Tensor { a + -b }
  package static func * (a: Tensor, b: Double) -> Tensor {
    Tensor(ct_mul_scalar(a.pointer, b), on: a)
  }
  package static func / (a: Tensor, b: Double) -> Tensor { a * (1 / b) }
  package static prefix func - (a: Tensor) -> Tensor { Tensor(ct_neg(a.pointer), on: a) }

  package func power(_ exponent: Double) -> Tensor { Tensor(ct_pow(pointer, exponent), on: self) }
  package func exp() -> Tensor { Tensor(ct_exp(pointer), on: self) }
  package func log() -> Tensor { Tensor(ct_log(pointer), on: self) }
  package func abs() -> Tensor { Tensor(ct_abs(pointer), on: self) }
  package func tanh() -> Tensor { Tensor(ct_tanh(pointer), on: self) }
  package func sigmoid() -> Tensor { Tensor(ct_sigmoid(pointer), on: self) }
  /// `log(1 / (1 + e^−x))`, without overflow.
  package func logSigmoid() -> Tensor { Tensor(ct_log_sigmoid(pointer), on: self) }
  package func relu() -> Tensor { Tensor(ct_relu(pointer), on: self) }
  /// `x · sigmoid(x)`, also called swish.
  package func silu() -> Tensor { Tensor(ct_silu(pointer), on: self) }
  /// The Gaussian error linear unit, exact or by its tanh approximation.
  package func gelu(tanh: Bool = false) -> Tensor { Tensor(ct_gelu(pointer, tanh), on: self) }
  /// `x · sigmoid(1.702 x)`, OpenAI's approximation of GELU.
  package func quickGELU() -> Tensor { Tensor(ct_quick_gelu(pointer), on: self) }
  package func clamped(_ range: ClosedRange<Double>) -> Tensor {
    Tensor(ct_clamp(pointer, range.lowerBound, range.upperBound), on: self)
  }

  /// Where two tensors hold the same number, as bool.
  package func isEqual(to other: Tensor) -> Tensor {
    Tensor(ct_equal(pointer, other.pointer), on: self, other)
  }
  package func isGreater(than value: Double) -> Tensor {
    Tensor(ct_greater_scalar(pointer, value), on: self)
  }
  package func negated() -> Tensor { Tensor(ct_logical_not(pointer), on: self) }
  /// `value` wherever `mask` (bool, broadcast) is true.
  package func filled(where mask: Tensor, with value: Double) -> Tensor {
    Tensor(ct_masked_fill(pointer, mask.pointer, value), on: self, mask)
  }
}

// Reductions.

extension Tensor {
  /// The sum of all numbers, `[]`.
  package func sum() -> Tensor { Tensor(ct_sum_all(pointer), on: self) }
  /// The mean of all numbers, `[]`.
  package func mean() -> Tensor { Tensor(ct_mean_all(pointer), on: self) }
  package func sum(axis: Int, keepingAxis: Bool = false) -> Tensor {
    Tensor(ct_sum(pointer, Int64(axis), keepingAxis), on: self)
  }
  package func mean(axis: Int, keepingAxis: Bool = false) -> Tensor {
    Tensor(ct_mean(pointer, Int64(axis), keepingAxis), on: self)
  }
  package func max(axis: Int, keepingAxis: Bool = false) -> Tensor {
    Tensor(ct_max(pointer, Int64(axis), keepingAxis), on: self)
  }
  /// Where along `axis` the largest number stands, int64.
  package func argmax(axis: Int) -> Tensor { Tensor(ct_argmax(pointer, Int64(axis)), on: self) }
  package func logSumExp(axis: Int, keepingAxis: Bool = false) -> Tensor {
    Tensor(ct_logsumexp(pointer, Int64(axis), keepingAxis), on: self)
  }
  /// Each slice along `axis` as probabilities that add up to one.
  package func softmax(axis: Int = -1) -> Tensor {
    Tensor(ct_softmax(pointer, Int64(axis)), on: self)
  }
  package func logSoftmax(axis: Int = -1) -> Tensor {
    Tensor(ct_log_softmax(pointer, Int64(axis)), on: self)
  }
  /// Each vector along the last axis scaled to length one, in float32 at least.
  package func normalized() -> Tensor { Tensor(ct_normalize(pointer), on: self) }
}

/// The mean over rows of −log softmax at the target.
///
/// - Parameters:
///   - logits: `[n, classes]`.
///   - target: Class numbers `[n]` (int64), or probabilities `[n, classes]`.
/// - Returns: Nats, `[]`.
package func crossEntropy(_ logits: Tensor, _ target: Tensor) -> Tensor {
  Tensor(ct_cross_entropy(logits.pointer, target.pointer), on: logits, target)
}
