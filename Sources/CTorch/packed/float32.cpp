#include "packed.h"

#ifdef CT_AVX512
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
namespace {
using namespace ct;
#include "vector.h"
#include "product.h"
#include "float32.h"
#include "attention.h"
#include "block.h"
}  // namespace

const Kernels *ct::float32_kernels() {
  static const Kernels all{Float32::pack, run_linear<Float32>, run_block<Float32>};
  return &all;
}
#pragma clang attribute pop
#else
const ct::Kernels *ct::float32_kernels() { return nullptr; }
#endif
