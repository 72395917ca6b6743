// Matrices laid out for the vector units, and transformer blocks computed with them.
//
// One translation unit per number type implements `Kernels`; each is compiled for the instructions
// that its type needs, and used only where the processor has them.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>
#if defined(__x86_64__) && defined(__linux__)
#define CT_AVX512
#include <immintrin.h>
#endif
#include "team.h"

namespace ct {

enum class Number : int { float32 = 0, bfloat16 = 1, int8 = 2 };
enum class Curve : int { none = -1, gelu = 0, tanh_gelu = 1, quick_gelu = 2, relu = 3, silu = 4 };

struct AlignedFree {
  void operator()(void *p) const;
};
// Uninitialized memory, aligned to a cache line.
template <class T>
using Aligned = std::unique_ptr<T[], AlignedFree>;
void *aligned(size_t bytes);
template <class T>
Aligned<T> aligned_array(size_t count) {
  return Aligned<T>(static_cast<T *>(aligned(count * sizeof(T))));
}

constexpr int64_t panel_width = 32, chunk_multiple = 64;
inline int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// W of y = x Wᵀ + b, in panels of 32 outputs. A panel holds, for each unit of four bytes of inputs
// (1 float32, 2 bfloat16 or 4 int8), that unit of its 32 outputs side by side.
struct Packed {
  Number number;
  int64_t outputs, inputs;
  // Inputs are summed in chunks of so many; a multiple of 64.
  int64_t chunk;
  int64_t units;  // of all inputs
  Aligned<int32_t> data;
  bool tiles = false;  // whether products go through the matrix unit
  // int8 only: what a step of each output is worth, and per chunk the sum of each output's steps
  // times that worth, `[chunks, panels × 32]`.
  Aligned<float> scale, sums;

  // A panel ends in zeros, so that the matrix unit's steps of 16 units may go beyond the inputs.
  int64_t stored_units() const { return number == Number::float32 ? units : round_up(units, 16); }
  int64_t panels() const { return round_up(outputs, panel_width) / panel_width; }
  int64_t chunks() const { return (inputs + chunk - 1) / chunk; }
};

// x Wᵀ + b; the bias may be missing.
struct Map {
  const Packed *weight;
  const float *bias;
};

struct Norm {
  const float *weight, *bias;
};

struct Block {
  int64_t width, heads, inner;
  Curve curve;
  bool norm_after;
  float epsilon;
  Map qkv, out, first, second;
  Norm attention_norm, perceptron_norm;
};

// Rows of a text or picture that attend to each other: `length` of them from `start` on. Of these,
// `count` from `first` on are wanted; they go to the rows of the result from `to` on.
struct Sequence {
  int64_t start, length, first, count, to;
};

struct Kernels {
  std::unique_ptr<Packed> (*pack)(const float *weight, int64_t outputs, int64_t inputs,
                                  int64_t chunk, int threads);
  // y = curve(x Wᵀ + b) for `[rows, inputs]`.
  void (*linear)(const Map &, const float *x, int64_t rows, Curve, float *y, int threads);
  void (*block)(const Block &, const float *x, float *y, const std::vector<Sequence> &,
                bool causal, int threads);
};

// What this processor can run; NULL where it lacks the instructions.
const Kernels *kernels(Number number);
const Kernels *float32_kernels();
const Kernels *bfloat16_kernels();
const Kernels *int8_kernels();

// Whether the processor has a matrix unit for bfloat16 and int8, and the system lets this process use it.
bool has_tiles();

}  // namespace ct
