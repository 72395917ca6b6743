// As libtorch was built: a RecordFunction has a member more without it.
#ifndef NDEBUG
#define NDEBUG
#endif
#include "work.h"
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/record_function.h>
#include <atomic>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include "ct_work.h"

namespace {

using Inputs = c10::ArrayRef<const c10::IValue>;

std::mutex one_at_a_time;
std::atomic<int64_t> total{0};
thread_local at::CallbackHandle counting = at::INVALID_CALLBACK_HANDLE;
// Counted operations are made of others that would be counted, too: autocast asks for the same one
// again, a convolution may be a matrix product. Only the outermost counts.
thread_local int depth = 0;

struct Inside : at::ObserverContext {};

const at::Tensor &operand(Inputs inputs, size_t place) { return inputs.at(place).toTensor(); }

// [n, k] [k, m], and the same of many matrices.
int64_t product(const at::Tensor &a, const at::Tensor &b) { return 2 * a.numel() * b.size(-1); }
template <size_t first>
int64_t product(Inputs inputs) {
  return product(operand(inputs, first), operand(inputs, first + 1));
}
template <size_t first>
int64_t vector_product(Inputs inputs) {
  return 2 * operand(inputs, first).numel();
}

// x [… , k], weight [m, k].
int64_t linear(const at::Tensor &x, const at::Tensor &weight) {
  return 2 * x.numel() * (weight.dim() > 1 ? weight.size(0) : 1);
}
int64_t linear(Inputs inputs) { return linear(operand(inputs, 0), operand(inputs, 1)); }

int64_t asked(Inputs inputs, size_t place, size_t count) {
  const auto mask = inputs.at(place).toBoolList();
  int64_t number = 0;
  for (size_t i = 0; i < count; i++) number += mask.get(i);
  return number;
}
int64_t linear_backward(Inputs inputs) {
  return asked(inputs, 3, 2) * linear(operand(inputs, 0), operand(inputs, 2));
}

// Each place of the output meets each weight; of a transposed one, each place of the input.
int64_t convolution(Inputs inputs) {
  const auto &x = operand(inputs, 0), &weight = operand(inputs, 1);
  if (inputs.at(6).toBool()) return 2 * (x.numel() / x.size(1)) * weight.numel();
  const auto stride = inputs.at(3).toIntVector(), padding = inputs.at(4).toIntVector(),
             dilation = inputs.at(5).toIntVector();
  int64_t places = x.size(0);
  for (int64_t axis = 2; axis < x.dim(); axis++) {
    auto of = [&](const std::vector<int64_t> &all) { return all.at(all.size() == 1 ? 0 : axis - 2); };
    const int64_t covered = of(dilation) * (weight.size(axis) - 1) + 1;
    places *= (x.size(axis) + 2 * of(padding) - covered) / of(stride) + 1;
  }
  return 2 * places * weight.numel();
}
int64_t convolution_backward(Inputs inputs) {
  const auto &gradient = operand(inputs, 0), &x = operand(inputs, 1), &weight = operand(inputs, 2);
  const auto &many = inputs.at(7).toBool() ? x : gradient;
  return asked(inputs, 10, 2) * 2 * (many.numel() / many.size(1)) * weight.numel();
}

// queries [… , n, d], keys [… , m, d], values [… , m, e]: so many products over d and over e.
int64_t attention(Inputs inputs, size_t first, int64_t over_d, int64_t over_e) {
  const auto &q = operand(inputs, first), &k = operand(inputs, first + 1),
             &v = operand(inputs, first + 2);
  const int64_t pairs = q.numel() / q.size(-1) * k.size(-2);
  return 2 * pairs * (over_d * q.size(-1) + over_e * v.size(-1));
}
int64_t attention(Inputs inputs) { return attention(inputs, 0, 1, 1); }
// The scores again; then the gradients of queries and keys, of weights and values.
int64_t attention_backward(Inputs inputs) { return attention(inputs, 1, 3, 2); }

using Count = int64_t (*)(Inputs);

const std::unordered_map<std::string_view, Count> &counts() {
  static const auto *all = new std::unordered_map<std::string_view, Count>{
      {"aten::mm", product<0>},
      {"aten::bmm", product<0>},
      {"aten::addmm", product<1>},
      {"aten::_addmm_activation", product<1>},
      {"aten::baddbmm", product<1>},
      {"aten::addbmm", product<1>},
      {"aten::mv", vector_product<0>},
      {"aten::dot", vector_product<0>},
      {"aten::addmv", vector_product<1>},
      {"aten::linear", linear},
      {"aten::linear_backward", linear_backward},
      {"mkldnn::_linear_pointwise", linear},
      {"aten::convolution", convolution},
      {"aten::convolution_backward", convolution_backward},
      {"aten::_scaled_dot_product_flash_attention_for_cpu", attention},
      {"aten::_scaled_dot_product_flash_attention", attention},
      {"aten::_scaled_dot_product_efficient_attention", attention},
      {"aten::_scaled_dot_product_cudnn_attention", attention},
      {"aten::_scaled_dot_product_attention_math_for_mps", attention},
      {"aten::_scaled_dot_product_flash_attention_for_cpu_backward", attention_backward},
      {"aten::_scaled_dot_product_flash_attention_backward", attention_backward},
      {"aten::_scaled_dot_product_efficient_attention_backward", attention_backward},
      {"aten::_scaled_dot_product_cudnn_attention_backward", attention_backward},
  };
  return *all;
}

std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction &function) {
  const auto found = counts().find(function.name());
  if (found == counts().end()) return nullptr;
  if (depth++ == 0) {
    try {
      total += found->second(function.inputs());
    } catch (...) {
      // Operands that do not fit: the operation itself is about to say so.
    }
  }
  return std::make_unique<Inside>();
}
void leave(const at::RecordFunction &, at::ObserverContext *context) {
  if (context) depth--;
}

}  // namespace

bool ct::counts_work() noexcept { return counting != at::INVALID_CALLBACK_HANDLE; }
void ct::add_work(int64_t operations) noexcept {
  if (counts_work()) total += operations;
}

extern "C" {
void ct_count_begin(void) {
  one_at_a_time.lock();
  total = 0;
  depth = 0;
  counting = at::addThreadLocalCallback(at::RecordFunctionCallback(enter, leave)
                                            .needsInputs(true)
                                            .scopes({at::RecordScope::FUNCTION}));
}
int64_t ct_count_end(void) {
  at::removeCallback(counting);
  counting = at::INVALID_CALLBACK_HANDLE;
  const int64_t counted = total;
  one_at_a_time.unlock();
  return counted;
}
}
