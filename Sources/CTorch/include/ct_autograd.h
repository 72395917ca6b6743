// Gradients and precision.
#pragma once
#include "ct_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A tensor with the same numbers that begins a graph of its own.
ct_tensor ct_leaf(ct_tensor t, bool requires_grad);
bool ct_requires_grad(ct_tensor t);
ct_tensor ct_detach(ct_tensor t);
/// The gathered gradient, or NULL where there is none.
ct_tensor ct_grad(ct_tensor t);
bool ct_set_grad(ct_tensor t, ct_tensor gradient);
bool ct_backward(ct_tensor loss);
/// Starts from a given gradient of `t` instead of one.
bool ct_backward_from(ct_tensor t, ct_tensor gradient);
bool ct_copy_in(ct_tensor into, ct_tensor from);
bool ct_lerp(ct_tensor into, ct_tensor target, double fraction);
bool ct_set_grad_enabled(bool on);  // returns the setting before

typedef struct {
  bool enabled;
  int dtype;
} ct_autocast;
ct_autocast ct_autocast_enter(int8_t device_type, bool enabled, int dtype);
void ct_autocast_leave(int8_t device_type, ct_autocast before);

#ifdef __cplusplus
}
#endif
