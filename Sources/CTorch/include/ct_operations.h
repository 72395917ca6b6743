// Functions of tensors, named as libtorch names them.
#pragma once
#include "ct_dropout.h"
#include "ct_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

// Elementwise, with broadcasting.
ct_tensor ct_add(ct_tensor a, ct_tensor b);
ct_tensor ct_sub(ct_tensor a, ct_tensor b);
ct_tensor ct_mul(ct_tensor a, ct_tensor b);
ct_tensor ct_div(ct_tensor a, ct_tensor b);
ct_tensor ct_add_scalar(ct_tensor a, double b);
ct_tensor ct_mul_scalar(ct_tensor a, double b);
ct_tensor ct_pow(ct_tensor a, double exponent);
ct_tensor ct_neg(ct_tensor a);
ct_tensor ct_exp(ct_tensor a);
ct_tensor ct_log(ct_tensor a);
ct_tensor ct_abs(ct_tensor a);
ct_tensor ct_tanh(ct_tensor a);
ct_tensor ct_sigmoid(ct_tensor a);
ct_tensor ct_log_sigmoid(ct_tensor a);
ct_tensor ct_relu(ct_tensor a);
ct_tensor ct_silu(ct_tensor a);
ct_tensor ct_gelu(ct_tensor a, bool tanh);
ct_tensor ct_quick_gelu(ct_tensor a);
ct_tensor ct_clamp(ct_tensor a, double low, double high);
ct_tensor ct_equal(ct_tensor a, ct_tensor b);
ct_tensor ct_greater_scalar(ct_tensor a, double b);
ct_tensor ct_logical_not(ct_tensor a);
ct_tensor ct_masked_fill(ct_tensor a, ct_tensor mask, double value);

// Reductions.
ct_tensor ct_sum_all(ct_tensor a);
ct_tensor ct_mean_all(ct_tensor a);
ct_tensor ct_sum(ct_tensor a, int64_t axis, bool keep);
ct_tensor ct_mean(ct_tensor a, int64_t axis, bool keep);
ct_tensor ct_max(ct_tensor a, int64_t axis, bool keep);
ct_tensor ct_argmax(ct_tensor a, int64_t axis);
ct_tensor ct_logsumexp(ct_tensor a, int64_t axis, bool keep);
ct_tensor ct_softmax(ct_tensor a, int64_t axis);
ct_tensor ct_log_softmax(ct_tensor a, int64_t axis);
ct_tensor ct_normalize(ct_tensor a);
ct_tensor ct_cross_entropy(ct_tensor logits, ct_tensor target);
bool ct_all_finite(ct_tensor a, bool *out);

// Shape.
ct_tensor ct_reshape(ct_tensor a, const int64_t *sizes, int rank);
ct_tensor ct_expand(ct_tensor a, const int64_t *sizes, int rank);
ct_tensor ct_permute(ct_tensor a, const int64_t *order, int rank);
ct_tensor ct_transpose(ct_tensor a, int64_t first, int64_t second);
ct_tensor ct_unsqueeze(ct_tensor a, int64_t axis);
ct_tensor ct_flatten(ct_tensor a, int64_t from, int64_t to);
ct_tensor ct_select(ct_tensor a, int64_t axis, int64_t index);
ct_tensor ct_narrow(ct_tensor a, int64_t axis, int64_t start, int64_t length);
ct_tensor ct_cat(const ct_tensor *all, int count, int64_t axis);
ct_tensor ct_index_select(ct_tensor a, int64_t axis, ct_tensor index);
/// `out[i] = a[i, rows[i]]`.
ct_tensor ct_gather_rows(ct_tensor a, ct_tensor rows);

// Layers.
ct_tensor ct_matmul(ct_tensor a, ct_tensor b);
ct_tensor ct_linear(ct_tensor x, ct_tensor weight, ct_tensor bias);
/// Float32 linear layers on a CPU through oneDNN (true) or the BLAS library (false).
void ct_set_onednn_linear(bool on);
bool ct_onednn_linear(void);
/// Whether oneDNN's are known to be the faster ones on this processor.
bool ct_prefers_onednn(void);
ct_tensor ct_layer_norm(ct_tensor x, ct_tensor weight, ct_tensor bias, double epsilon);
ct_tensor ct_conv2d(ct_tensor x, ct_tensor weight, ct_tensor bias, int64_t stride, int64_t padding,
                    int64_t groups);
/// Over batch and place, per channel; while training the running mean and variance follow.
ct_tensor ct_batch_norm(ct_tensor x, ct_tensor weight, ct_tensor bias, ct_tensor mean,
                        ct_tensor variance, bool training, double momentum, double epsilon);
ct_tensor ct_avg_pool2d(ct_tensor x, int64_t size);
/// The mean of each of `height` × `width` even parts.
ct_tensor ct_adaptive_avg_pool2d(ct_tensor x, int64_t height, int64_t width);
ct_tensor ct_embedding(ct_tensor weight, ct_tensor ids);
/// The same pictures with channels innermost in memory, which convolutions on CPUs prefer.
ct_tensor ct_channels_last(ct_tensor x);
/// Mean of the rows of each bag; `offsets` holds where each bag begins in `ids`.
ct_tensor ct_embedding_bag_mean(ct_tensor weight, ct_tensor ids, ct_tensor offsets);
ct_tensor ct_attention(ct_tensor q, ct_tensor k, ct_tensor v, bool causal);
/// Attention within each of `count` sequences, which stand one after another, at least one row each:
/// query, key and value side by side, `[rows, 3 width] → [rows, width]`. What is dropped are shares of
/// attention; nothing at a rate of 0.
ct_tensor ct_unpadded_attention(ct_tensor qkv, const int64_t *lengths, int64_t count, int64_t heads,
                                bool causal, ct_dropping dropping);
/// Bicubic resampling of `[batch, channels, height, width]`, corners not aligned.
ct_tensor ct_resize_bicubic(ct_tensor x, int64_t height, int64_t width);

#ifdef __cplusplus
}
#endif
