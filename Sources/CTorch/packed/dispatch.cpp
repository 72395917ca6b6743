#include "packed.h"
#include <cstdlib>
#include <new>
#ifdef CT_AVX512
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

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

bool ct::has_tiles() {
#ifdef CT_AVX512
  static const bool has = [] {
    unsigned a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    constexpr unsigned bfloat16 = 1u << 22, tile = 1u << 24, int8 = 1u << 25;
    constexpr unsigned all = bfloat16 | tile | int8;
    // Linux gives a process the unit's registers when it asks for them.
    constexpr long ask = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return (d & all) == all && syscall(SYS_arch_prctl, ask, tile_data) == 0;
  }();
  return has;
#else
  return false;
#endif
}
