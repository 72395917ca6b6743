#include "packed.h"

#ifdef CT_AVX512
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,amx-tile,amx-int8"))), \
    apply_to = function)
namespace {
using namespace ct;
#include "vector.h"
#include "product.h"
#include "float32.h"
#include "attention.h"
#include "block.h"

// Units of four bytes. A weight is a whole number from −127 to 127 times its output's scale; an
// input is its row's lowest value plus a whole number from 0 to 255 times its row's step. With
// u and q for the whole numbers
//
//     Σ (lowest + step u) scale q = step scale Σ u q + lowest scale Σ q
//
// where the first sum is exact in int32 and the last is known beforehand.
struct Int8 {
  using Sum = __m512i;
  using Element = int8_t;
  using Element32 = int32_t;
  static constexpr int64_t per_unit = 4;
  static constexpr bool has_tiles = true;
  static __m512i zero() { return _mm512_setzero_si512(); }
  static void step(__m512i &sum, __m512i a, __m512i b) { sum = _mm512_dpbusd_epi32(sum, a, b); }
  template <int sum, int a, int b>
  static void tile_step() { _tile_dpbusd(sum, a, b); }
  static __m512i loaded(const int32_t *sums) { return _mm512_loadu_si512(sums); }
  static V number(__m512i sum, const Rows &rows, int64_t row, const Packed &w, int64_t chunk,
                  int64_t column) {
    const V scale = _mm512_mul_ps(broadcast(rows.step[row]), load(w.scale.get() + column));
    const V known = load(w.sums.get() + chunk * w.panels() * panel_width + column);
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scale,
                           _mm512_mul_ps(broadcast(rows.lowest[row]), known));
  }

  struct Space {
    Aligned<int32_t> units;
    std::vector<float> step, lowest;
    int64_t count = 0, stride = 0;
    void reserve(int64_t rows, int64_t columns) {
      stride = round_up(columns, 16) / per_unit + 16;
      if (static_cast<int64_t>(step.size()) < rows) {
        step.resize(rows);
        lowest.resize(rows);
      }
      if (rows * stride <= count) return;
      count = rows * stride;
      units = aligned_array<int32_t>(count);
    }
  };
  static Rows rows(const float *x, int64_t stride, int64_t count, int64_t columns, Space &space) {
    for (int64_t row = 0; row < count; row++) {
      const float *from = x + row * stride;
      V low = broadcast(3e38f), high = broadcast(-3e38f);
      for (int64_t i = 0; i < columns; i += 16) {
        const auto part = first(columns - i);
        const V v = _mm512_maskz_loadu_ps(part, from + i);
        low = _mm512_mask_min_ps(low, part, low, v);
        high = _mm512_mask_max_ps(high, part, high, v);
      }
      const float lowest = _mm512_reduce_min_ps(low), range = _mm512_reduce_max_ps(high) - lowest;
      const V steps = broadcast(range > 0 ? 255 / range : 0);
      auto to = reinterpret_cast<char *>(space.units.get() + row * space.stride);
      for (int64_t i = 0; i < columns; i += 16) {
        const auto part = first(columns - i);
        const V v = _mm512_sub_ps(_mm512_maskz_loadu_ps(part, from + i), broadcast(lowest));
        const __m512i u = _mm512_maskz_cvtps_epi32(part, _mm512_mul_ps(v, steps));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(to + i), _mm512_cvtusepi32_epi8(u));
      }
      space.step[row] = range / 255;
      space.lowest[row] = lowest;
    }
    return {space.units.get(), space.stride, space.step.data(), space.lowest.data()};
  }

  static std::unique_ptr<Packed> pack(const float *weight, int64_t outputs, int64_t inputs,
                                      int64_t chunk, int threads) {
    auto w = make_packed(Number::int8, outputs, inputs, chunk, per_unit);
    const int64_t width = w->panels() * panel_width;
    w->scale = aligned_array<float>(width);
    w->sums = aligned_array<float>(w->chunks() * width);
    std::fill_n(w->scale.get(), width, 0.0f);
    std::fill_n(w->sums.get(), w->chunks() * width, 0.0f);
    std::vector<float> inverse(width);
    auto whole = [&](int64_t output, int64_t input) {
      return static_cast<int8_t>(
          __builtin_rintf(weight[output * inputs + input] * inverse[output]));
    };
    for_each(outputs, threads, [&](int64_t output, int) {
      float highest = 0;
      for (int64_t i = 0; i < inputs; i++) {
        highest = std::max(highest, __builtin_fabsf(weight[output * inputs + i]));
      }
      w->scale[output] = highest / 127;
      inverse[output] = highest > 0 ? 127 / highest : 0;
      for (int64_t c = 0; c < w->chunks(); c++) {
        int64_t sum = 0;
        const int64_t end = std::min(inputs, (c + 1) * w->chunk);
        for (int64_t i = c * w->chunk; i < end; i++) sum += whole(output, i);
        w->sums[c * width + output] = static_cast<float>(sum) * w->scale[output];
      }
    });
    fill_panels<Int8>(*w, threads, whole);
    return w;
  }
};
}  // namespace

const Kernels *ct::int8_kernels() {
  static const Kernels all{Int8::pack, run_linear<Int8>, run_block<Int8>};
  return &all;
}
#pragma clang attribute pop
#else
const ct::Kernels *ct::int8_kernels() { return nullptr; }
#endif
