#include "kernels.h"

#include <string.h>

float cscan_widen(uint16_t half) {
  // The exponent is moved from bias 15 to bias 127 by one multiplication, which also gets
  // subnormal numbers right; only infinities and NaN need a hand.
  uint32_t magnitude = (uint32_t)(half & 0x7fff) << 13;
  float value, factor;
  uint32_t factor_bits = 0x77800000;  // 2^112
  memcpy(&value, &magnitude, 4);
  memcpy(&factor, &factor_bits, 4);
  value *= factor;
  uint32_t bits;
  memcpy(&bits, &value, 4);
  if ((half & 0x7c00) == 0x7c00) bits |= 0x7f800000;
  bits |= (uint32_t)(half & 0x8000) << 16;
  memcpy(&value, &bits, 4);
  return value;
}

// Eight sums at a time: any compiler turns these loops into vector instructions of its baseline.
enum { LANES = 8 };

static float total(const float *sums) {
  float sum = 0;
  for (int lane = 0; lane < LANES; lane++) sum += sums[lane];
  return sum;
}

static float dot_float32(const float *row, const float *query, size_t width) {
  float sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= width; i += LANES)
    for (int lane = 0; lane < LANES; lane++) sums[lane] += row[i + lane] * query[i + lane];
  for (; i < width; i++) sums[0] += row[i] * query[i];
  return total(sums);
}

static float dot_float16(const uint16_t *row, const float *query, size_t width) {
  float sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= width; i += LANES)
    for (int lane = 0; lane < LANES; lane++)
      sums[lane] += cscan_widen(row[i + lane]) * query[i + lane];
  for (; i < width; i++) sums[0] += cscan_widen(row[i]) * query[i];
  return total(sums);
}

static int32_t dot_int8(const int8_t *row, const int8_t *query, int32_t sum, size_t width) {
  (void)sum;
  int32_t total = 0;
  for (size_t i = 0; i < width; i++) total += (int32_t)row[i] * query[i];
  return total;
}

const cscan_kernels cscan_portable = {dot_float32, dot_float16, dot_int8};
