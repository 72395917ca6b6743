internal import CTorch

/// The matrix product over the last two axes; leading axes are batch axes and broadcast.
package func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor(ct_matmul(a.pointer, b.pointer), on: a, b)
}

/// The affine map `x Wᵀ + b`.
///
/// - Shapes: `[…, inputs]`, weight `[outputs, inputs]`, bias `[outputs]` → `[…, outputs]`
package func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
  Tensor(ct_linear(x.pointer, weight.pointer, bias?.pointer), on: x, weight)
}

/// Normalization of the last axis to mean 0 and variance 1, then scaled and shifted.
package func layerNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, epsilon: Double) -> Tensor {
  Tensor(ct_layer_norm(x.pointer, weight.pointer, bias?.pointer, epsilon), on: x, weight)
}

/// The two-dimensional convolution.
///
/// - Shapes: `[batch, in, height, width]`, weight `[out, in / groups, size, size]`
package func convolution(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: Int = 1, padding: Int = 0, groups: Int = 1
) -> Tensor {
  Tensor(
    ct_conv2d(
      x.pointer, weight.pointer, bias?.pointer, Int64(stride), Int64(padding), Int64(groups)),
    on: x, weight)
}

/// The mean of each `size` × `size` tile of `[batch, channels, height, width]`.
package func averagePool(_ x: Tensor, size: Int) -> Tensor {
  Tensor(ct_avg_pool2d(x.pointer, Int64(size)), on: x)
}

/// The mean of each of `height` × `width` even parts of `[batch, channels, …, …]`: resampling by area.
package func averagePool(_ x: Tensor, height: Int, width: Int) -> Tensor {
  Tensor(ct_adaptive_avg_pool2d(x.pointer, Int64(height), Int64(width)), on: x)
}

/// Normalization of each channel over batch and place, `[batch, channels, height, width]`.
///
/// While training, `mean` and `variance` are moved towards the batch's by `momentum`, by all its parts
/// together where it comes in several (``Phase/Part``); otherwise they are what is subtracted and
/// divided by.
package func batchNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, mean: Parameter, variance: Parameter,
  momentum: Double, epsilon: Double
) -> Tensor {
  Tensor(
    ct_batch_norm(
      x.pointer, weight.pointer, bias.pointer, mean.value.pointer, variance.value.pointer,
      Phase.isTraining, Phase.part.momentum(momentum), epsilon), on: x)
}

/// The same pictures with channels innermost in memory, which convolutions on CPUs prefer.
package func channelsLast(_ x: Tensor) -> Tensor { Tensor(ct_channels_last(x.pointer), on: x) }

/// The rows of `weight` that `ids` names.
///
/// - Shapes: weight `[vocabulary, width]`, ids `[…]` (int64) → `[…, width]`
package func embedding(_ weight: Tensor, _ ids: Tensor) -> Tensor {
  Tensor(ct_embedding(weight.pointer, ids.pointer), on: weight, ids)
}

/// The mean of the rows of each bag of ids, without holding the rows.
///
/// - Shapes: weight `[vocabulary, width]`, ids `[count]`, offsets `[bags]` (where each bag begins)
///   → `[bags, width]`
package func embeddingBag(_ weight: Tensor, _ ids: Tensor, offsets: Tensor) -> Tensor {
  Tensor(ct_embedding_bag_mean(weight.pointer, ids.pointer, offsets.pointer), on: weight, ids)
}

/// softmax(q kᵀ / √width) v, in libtorch's fused kernel.
///
/// - Parameters:
///   - query: `[batch, heads, length, width]`; key and value likewise.
///   - isCausal: Whether a position sees only itself and earlier ones.
package func scaledDotProductAttention(
  query: Tensor, key: Tensor, value: Tensor, isCausal: Bool = false
) -> Tensor {
  Tensor(
    ct_attention(query.pointer, key.pointer, value.pointer, isCausal),
    on: query, key, value)
}

/// softmax(q kᵀ / √(width / heads)) v within each of several sequences, which stand one after another
/// without padding: on CPUs with a kernel of our own, float32 inside; elsewhere in libtorch's.
///
/// - Parameters:
///   - queryKeyValue: Query, key and value of each token side by side.
///   - lengths: Tokens of each sequence, at least one.
///   - isCausal: Whether a token sees only itself and earlier ones of its sequence.
///   - dropping: Which shares of attention are zeroed; nil for none.
/// - Shapes: `[tokens, 3 width] → [tokens, width]`
package func unpaddedAttention(
  _ queryKeyValue: Tensor, lengths: [Int], heads: Int, isCausal: Bool = false,
  dropping: Dropping? = nil
) -> Tensor {
  Tensor(
    ct_unpadded_attention(
      queryKeyValue.pointer, lengths.map(Int64.init), Int64(lengths.count), Int64(heads), isCausal,
      dropping?.parts ?? ct_dropping()),
    on: queryKeyValue)
}

/// Bicubic resampling of `[batch, channels, height, width]`, corners not aligned.
package func resizedBicubically(_ x: Tensor, height: Int, width: Int) -> Tensor {
  Tensor(ct_resize_bicubic(x.pointer, Int64(height), Int64(width)), on: x)
}
