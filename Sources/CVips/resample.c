#include "resample.h"

#include <stdlib.h>
#include <string.h>

#include "lanes.h"

#define BITS 22
#define HALF (1 << (BITS - 1))
static inline uint8_t clipped(int32_t sum) {
  int32_t value = sum >> BITS;
  return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

// Rows, `line` bytes apart and `count` long, become columns of 16 bytes.
static inline __attribute__((always_inline)) void to_columns(const uint8_t *from, ptrdiff_t line,
                                                             ptrdiff_t count, uint8_t *to) {
  ptrdiff_t x = 0;
  for (; x + 16 <= count; x += 16) {
    // A butterfly of four rounds: in each, rows i and i + 8 are interleaved.
    bytes a[16], b[16];
    for (int i = 0; i < 16; i++) memcpy(&a[i], from + i * line + x, 16);
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 8; i++) {
        b[2 * i] = __builtin_shufflevector(a[i], a[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                           6, 22, 7, 23);
        b[2 * i + 1] = __builtin_shufflevector(a[i], a[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                               13, 29, 14, 30, 15, 31);
      }
      memcpy(a, b, sizeof a);
    }
    memcpy(to + x * 16, a, sizeof a);
  }
  for (; x < count; x++) {
    for (int i = 0; i < 16; i++) to[x * 16 + i] = from[i * line + x];
  }
}

// Columns of 16 bytes become rows again.
static inline __attribute__((always_inline)) void to_rows(const uint8_t *from, ptrdiff_t count,
                                                          uint8_t *to, ptrdiff_t line) {
  ptrdiff_t x = 0;
  for (; x + 16 <= count; x += 16) {
    uint8_t block[256];
    to_columns(from + x * 16, 16, 16, block);
    for (int i = 0; i < 16; i++) memcpy(to + i * line + x, block + i * 16, 16);
  }
  for (; x < count; x++) {
    for (int i = 0; i < 16; i++) to[i * line + x] = from[x * 16 + i];
  }
}

static inline __attribute__((always_inline)) void sixteen_rows(
  const uint8_t *columns, uint8_t *to, ptrdiff_t new_width, const int32_t *first,
  const int32_t *count, const int32_t *weights, ptrdiff_t stride) {
  for (ptrdiff_t x = 0; x < new_width; x++, to += 3 * LANES) {
    const uint8_t *p = columns + (ptrdiff_t)first[x] * 3 * LANES;
    const int32_t *w = weights + x * stride;
    lanes red = (lanes){0} + HALF, green = red, blue = red;
    for (int32_t k = 0; k < count[x]; k++, p += 3 * LANES) {
      ADD(red, p, w[k]);
      ADD(green, p + LANES, w[k]);
      ADD(blue, p + 2 * LANES, w[k]);
    }
    bytes made[3] = {CLIPPED(BITS, red), CLIPPED(BITS, green), CLIPPED(BITS, blue)};
    memcpy(to, made, sizeof made);
  }
}

static void one_row(const uint8_t *from, uint8_t *to, ptrdiff_t new_width, const int32_t *first,
                    const int32_t *count, const int32_t *weights, ptrdiff_t stride) {
  for (ptrdiff_t x = 0; x < new_width; x++, to += 3) {
    const uint8_t *p = from + (ptrdiff_t)first[x] * 3;
    const int32_t *w = weights + x * stride;
    int32_t red = HALF, green = HALF, blue = HALF;
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

PICTOGLOT_CLONES
void resample_across(const uint8_t *from, ptrdiff_t width, ptrdiff_t rows, uint8_t *to,
                     ptrdiff_t new_width, const int32_t *first, const int32_t *count,
                     const int32_t *weights, ptrdiff_t stride) {
  // Only the columns that are looked at.
  ptrdiff_t left = first[0], right = first[new_width - 1] + count[new_width - 1];
  ptrdiff_t line = width * 3, new_line = new_width * 3, seen = (right - left) * 3;
  uint8_t *work = rows >= LANES ? malloc((size_t)(seen + new_line) * LANES) : NULL;
  ptrdiff_t y = 0;
  while (work && y < rows) {
    // The last sixteen rows may overlap those before them.
    if (y + LANES > rows) y = rows - LANES;
    to_columns(from + y * line + left * 3, line, seen, work);
    sixteen_rows(work - left * 3 * LANES, work + seen * LANES, new_width, first, count, weights,
                 stride);
    to_rows(work + seen * LANES, new_line, to + y * new_line, new_line);
    y += LANES;
  }
  free(work);
  for (; y < rows; y++) {
    one_row(from + y * line, to + y * new_line, new_width, first, count, weights, stride);
  }
}

PICTOGLOT_CLONES
void resample_down(const uint8_t *from, ptrdiff_t width, uint8_t *to, ptrdiff_t new_height,
                   const int32_t *first, const int32_t *count, const int32_t *weights,
                   ptrdiff_t stride) {
  ptrdiff_t line = width * 3;
  for (ptrdiff_t y = 0; y < new_height; y++, to += line) {
    const uint8_t *p = from + first[y] * line;
    const int32_t *w = weights + y * stride;
    int32_t taps = count[y];
    ptrdiff_t x = 0;
    for (; x + 4 * LANES <= line; x += 4 * LANES) {
      lanes a = (lanes){0} + HALF, b = a, c = a, d = a;
      for (int32_t k = 0; k < taps; k++) {
        const uint8_t *q = p + k * line + x;
        ADD(a, q, w[k]);
        ADD(b, q + LANES, w[k]);
        ADD(c, q + 2 * LANES, w[k]);
        ADD(d, q + 3 * LANES, w[k]);
      }
      bytes made[4] = {CLIPPED(BITS, a), CLIPPED(BITS, b), CLIPPED(BITS, c), CLIPPED(BITS, d)};
      memcpy(to + x, made, sizeof made);
    }
    for (; x + LANES <= line; x += LANES) {
      lanes sum = (lanes){0} + HALF;
      for (int32_t k = 0; k < taps; k++) ADD(sum, p + k * line + x, w[k]);
      bytes made = CLIPPED(BITS, sum);
      memcpy(to + x, &made, sizeof made);
    }
    for (; x < line; x++) {
      int32_t sum = HALF;
      for (int32_t k = 0; k < taps; k++) sum += p[k * line + x] * w[k];
      to[x] = clipped(sum);
    }
  }
}
