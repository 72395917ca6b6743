// Attention as whole matrices, for what libtorch's fused kernels do not do, or not as fast.
#pragma once
#include <ATen/core/Tensor.h>
#include <optional>

namespace ct {

// softmax(q kᵀ / √width) v of `[batch, heads, length, width]`.
//
// `seen` is true for what is looked at, and `factors` multiply the shares of attention; both fit
// `[batch, heads, length, length]`.
at::Tensor unfused_attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                             bool causal, const std::optional<at::Tensor> &seen = std::nullopt,
                             const std::optional<at::Tensor> &factors = std::nullopt);

}  // namespace ct
