#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mul.h>
#include <torch/csrc/autograd/custom_function.h>
#include <algorithm>
#include <vector>
#include "draws.h"
#include "ct_dropout.h"
#include "internal.h"

using namespace ct;

namespace {

using Places = std::vector<int64_t>;

uint64_t stream(const Dropping &dropping, int64_t place) {
  return dropping.token(place >> 32, place & 0xFFFFFFFF);
}

// Calls `body` with every vector's index and its factors.
template <class Body>
void each_vector(const Dropping &dropping, const Places &places, int64_t width, Body &&body) {
  const int64_t grain = std::max<int64_t>(1, 32768 / std::max<int64_t>(1, width));
  at::parallel_for(0, static_cast<int64_t>(places.size()), grain, [&](int64_t from, int64_t to) {
    std::vector<float> factors(width);
    for (int64_t i = from; i < to; i++) {
      dropping.factors(stream(dropping, places[i]), width, factors.data());
      body(i, factors.data());
    }
  });
}

// On a CPU, without a tensor of factors: the gradient is the same function, drawn again.
at::Tensor dropped(const at::Tensor &given, const Dropping &dropping, const Places &places) {
  const auto x = given.contiguous();
  auto y = at::empty_like(x);
  const int64_t width = x.numel() / static_cast<int64_t>(places.size());
  AT_DISPATCH_FLOATING_TYPES_AND2(at::kHalf, at::kBFloat16, x.scalar_type(), "dropout", [&] {
    const auto *from = x.const_data_ptr<scalar_t>();
    auto *to = y.mutable_data_ptr<scalar_t>();
    each_vector(dropping, places, width, [&](int64_t i, const float *factors) {
      for (int64_t j = i * width; j < (i + 1) * width; j++) {
        to[j] = static_cast<scalar_t>(from[j] * factors[j - i * width]);
      }
    });
  });
  return y;
}

struct Dropout : torch::autograd::Function<Dropout> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            const Dropping &dropping, Places places) {
    auto y = dropped(x, dropping, places);
    context->saved_data["rate"] = dropping.rate;
    context->saved_data["key"] = static_cast<int64_t>(dropping.key);
    context->saved_data["first"] = dropping.first;
    context->saved_data["places"] = std::move(places);
    return y;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    auto &saved = context->saved_data;
    const Dropping dropping{saved["rate"].toDouble(), static_cast<uint64_t>(saved["key"].toInt()),
                            saved["first"].toInt()};
    return {dropped(gradients[0], dropping, saved["places"].toIntVector()), at::Tensor(),
            at::Tensor()};
  }
};

// The factors of each vector, `[vectors, width]`.
at::Tensor factors(const Dropping &dropping, const Places &places, int64_t width) {
  auto all = at::empty({static_cast<int64_t>(places.size()), width}, at::kFloat);
  auto *to = all.mutable_data_ptr<float>();
  each_vector(dropping, places, width, [&](int64_t i, const float *factors) {
    std::copy_n(factors, width, to + i * width);
  });
  return all;
}

}  // namespace

extern "C" {
uint64_t ct_drawn(uint64_t key, uint64_t index) { return drawn(key, index); }
ct_tensor ct_dropout(ct_tensor given, ct_dropping d, const int64_t *places, int64_t count,
                     bool whole) {
  return tensor([&] {
    const auto &x = ref(given);
    const Dropping dropping{d.rate, d.key, d.first};
    const Places all(places, places + count);
    TORCH_CHECK(count > 0 && x.numel() % count == 0, count, " vectors do not make ", x.sizes());
    if (!whole && x.device().is_cpu()) return Dropout::apply(x, dropping, all);
    if (!whole) {
      return at::mul(x, factors(dropping, all, x.numel() / count).to(x.options()).view_as(x));
    }
    auto shape = x.sizes().vec();
    int64_t made = 1;
    for (auto &size : shape) size = (made *= size) <= count ? size : 1;
    return at::mul(x, factors(dropping, all, 1).to(x.options()).view(shape));
  });
}
}
