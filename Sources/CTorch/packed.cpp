#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include "ct_packed.h"
#include "internal.h"
#include "packed/packed.h"
#include "work.h"

using namespace ct;

namespace {

const Packed *packed(ct_packed p) {
  if (!p) throw std::runtime_error("a packed weight is missing");
  return reinterpret_cast<const Packed *>(p);
}
const float *floats(const at::Tensor &t) {
  TORCH_CHECK(t.device().is_cpu() && t.scalar_type() == at::kFloat && t.is_contiguous(),
              "a packed layer takes contiguous float32 tensors on the CPU");
  return t.const_data_ptr<float>();
}
const float *floats(ct_tensor t, int64_t count) {
  if (!t) return nullptr;
  TORCH_CHECK(ref(t).numel() == count, "a packed layer wants ", count, " numbers, not ",
              ref(t).numel());
  return floats(ref(t));
}
const Kernels &kernels_of(const Packed &weight) {
  auto all = kernels(weight.number);
  TORCH_CHECK(all, "this processor cannot compute with packed weights");
  return *all;
}

// Floating-point operations of a block's products: keys and values of all tokens, the rest of those
// that are asked for.
int64_t work(const Block &block, const std::vector<Sequence> &sequences) {
  int64_t tokens = 0, asked = 0, pairs = 0;
  for (const auto &sequence : sequences) {
    tokens += sequence.length;
    asked += sequence.count;
    pairs += sequence.count * sequence.length;
  }
  const int64_t w = block.width;
  return 2 * (tokens * 3 * w * w + 2 * pairs * w + asked * (w * w + 2 * w * block.inner));
}

}  // namespace

extern "C" {
bool ct_has_tiles() { return has_tiles(); }
bool ct_can_pack(int number) { return kernels(static_cast<Number>(number)) != nullptr; }
bool ct_suits_packed(ct_tensor x) {
  return x && ref(x).device().is_cpu() && ref(x).scalar_type() == at::kFloat &&
         !c10::GradMode::is_enabled() && !at::autocast::is_autocast_enabled(at::kCPU);
}
ct_packed ct_pack(ct_tensor weight, int number, int64_t chunk, bool tiles) {
  return guarded([&]() -> ct_packed {
    TORCH_CHECK(ref(weight).dim() >= 2, "a packed weight has two axes at least");
    auto w = ref(weight).detach().flatten(1).contiguous();
    auto all = kernels(static_cast<Number>(number));
    TORCH_CHECK(all, "this processor cannot compute with packed weights");
    auto packed = all->pack(floats(w), w.size(0), w.size(1), chunk, at::get_num_threads());
    packed->tiles = tiles && packed->number != Number::float32 && has_tiles();
    return reinterpret_cast<ct_packed>(packed.release());
  });
}
void ct_packed_release(ct_packed p) { delete reinterpret_cast<Packed *>(p); }

ct_tensor ct_packed_linear(ct_packed weight, ct_tensor bias, ct_tensor x, ct_curve curve) {
  return tensor([&] {
    auto &w = *packed(weight);
    auto input = ref(x).contiguous();
    TORCH_CHECK(input.dim() > 0 && input.size(-1) == w.inputs && w.chunks() == 1, "a packed layer of ", w.inputs,
                " inputs was given ", input.sizes());
    auto shape = input.sizes().vec();
    shape.back() = w.outputs;
    auto y = at::empty(shape, input.options());
    const int64_t rows = w.inputs ? input.numel() / w.inputs : 0;
    if (rows) {
      add_work(2 * rows * w.inputs * w.outputs);
      kernels_of(w).linear(Map{&w, floats(bias, w.outputs)}, floats(input), rows,
                           static_cast<Curve>(curve), y.mutable_data_ptr<float>(),
                           at::get_num_threads());
    }
    return y;
  });
}

ct_tensor ct_packed_block(const ct_packed_block_parts *parts, ct_tensor x, const int64_t *lengths,
                          const int64_t *rows, bool causal) {
  return tensor([&] {
    auto input = ref(x).contiguous();
    TORCH_CHECK(input.dim() == 3, "a transformer block takes [batch, length, width]");
    const int64_t batch = input.size(0), length = input.size(1), width = input.size(2);
    auto &first = *packed(parts->first);
    const Block block{
        .width = width, .heads = parts->heads, .inner = first.outputs,
        .curve = static_cast<Curve>(parts->curve), .norm_after = parts->norm_after,
        .epsilon = static_cast<float>(parts->epsilon),
        .qkv = {packed(parts->qkv), floats(parts->qkv_bias, 3 * width)},
        .out = {packed(parts->out), floats(parts->out_bias, width)},
        .first = {&first, floats(parts->first_bias, first.outputs)},
        .second = {packed(parts->second), floats(parts->second_bias, width)},
        .attention_norm = {floats(parts->attention_norm_weight, width),
                           floats(parts->attention_norm_bias, width)},
        .perceptron_norm = {floats(parts->perceptron_norm_weight, width),
                            floats(parts->perceptron_norm_bias, width)}};
    TORCH_CHECK(block.qkv.weight->inputs == width && block.qkv.weight->outputs == 3 * width &&
                    block.out.weight->inputs == width && block.out.weight->outputs == width &&
                    first.inputs == width && block.second.weight->inputs == first.outputs &&
                    block.second.weight->outputs == width && block.attention_norm.weight &&
                    block.attention_norm.bias && block.perceptron_norm.weight &&
                    block.perceptron_norm.bias && width % parts->heads == 0 &&
                    block.qkv.weight->number == first.number &&
                    block.out.weight->number == first.number &&
                    block.second.weight->number == first.number &&
                    block.qkv.weight->chunks() == 1 && block.out.weight->chunks() == 1 &&
                    first.chunks() == 1,
                "the parts of a transformer block do not fit ", input.sizes());
    auto y = rows ? at::empty({batch, width}, input.options()) : at::empty_like(input);
    auto from = floats(input);
    auto to = y.mutable_data_ptr<float>();
    std::vector<Sequence> sequences;
    for (int64_t i = 0; i < batch; i++) {
      const int64_t real = lengths ? std::min(lengths[i], length) : length;
      if (rows) {
        const int64_t row = std::clamp<int64_t>(rows[i], 0, length - 1);
        // A sequence without tokens still has one that is asked for.
        sequences.push_back({i * length, std::max(real, row + 1), row, 1, i});
      } else if (real > 0) {
        sequences.push_back({i * length, real, 0, real, i * length});
      }
      if (!rows) {
        std::copy_n(from + (i * length + real) * width, (length - real) * width,
                    to + (i * length + real) * width);
      }
    }
    if (counts_work()) add_work(work(block, sequences));
    if (!sequences.empty()) {
      kernels_of(first).block(block, from, to, sequences, causal, at::get_num_threads());
    }
    return y;
  });
}
}
