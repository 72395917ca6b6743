// Pictures and grids of features read at other places than their own.
#pragma once
#include "ct_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// `[batch, channels, height, width]` read at each place of `[batch, rows, columns, 2]` (x, y; the
/// picture's outer edges are at −1 and 1), bilinearly, zero outside.
ct_tensor ct_grid_sample(ct_tensor x, ct_tensor grid);
/// Bicubic resampling to ⌊size · factor⌋, with places worked out from the factors as they are.
ct_tensor ct_resize_bicubic_by(ct_tensor x, double height_factor, double width_factor);
/// Zeros added around the last two axes.
ct_tensor ct_pad2d(ct_tensor x, int64_t left, int64_t right, int64_t top, int64_t bottom);

#ifdef __cplusplus
}
#endif
