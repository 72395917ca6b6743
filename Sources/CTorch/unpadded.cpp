#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>
#include <algorithm>
#include "attention.h"
#include "ct_operations.h"
#include "draws.h"
#include "internal.h"
#include "packed/learned_attention.h"
#include "work.h"

using namespace ct;

namespace {

bool suits_kernel(const at::Tensor &x) {
  return attends_learning() && x.device().is_cpu() &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

// Calls `body` with pointers of the tensors' number type.
template <class Body>
void with_numbers(const at::Tensor &x, Body &&body) {
  x.scalar_type() == at::kFloat ? body(float{}) : body(BFloat16{});
}
template <class Number>
Number *numbers(const at::Tensor &x) {
  return static_cast<Number *>(x.data_ptr());
}

// Products of a pass: two forward, five backward with what is computed again.
int64_t operations(const std::vector<int64_t> &lengths, int64_t width, int64_t products) {
  int64_t pairs = 0;
  for (int64_t length : lengths) pairs += length * length;
  return 2 * products * pairs * width;
}

struct UnpaddedAttention : torch::autograd::Function<UnpaddedAttention> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            std::vector<int64_t> lengths, int64_t heads, bool causal,
                            const Dropping &dropping) {
    const int64_t width = x.size(1) / 3;
    auto y = at::empty({x.size(0), width}, x.options());
    add_work(operations(lengths, width, 2));
    with_numbers(x, [&](auto zero) {
      using Number = decltype(zero);
      attend_learning(AttentionShape{lengths, width, heads, causal, dropping},
                      numbers<const Number>(x), numbers<Number>(y), at::get_num_threads());
    });
    context->save_for_backward({x});
    context->saved_data["lengths"] = std::move(lengths);
    context->saved_data["heads"] = heads;
    context->saved_data["causal"] = causal;
    context->saved_data["rate"] = dropping.rate;
    context->saved_data["key"] = static_cast<int64_t>(dropping.key);
    context->saved_data["first"] = dropping.first;
    return y;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto x = context->get_saved_variables()[0];
    const auto lengths = context->saved_data["lengths"].toIntVector();
    const int64_t heads = context->saved_data["heads"].toInt();
    const bool causal = context->saved_data["causal"].toBool();
    const Dropping dropping{context->saved_data["rate"].toDouble(),
                            static_cast<uint64_t>(context->saved_data["key"].toInt()),
                            context->saved_data["first"].toInt()};
    const auto dy = gradients[0].to(x.scalar_type()).contiguous();
    const int64_t width = dy.size(1);
    auto dx = at::empty_like(x);
    add_work(operations(lengths, width, 5));
    with_numbers(x, [&](auto zero) {
      using Number = decltype(zero);
      attend_back(AttentionShape{lengths, width, heads, causal, dropping},
                  numbers<const Number>(x), numbers<const Number>(dy), numbers<Number>(dx),
                  at::get_num_threads());
    });
    return {dx, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

// What shares of attention are multiplied with, `[sequences, heads, longest, longest]`.
at::Tensor share_factors(const Dropping &dropping, int64_t count, int64_t heads, int64_t longest) {
  auto all = at::empty({count, heads, longest, longest}, at::kFloat);
  auto *to = all.mutable_data_ptr<float>();
  at::parallel_for(0, count * heads, 1, [&](int64_t from, int64_t until) {
    for (int64_t i = from; i < until; i++) {
      for (int64_t query = 0; query < longest; query++) {
        dropping.factors(drawn(dropping.token(i / heads, query), static_cast<uint64_t>(i % heads)),
                         longest, to + (i * longest + query) * longest);
      }
    }
  });
  return all;
}

// The same by libtorch's kernels: padded for the attention alone.
at::Tensor padded_attention(const at::Tensor &x, const std::vector<int64_t> &lengths, int64_t heads,
                            bool causal, const Dropping &dropping) {
  const int64_t width = x.size(1) / 3, count = static_cast<int64_t>(lengths.size());
  const int64_t longest = *std::max_element(lengths.begin(), lengths.end());
  auto limits = at::empty({count}, at::kLong);
  std::copy(lengths.begin(), lengths.end(), limits.mutable_data_ptr<int64_t>());
  auto real = at::lt(at::arange(longest, at::kLong).unsqueeze(0), limits.unsqueeze(1));
  auto places = real.flatten().nonzero().flatten().to(x.device());
  auto parts = at::zeros({count * longest, 3 * width}, x.options())
                   .index_copy(0, places, x)
                   .view({count, longest, 3, heads, width / heads})
                   .permute({2, 0, 3, 1, 4});
  // Padding stands behind: no real token of a causal sequence sees it.
  std::optional<at::Tensor> mask;
  if (!causal) mask = real.to(x.device()).view({count, 1, 1, longest});
  auto attended =
      dropping.rate > 0
          ? unfused_attention(parts[0], parts[1], parts[2], causal, mask,
                              share_factors(dropping, count, heads, longest))
          : at::scaled_dot_product_attention(parts[0], parts[1], parts[2], mask, 0.0, causal);
  return attended.transpose(1, 2)
      .reshape({count * longest, width})
      .index_select(0, places);
}

}  // namespace

extern "C" {
ct_tensor ct_unpadded_attention(ct_tensor qkv, const int64_t *lengths, int64_t count, int64_t heads,
                                bool causal, ct_dropping d) {
  return tensor([&] {
    const auto x = ref(qkv).contiguous();
    std::vector<int64_t> all(lengths, lengths + count);
    int64_t rows = 0;
    for (int64_t length : all) {
      TORCH_CHECK(length > 0, "a sequence without tokens cannot attend");
      rows += length;
    }
    TORCH_CHECK(x.dim() == 2 && x.size(0) == rows && rows > 0 && heads > 0 &&
                    x.size(1) % (3 * heads) == 0,
                "sequences of ", rows, " tokens and ", heads, " heads do not fit ", x.sizes());
    const Dropping dropping{d.rate, d.key, d.first};
    return suits_kernel(x) ? UnpaddedAttention::apply(x, all, heads, causal, dropping)
                           : padded_attention(x, all, heads, causal, dropping);
  });
}
}
