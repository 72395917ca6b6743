// One optimizer step over a whole list of parameters, in libtorch's fused kernels.
#pragma once
#include "ct_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

void ct_zero_grad(const ct_tensor *parameters, int count);
/// The norm of all gradients together, computed in float32; scaled down to `maximum` if above it.
bool ct_clip_grad_norm(const ct_tensor *parameters, int count, double maximum, double *norm);
bool ct_fused_adamw(const ct_tensor *parameters, const ct_tensor *m, const ct_tensor *v,
                    const ct_tensor *steps, int count, double rate, double beta1, double beta2,
                    double weight_decay, double epsilon);

#ifdef __cplusplus
}
#endif
