#if defined(__aarch64__)
#include "kernels.h"

#include <arm_neon.h>

static float float32_neon(const float *row, const float *query, size_t width) {
  float32x4_t a = vdupq_n_f32(0), b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 16 <= width; i += 16) {
    a = vfmaq_f32(a, vld1q_f32(row + i), vld1q_f32(query + i));
    b = vfmaq_f32(b, vld1q_f32(row + i + 4), vld1q_f32(query + i + 4));
    c = vfmaq_f32(c, vld1q_f32(row + i + 8), vld1q_f32(query + i + 8));
    d = vfmaq_f32(d, vld1q_f32(row + i + 12), vld1q_f32(query + i + 12));
  }
  float sum = vaddvq_f32(vaddq_f32(vaddq_f32(a, b), vaddq_f32(c, d)));
  for (; i < width; i++) sum += row[i] * query[i];
  return sum;
}

static inline float32x4_t widen4(const uint16_t *halves) {
  return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(halves)));
}

static float float16_neon(const uint16_t *row, const float *query, size_t width) {
  float32x4_t a = vdupq_n_f32(0), b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 16 <= width; i += 16) {
    a = vfmaq_f32(a, widen4(row + i), vld1q_f32(query + i));
    b = vfmaq_f32(b, widen4(row + i + 4), vld1q_f32(query + i + 4));
    c = vfmaq_f32(c, widen4(row + i + 8), vld1q_f32(query + i + 8));
    d = vfmaq_f32(d, widen4(row + i + 12), vld1q_f32(query + i + 12));
  }
  float sum = vaddvq_f32(vaddq_f32(vaddq_f32(a, b), vaddq_f32(c, d)));
  for (; i < width; i++) sum += cscan_widen(row[i]) * query[i];
  return sum;
}

static int32_t int8_neon(
    const int8_t *row, const int8_t *query, int32_t query_sum, size_t width) {
  (void)query_sum;
  int32x4_t a = vdupq_n_s32(0), b = a;
  size_t i = 0;
  for (; i + 16 <= width; i += 16) {
    int8x16_t r = vld1q_s8(row + i), q = vld1q_s8(query + i);
    a = vpadalq_s16(a, vmull_s8(vget_low_s8(r), vget_low_s8(q)));
    b = vpadalq_s16(b, vmull_s8(vget_high_s8(r), vget_high_s8(q)));
  }
  int32_t sum = vaddvq_s32(vaddq_s32(a, b));
  for (; i < width; i++) sum += (int32_t)row[i] * query[i];
  return sum;
}

const cscan_kernels cscan_neon = {float32_neon, float16_neon, int8_neon};
#endif
