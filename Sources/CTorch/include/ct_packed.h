// Frozen layers on a CPU: weights laid out once for the vector units, then used many times.
#pragma once
#include "ct_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The numbers of a product: 0 float32, 1 bfloat16, 2 int8. Sums are float32 or int32.
typedef struct ct_packed_impl *ct_packed;
/// 0 gelu, 1 gelu by tanh, 2 quick gelu, 3 relu, 4 silu; −1 none.
typedef int ct_curve;

/// Whether this processor has the instructions, and libtorch's threads can be shared.
bool ct_can_pack(int number);
/// Whether the processor has a matrix unit (AMX) for bfloat16 and int8, and the system allows its use.
bool ct_has_tiles(void);
/// Whether packed weights can be used for `x`: it is a float32 tensor on a CPU, and nothing records
/// gradients or casts.
bool ct_suits_packed(ct_tensor x);
/// Lays out a float32 matrix `[outputs, inputs…]`. Inputs are summed in chunks of at most `chunk`.
/// With `tiles`, products in bfloat16 and int8 go through the matrix unit, where there is one.
ct_packed ct_pack(ct_tensor weight, int number, int64_t chunk, bool tiles);
void ct_packed_release(ct_packed packed);
/// curve(x Wᵀ + b), `[…, inputs] → […, outputs]`.
ct_tensor ct_packed_linear(ct_packed weight, ct_tensor bias, ct_tensor x, ct_curve curve);

typedef struct {
  ct_packed qkv, out, first, second;
  ct_tensor qkv_bias, out_bias, first_bias, second_bias;
  ct_tensor attention_norm_weight, attention_norm_bias;
  ct_tensor perceptron_norm_weight, perceptron_norm_bias;
  int64_t heads;
  ct_curve curve;
  bool norm_after;
  double epsilon;
} ct_packed_block_parts;

/// A transformer block of `[batch, length, width]`. Of each sequence only the first `lengths[i]`
/// tokens exist (all, if NULL); the others are copied. With `rows`, only that token of each sequence
/// is computed to the end: `[batch, width]`.
ct_tensor ct_packed_block(const ct_packed_block_parts *parts, ct_tensor x, const int64_t *lengths,
                          const int64_t *rows, bool causal);

#ifdef __cplusplus
}
#endif
