#include "packed.h"
#include <cstdlib>
#include <new>

void *ct::aligned(size_t bytes) {
  void *p = std::aligned_alloc(64, round_up(static_cast<int64_t>(std::max<size_t>(bytes, 1)), 64));
  if (!p) throw std::bad_alloc();
  return p;
}
void ct::AlignedFree::operator()(void *p) const { std::free(p); }

const ct::Kernels *ct::kernels(Number number) {
#ifdef CT_AVX512
  static const bool basis = __builtin_cpu_supports("avx512f") &&
                            __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512dq") &&
                            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
  if (!basis) return nullptr;
  switch (number) {
    case Number::float32: return float32_kernels();
    case Number::bfloat16:
      return __builtin_cpu_supports("avx512bf16") ? bfloat16_kernels() : nullptr;
    case Number::int8: return __builtin_cpu_supports("avx512vnni") ? int8_kernels() : nullptr;
  }
#endif
  return nullptr;
}
