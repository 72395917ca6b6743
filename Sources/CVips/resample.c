#include "resample.h"

#define BITS 22

static inline uint8_t clipped(int32_t sum) {
  int32_t value = sum >> BITS;
  return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

void resample_across(const uint8_t *from, ptrdiff_t width, ptrdiff_t rows, uint8_t *to,
                     ptrdiff_t new_width, const int32_t *first, const int32_t *count,
                     const int32_t *weights, ptrdiff_t stride) {
  for (ptrdiff_t y = 0; y < rows; y++, from += width * 3) {
    for (ptrdiff_t x = 0; x < new_width; x++, to += 3) {
      const uint8_t *p = from + first[x] * 3;
      const int32_t *w = weights + x * stride;
      int32_t red = 1 << (BITS - 1), green = red, blue = red;
      for (int32_t k = 0; k < count[x]; k++, p += 3) {
        red += p[0] * w[k];
        green += p[1] * w[k];
        blue += p[2] * w[k];
      }
      to[0] = clipped(red);
      to[1] = clipped(green);
      to[2] = clipped(blue);
    }
  }
}

void resample_down(const uint8_t *from, ptrdiff_t width, uint8_t *to, ptrdiff_t new_height,
                   const int32_t *first, const int32_t *count, const int32_t *weights,
                   ptrdiff_t stride) {
  ptrdiff_t line = width * 3;
  for (ptrdiff_t y = 0; y < new_height; y++, to += line) {
    const uint8_t *p = from + first[y] * line;
    const int32_t *w = weights + y * stride;
    for (ptrdiff_t x = 0; x < line; x++) {
      int32_t sum = 1 << (BITS - 1);
      for (int32_t k = 0; k < count[y]; k++) sum += p[k * line + x] * w[k];
      to[x] = clipped(sum);
    }
  }
}
