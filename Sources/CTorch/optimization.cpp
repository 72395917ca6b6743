#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include "ct_optimization.h"
#include "internal.h"

using namespace ct;

extern "C" {
void ct_zero_grad(const ct_tensor *parameters, int count) {
  for (int i = 0; i < count; i++) {
    if (parameters[i]) ref(parameters[i]).mutable_grad().reset();
  }
}
bool ct_clip_grad_norm(const ct_tensor *parameters, int count, double maximum, double *norm) {
  return done([&] {
    at::NoGradGuard off;
    std::vector<at::Tensor> gradients;
    for (int i = 0; i < count; i++) {
      const auto &gradient = ref(parameters[i]).grad();
      if (gradient.defined()) gradients.push_back(gradient);
    }
    if (gradients.empty()) {
      *norm = 0;
      return;
    }
    auto total = at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients)), 2);
    *norm = total.item<double>();
    double scale = maximum / (*norm + 1.0e-6);
    if (scale < 1) at::_foreach_mul_(gradients, scale);
  });
}
bool ct_fused_adamw(const ct_tensor *parameters, const ct_tensor *m, const ct_tensor *v,
                    const ct_tensor *steps, int count, double rate, double beta1, double beta2,
                    double weight_decay, double epsilon) {
  return done([&] {
    at::NoGradGuard off;
    std::vector<at::Tensor> ps, gs, ms, vs, ss;
    for (int i = 0; i < count; i++) {
      const auto &gradient = ref(parameters[i]).grad();
      if (!gradient.defined()) continue;
      ps.push_back(ref(parameters[i]));
      gs.push_back(gradient);
      ms.push_back(ref(m[i]));
      vs.push_back(ref(v[i]));
      ss.push_back(ref(steps[i]));
      ss.back().add_(1);
    }
    if (ps.empty()) return;
    at::_fused_adamw_(ps, gs, ms, vs, {}, ss, rate, beta1, beta2, weight_decay, epsilon,
                      /*amsgrad=*/false, /*maximize=*/false);
  });
}
}
