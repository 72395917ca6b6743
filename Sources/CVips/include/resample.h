// The two passes of Pillow's resize, on interleaved 8-bit RGB and in 22-bit fixed point.
#ifndef PICTOGLOT_RESAMPLE_H
#define PICTOGLOT_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

/// Each row of `width` pixels becomes one of `new_width`.
///
/// New pixel `i` is the sum of `count[i]` old ones from `first[i]` on, by `weights[i * stride…]`.
void resample_across(const uint8_t *from, ptrdiff_t width, ptrdiff_t rows, uint8_t *to,
                     ptrdiff_t new_width, const int32_t *first, const int32_t *count,
                     const int32_t *weights, ptrdiff_t stride);

/// Each column becomes one of `new_height` pixels.
void resample_down(const uint8_t *from, ptrdiff_t width, uint8_t *to, ptrdiff_t new_height,
                   const int32_t *first, const int32_t *count, const int32_t *weights,
                   ptrdiff_t stride);

#endif
