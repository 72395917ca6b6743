#include "packed.h"

#ifdef CT_AVX512
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,amx-tile,amx-bf16"))), \
    apply_to = function)
namespace {
using namespace ct;
#include "vector.h"
#include "product.h"
#include "float32.h"
#include "attention.h"
#include "block.h"

// Units of two bfloat16; sums are float32.
struct BFloat16 {
  using Sum = V;
  using Element = uint16_t;
  using Element32 = float;
  static constexpr int64_t per_unit = 2;
  static constexpr bool has_tiles = true;
  static V zero() { return _mm512_setzero_ps(); }
  static void step(V &sum, __m512i a, __m512i b) {
    sum = _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
  }
  template <int sum, int a, int b>
  static void tile_step() { _tile_dpbf16ps(sum, a, b); }
  static V loaded(const float *sums) { return load(sums); }
  static V number(V sum, const Rows &, int64_t, const Packed &, int64_t, int64_t) { return sum; }

  struct Space {
    Aligned<int32_t> units;
    int64_t count = 0, stride = 0;
    void reserve(int64_t rows, int64_t columns) {
      stride = round_up(columns, 32) / per_unit + 16;
      if (rows * stride <= count) return;
      count = rows * stride;
      units = aligned_array<int32_t>(count);
    }
  };
  static Rows rows(const float *x, int64_t stride, int64_t count, int64_t columns, Space &space) {
    for (int64_t row = 0; row < count; row++) {
      int32_t *to = space.units.get() + row * space.stride;
      for (int64_t i = 0; i < columns; i += 32, to += 16) {
        const float *from = x + row * stride + i;
        const V low = _mm512_maskz_loadu_ps(first(columns - i), from);
        const V high = _mm512_maskz_loadu_ps(first(columns - i - 16), from + 16);
        _mm512_storeu_si512(to, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low)));
      }
    }
    return {space.units.get(), space.stride, nullptr, nullptr};
  }

  // To the nearest, ties to even.
  static uint16_t rounded(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, 4);
    return static_cast<uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
  }
  static std::unique_ptr<Packed> pack(const float *weight, int64_t outputs, int64_t inputs,
                                      int64_t chunk, int threads) {
    auto w = make_packed(Number::bfloat16, outputs, inputs, chunk, per_unit);
    fill_panels<BFloat16>(*w, threads, [&](int64_t output, int64_t input) {
      return rounded(weight[output * inputs + input]);
    });
    return w;
  }
};
}  // namespace

const Kernels *ct::bfloat16_kernels() {
  static const Kernels all{BFloat16::pack, run_linear<BFloat16>, run_block<BFloat16>};
  return &all;
}
#pragma clang attribute pop
#else
const ct::Kernels *ct::bfloat16_kernels() { return nullptr; }
#endif
