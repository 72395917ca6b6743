#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/grid_sampler_2d.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <cmath>
#include "ct_sampling.h"
#include "internal.h"

using namespace ct;

extern "C" {
ct_tensor ct_grid_sample(ct_tensor x, ct_tensor grid) {
  return tensor([&] {
    return at::grid_sampler_2d(ref(x), ref(grid), /*bilinear*/ 0, /*zeros*/ 0,
                               /*align_corners=*/false);
  });
}
ct_tensor ct_resize_bicubic_by(ct_tensor x, double height_factor, double width_factor) {
  return tensor([&] {
    auto side = [](int64_t size, double factor) {
      return static_cast<int64_t>(std::floor(static_cast<double>(size) * factor));
    };
    return at::upsample_bicubic2d(
        ref(x), {side(ref(x).size(2), height_factor), side(ref(x).size(3), width_factor)},
        /*align_corners=*/false, height_factor, width_factor);
  });
}
ct_tensor ct_pad2d(ct_tensor x, int64_t left, int64_t right, int64_t top, int64_t bottom) {
  return tensor([&] { return at::constant_pad_nd(ref(x), {left, right, top, bottom}, 0); });
}
}
