#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/embedding_bag.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <torch/csrc/autograd/custom_function.h>
#include <atomic>
#include <cmath>
#include <limits>
#include "attention.h"
#include "ct_operations.h"
#include "internal.h"

using namespace ct;

namespace {

std::atomic<bool> through_onednn{false};

// y = x wᵀ + b through oneDNN. For float32, at::linear goes to MKL, which on AMD processors does
// not use AVX-512: oneDNN's own kernels run about twice as fast there.
at::Tensor onednn(const at::Tensor &x, const at::Tensor &w,
                  const std::optional<at::Tensor> &b = std::nullopt) {
  using Op = at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &,
                        std::string_view, c10::List<std::optional<at::Scalar>>,
                        std::optional<std::string_view>);
  static auto op = c10::Dispatcher::singleton()
                       .findSchemaOrThrow("mkldnn::_linear_pointwise", "")
                       .typed<Op>();
  static const c10::List<std::optional<at::Scalar>> none;
  at::AutoDispatchBelowADInplaceOrView raw;
  return op.call(x, w, b, "none", none, std::nullopt);
}

struct OneDnnLinear : torch::autograd::Function<OneDnnLinear> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            const at::Tensor &w, const std::optional<at::Tensor> &b) {
    context->save_for_backward({x, w});
    context->saved_data["bias"] = b.has_value();
    return onednn(x, w, b);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &w = saved[1];
    auto g = gradients[0].reshape({-1, w.size(0)}).contiguous();
    at::Tensor dx, dw, db;
    if (context->needs_input_grad(0)) dx = onednn(g, w.t()).view_as(x);
    if (context->needs_input_grad(1)) {
      // Here MKL is the faster one, if the longer side of the result comes first.
      auto rows = x.reshape({-1, w.size(1)});
      dw = w.size(0) < w.size(1) ? at::mm(rows.t(), g).t().contiguous() : at::mm(g.t(), rows);
    }
    if (context->saved_data["bias"].toBool()) db = g.sum(0);
    return {dx, dw, db};
  }
};

bool fits_onednn(const at::Tensor &x, const at::Tensor &w) {
  return through_onednn && x.device().is_cpu() && x.scalar_type() == at::kFloat &&
         w.scalar_type() == at::kFloat && x.numel() > 0 && x.dim() >= 2 &&
         !at::autocast::is_autocast_enabled(at::kCPU);
}

// On CPUs libtorch's fused attention makes many small bfloat16 products, whose overhead is larger
// than they are. While short sequences are learned, whole matrices take half the time.
bool suits_unfused_attention(const at::Tensor &q) {
  return q.device().is_cpu() && q.scalar_type() == at::kBFloat16 && c10::GradMode::is_enabled() &&
         q.requires_grad() && q.dim() == 4 && q.size(2) <= 256;
}

}  // namespace

at::Tensor ct::unfused_attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                                 bool causal, const std::optional<at::Tensor> &seen,
                                 const std::optional<at::Tensor> &factors) {
  c10::impl::ExcludeDispatchKeyGuard no_casts(c10::DispatchKey::AutocastCPU);
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(3)));
  auto scores = at::matmul(at::mul(q, scale), k.transpose(-1, -2));
  if (causal) {
    auto later = at::ones({q.size(2), k.size(2)}, q.options().dtype(at::kBool)).triu(1);
    scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
  }
  if (seen) {
    scores = scores.masked_fill(seen->logical_not(), -std::numeric_limits<double>::infinity());
  }
  auto shares = at::softmax(scores, -1);
  if (factors) shares = at::mul(shares, factors->to(shares.options()));
  return at::matmul(shares, v);
}

extern "C" {
void ct_set_onednn_linear(bool on) { through_onednn = on; }
bool ct_onednn_linear(void) { return through_onednn; }
bool ct_prefers_onednn(void) {
#ifdef __x86_64__
  return __builtin_cpu_is("amd") && __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}
ct_tensor ct_linear(ct_tensor x, ct_tensor w, ct_tensor b) {
  return tensor([&] {
    if (fits_onednn(ref(x), ref(w))) {
      return OneDnnLinear::apply(ref(x).contiguous(), ref(w), opt(b));
    }
    return at::linear(ref(x), ref(w), opt(b));
  });
}
ct_tensor ct_matmul(ct_tensor a, ct_tensor b) {
  return tensor([&] { return at::matmul(ref(a), ref(b)); });
}
ct_tensor ct_layer_norm(ct_tensor x, ct_tensor w, ct_tensor b, double epsilon) {
  return tensor([&] {
    return at::layer_norm(ref(x), ref(w).sizes(), ref(w), opt(b), epsilon);
  });
}
ct_tensor ct_conv2d(ct_tensor x, ct_tensor w, ct_tensor b, int64_t stride, int64_t padding,
                    int64_t groups) {
  return tensor([&] {
    return at::conv2d(ref(x), ref(w), opt(b), stride, padding, /*dilation=*/1, groups);
  });
}
ct_tensor ct_batch_norm(ct_tensor x, ct_tensor w, ct_tensor b, ct_tensor mean, ct_tensor variance,
                        bool training, double momentum, double epsilon) {
  return tensor([&] {
    return at::batch_norm(ref(x), opt(w), opt(b), opt(mean), opt(variance), training, momentum,
                          epsilon, /*cudnn_enabled=*/true);
  });
}
ct_tensor ct_adaptive_avg_pool2d(ct_tensor x, int64_t height, int64_t width) {
  return tensor([&] { return at::adaptive_avg_pool2d(ref(x), {height, width}); });
}
ct_tensor ct_channels_last(ct_tensor x) {
  return tensor([&] { return ref(x).contiguous(at::MemoryFormat::ChannelsLast); });
}
ct_tensor ct_avg_pool2d(ct_tensor x, int64_t size) {
  return tensor([&] { return at::avg_pool2d(ref(x), size, size); });
}
ct_tensor ct_embedding(ct_tensor w, ct_tensor ids) {
  return tensor([&] { return at::embedding(ref(w), ref(ids)); });
}
ct_tensor ct_embedding_bag_mean(ct_tensor w, ct_tensor ids, ct_tensor offsets) {
  return tensor([&] {
    return std::get<0>(at::embedding_bag(ref(w), ref(ids), ref(offsets),
                                         /*scale_grad_by_freq=*/false, /*mode=*/1));
  });
}
ct_tensor ct_attention(ct_tensor q, ct_tensor k, ct_tensor v, bool causal) {
  return tensor([&] {
    if (suits_unfused_attention(ref(q))) return unfused_attention(ref(q), ref(k), ref(v), causal);
    return at::scaled_dot_product_attention(ref(q), ref(k), ref(v), {}, 0.0, causal);
  });
}
ct_tensor ct_resize_bicubic(ct_tensor x, int64_t height, int64_t width) {
  return tensor([&] {
    return at::upsample_bicubic2d(ref(x), {height, width}, /*align_corners=*/false);
  });
}
}
