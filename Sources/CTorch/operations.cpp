#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/div.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logical_not.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/masked_fill.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tanh.h>
#include "ct_operations.h"
#include "internal.h"

using namespace ct;

extern "C" {
ct_tensor ct_add(ct_tensor a, ct_tensor b) { return tensor([&] { return at::add(ref(a), ref(b)); }); }
ct_tensor ct_sub(ct_tensor a, ct_tensor b) { return tensor([&] { return at::sub(ref(a), ref(b)); }); }
ct_tensor ct_mul(ct_tensor a, ct_tensor b) { return tensor([&] { return at::mul(ref(a), ref(b)); }); }
ct_tensor ct_div(ct_tensor a, ct_tensor b) { return tensor([&] { return at::div(ref(a), ref(b)); }); }
ct_tensor ct_add_scalar(ct_tensor a, double b) { return tensor([&] { return at::add(ref(a), b); }); }
ct_tensor ct_mul_scalar(ct_tensor a, double b) { return tensor([&] { return at::mul(ref(a), b); }); }
ct_tensor ct_pow(ct_tensor a, double e) { return tensor([&] { return at::pow(ref(a), e); }); }
ct_tensor ct_neg(ct_tensor a) { return tensor([&] { return at::neg(ref(a)); }); }
ct_tensor ct_exp(ct_tensor a) { return tensor([&] { return at::exp(ref(a)); }); }
ct_tensor ct_log(ct_tensor a) { return tensor([&] { return at::log(ref(a)); }); }
ct_tensor ct_abs(ct_tensor a) { return tensor([&] { return at::abs(ref(a)); }); }
ct_tensor ct_tanh(ct_tensor a) { return tensor([&] { return at::tanh(ref(a)); }); }
ct_tensor ct_sigmoid(ct_tensor a) { return tensor([&] { return at::sigmoid(ref(a)); }); }
ct_tensor ct_log_sigmoid(ct_tensor a) { return tensor([&] { return at::log_sigmoid(ref(a)); }); }
ct_tensor ct_relu(ct_tensor a) { return tensor([&] { return at::relu(ref(a)); }); }
ct_tensor ct_silu(ct_tensor a) { return tensor([&] { return at::silu(ref(a)); }); }
ct_tensor ct_gelu(ct_tensor a, bool tanh) {
  return tensor([&] { return at::gelu(ref(a), tanh ? "tanh" : "none"); });
}
ct_tensor ct_quick_gelu(ct_tensor a) {
  return tensor([&] { return at::mul(ref(a), at::sigmoid(at::mul(ref(a), 1.702))); });
}
ct_tensor ct_clamp(ct_tensor a, double low, double high) {
  return tensor([&] { return at::clamp(ref(a), low, high); });
}
ct_tensor ct_equal(ct_tensor a, ct_tensor b) { return tensor([&] { return at::eq(ref(a), ref(b)); }); }
ct_tensor ct_greater_scalar(ct_tensor a, double b) { return tensor([&] { return at::gt(ref(a), b); }); }
ct_tensor ct_logical_not(ct_tensor a) { return tensor([&] { return at::logical_not(ref(a)); }); }
ct_tensor ct_masked_fill(ct_tensor a, ct_tensor mask, double v) {
  return tensor([&] { return at::masked_fill(ref(a), ref(mask), v); });
}

ct_tensor ct_sum_all(ct_tensor a) { return tensor([&] { return ref(a).sum(); }); }
ct_tensor ct_mean_all(ct_tensor a) { return tensor([&] { return ref(a).mean(); }); }
ct_tensor ct_sum(ct_tensor a, int64_t axis, bool keep) {
  return tensor([&] { return ref(a).sum(axis, keep); });
}
ct_tensor ct_mean(ct_tensor a, int64_t axis, bool keep) {
  return tensor([&] { return ref(a).mean(axis, keep); });
}
ct_tensor ct_max(ct_tensor a, int64_t axis, bool keep) {
  return tensor([&] { return std::get<0>(ref(a).max(axis, keep)); });
}
ct_tensor ct_argmax(ct_tensor a, int64_t axis) { return tensor([&] { return at::argmax(ref(a), axis); }); }
ct_tensor ct_logsumexp(ct_tensor a, int64_t axis, bool keep) {
  return tensor([&] { return at::logsumexp(ref(a), axis, keep); });
}
ct_tensor ct_softmax(ct_tensor a, int64_t axis) { return tensor([&] { return at::softmax(ref(a), axis); }); }
ct_tensor ct_log_softmax(ct_tensor a, int64_t axis) {
  return tensor([&] { return at::log_softmax(ref(a), axis); });
}
ct_tensor ct_normalize(ct_tensor a) {
  return tensor([&] {
    // In float32 whatever comes in: a bfloat16 norm is off by up to half a per cent.
    auto x = ref(a).scalar_type() == at::kDouble ? ref(a) : ref(a).to(at::kFloat);
    return at::div(x, at::linalg_vector_norm(x, 2, -1, true).clamp_min(1e-12));
  });
}
ct_tensor ct_cross_entropy(ct_tensor logits, ct_tensor target) {
  return tensor([&] { return at::cross_entropy_loss(ref(logits), ref(target)); });
}
bool ct_all_finite(ct_tensor a, bool *out) {
  return done([&] { *out = at::isfinite(ref(a)).all().item<bool>(); });
}

ct_tensor ct_reshape(ct_tensor a, const int64_t *s, int n) {
  return tensor([&] { return ref(a).reshape(sizes(s, n)); });
}
ct_tensor ct_expand(ct_tensor a, const int64_t *s, int n) {
  return tensor([&] { return ref(a).expand(sizes(s, n)); });
}
ct_tensor ct_permute(ct_tensor a, const int64_t *order, int n) {
  return tensor([&] { return ref(a).permute(sizes(order, n)); });
}
ct_tensor ct_transpose(ct_tensor a, int64_t first, int64_t second) {
  return tensor([&] { return ref(a).transpose(first, second); });
}
ct_tensor ct_unsqueeze(ct_tensor a, int64_t axis) { return tensor([&] { return ref(a).unsqueeze(axis); }); }
ct_tensor ct_flatten(ct_tensor a, int64_t from, int64_t to) {
  return tensor([&] { return ref(a).flatten(from, to); });
}
ct_tensor ct_select(ct_tensor a, int64_t axis, int64_t i) {
  return tensor([&] { return ref(a).select(axis, i); });
}
ct_tensor ct_narrow(ct_tensor a, int64_t axis, int64_t start, int64_t length) {
  return tensor([&] { return ref(a).narrow(axis, start, length); });
}
ct_tensor ct_cat(const ct_tensor *all, int n, int64_t axis) {
  return tensor([&] { return at::cat(list(all, n), axis); });
}
ct_tensor ct_index_select(ct_tensor a, int64_t axis, ct_tensor index) {
  return tensor([&] { return at::index_select(ref(a), axis, ref(index)); });
}
ct_tensor ct_gather_rows(ct_tensor a, ct_tensor rows) {
  return tensor([&] {
    return ref(a).index({at::arange(ref(a).size(0), ref(rows).options()), ref(rows)});
  });
}
}
