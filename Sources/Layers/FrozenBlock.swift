import CTorch
import Torch

/// The parts of a transformer block, computed in one piece where nothing is learned.
///
/// All that happens to a few texts or pictures within a block happens on one thread in one core's
/// cache, on real tokens alone; libtorch's operations would each go through memory, padding
/// included.
struct FrozenBlock {
  private let attentionNorm, perceptronNorm, queryKeyValue, out, inner, outer: FrozenMap
  private let heads: Int
  private let activation: Activation
  private let normIsAfter: Bool
  private let epsilon: Double

  init(
    attentionNorm: FrozenMap, queryKeyValue: FrozenMap, out: FrozenMap, perceptronNorm: FrozenMap,
    inner: FrozenMap, outer: FrozenMap, heads: Int, activation: Activation, normIsAfter: Bool,
    epsilon: Double
  ) {
    self.attentionNorm = attentionNorm
    self.queryKeyValue = queryKeyValue
    self.out = out
    self.perceptronNorm = perceptronNorm
    self.inner = inner
    self.outer = outer
    self.heads = heads
    self.activation = activation
    self.normIsAfter = normIsAfter
    self.epsilon = epsilon
  }

  /// - Parameters:
  ///   - lengths: The real tokens of each sequence, which stand in front; nil for all.
  ///   - rows: The one token of each sequence that is wanted; nil for all.
  /// - Returns: `[batch, length, width]`, or `[batch, width]` with `rows`. Nil where this does not
  ///   apply: something is learned, the tensors are not float32 on a CPU, the processor lacks the
  ///   instructions, or laying out the weights would not pay yet.
  func callAsFunction(_ x: Tensor, lengths: [Int]?, rows: [Int]?, isCausal: Bool) -> Tensor? {
    guard let precision = InferencePrecision.usable, ct_suits_packed(x.pointer) else {
      return nil
    }
    let maps = [queryKeyValue, out, inner, outer]
    guard maps.allSatisfy({ $0.weight.isFrozen }) else { return nil }
    // A single text is embedded from the weights as they lie in their file; from the second on it
    // pays to lay them out. A large batch pays at once.
    let pays = precision != .float32 || x.count / max(1, x.shape[2]) >= 256
    let chunks = [Int.max, .max, .max, 1024]
    var packed: [PackedWeight] = []
    for (map, chunk) in zip(maps, chunks) {
      // Once the first is laid out, so must be the others.
      let now = pays || !packed.isEmpty
      guard let weight = map.weight.packed(precision, chunk: chunk, now: now) else { return nil }
      packed.append(weight)
    }
    var parts = ct_packed_block_parts(
      qkv: packed[0].pointer, out: packed[1].pointer, first: packed[2].pointer,
      second: packed[3].pointer, qkv_bias: queryKeyValue.bias?.value.pointer,
      out_bias: out.bias?.value.pointer, first_bias: inner.bias?.value.pointer,
      second_bias: outer.bias?.value.pointer,
      attention_norm_weight: attentionNorm.weight.value.pointer,
      attention_norm_bias: attentionNorm.bias?.value.pointer,
      perceptron_norm_weight: perceptronNorm.weight.value.pointer,
      perceptron_norm_bias: perceptronNorm.bias?.value.pointer, heads: Int64(heads),
      curve: activation.curve, norm_after: normIsAfter, epsilon: epsilon)
    return withExtendedLifetime(packed) {
      Tensor(
        Self.lend(lengths) { lengths in
          Self.lend(rows) { rows in
            ct_packed_block(&parts, x.pointer, lengths, rows, isCausal)
          }
        }, on: x)
    }
  }

  private static func lend<Result>(
    _ numbers: [Int]?, _ body: (UnsafePointer<Int64>?) -> Result
  ) -> Result {
    guard let numbers else { return body(nil) }
    return numbers.map(Int64.init).withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

extension Activation {
  /// Its number in the shim.
  fileprivate var curve: ct_curve {
    switch self {
    case .gelu: 0
    case .tanhGELU: 1
    case .quickGELU: 2
    case .relu: 3
    case .silu: 4
    }
  }
}
