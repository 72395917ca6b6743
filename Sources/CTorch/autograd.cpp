#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include "ct_autograd.h"
#include "internal.h"

using namespace ct;

extern "C" {
ct_tensor ct_leaf(ct_tensor t, bool requires_grad) {
  return tensor([&] { return ref(t).detach().requires_grad_(requires_grad); });
}
bool ct_requires_grad(ct_tensor t) { return t && ref(t).requires_grad(); }
ct_tensor ct_detach(ct_tensor t) { return tensor([&] { return ref(t).detach(); }); }
ct_tensor ct_grad(ct_tensor t) {
  if (!t) return nullptr;
  const auto &gradient = ref(t).grad();
  return gradient.defined() ? own(gradient) : nullptr;
}
bool ct_set_grad(ct_tensor t, ct_tensor gradient) {
  return done([&] { ref(t).mutable_grad() = ref(gradient); });
}
bool ct_backward(ct_tensor loss) { return done([&] { torch::autograd::backward({ref(loss)}); }); }
bool ct_backward_from(ct_tensor t, ct_tensor gradient) {
  return done([&] { torch::autograd::backward({ref(t)}, {ref(gradient)}); });
}
bool ct_copy_in(ct_tensor into, ct_tensor from) {
  return done([&] {
    at::NoGradGuard off;
    ref(into).copy_(ref(from));
  });
}
bool ct_lerp(ct_tensor into, ct_tensor target, double fraction) {
  return done([&] {
    at::NoGradGuard off;
    ref(into).lerp_(ref(target), fraction);
  });
}
bool ct_set_grad_enabled(bool on) {
  bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(on);
  return before;
}
ct_autocast ct_autocast_enter(int8_t type, bool enabled, int dt) {
  auto device = static_cast<c10::DeviceType>(type);
  ct_autocast before{at::autocast::is_autocast_enabled(device),
                     static_cast<int>(at::autocast::get_autocast_dtype(device))};
  at::autocast::set_autocast_enabled(device, enabled);
  at::autocast::set_autocast_dtype(device, dtype(dt));
  at::autocast::increment_nesting();
  return before;
}
void ct_autocast_leave(int8_t type, ct_autocast before) {
  auto device = static_cast<c10::DeviceType>(type);
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device, before.enabled);
  at::autocast::set_autocast_dtype(device, dtype(before.dtype));
}
}
