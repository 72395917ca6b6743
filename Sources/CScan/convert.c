#include "cscan.h"

#include "kernels.h"

#include <math.h>
#include <string.h>

static uint16_t narrow(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  bits &= 0x7fffffff;
  if (bits > 0x7f800000) return sign | 0x7e00;     // not a number
  if (bits >= 0x477ff000) return sign | 0x7c00;    // rounds to infinity
  if (bits < 0x38800000) {                         // subnormal: let the adder do the rounding
    float magnitude, shift = 0.5f;
    memcpy(&magnitude, &bits, 4);
    magnitude += shift;
    memcpy(&bits, &magnitude, 4);
    return sign | (uint16_t)(bits - 0x3f000000);
  }
  uint32_t odd = bits >> 13 & 1;
  return sign | (uint16_t)((bits - 0x38000000 + 0xfff + odd) >> 13);
}

void cscan_to_float16(const float *values, size_t count, uint16_t *halves) {
  for (size_t i = 0; i < count; i++) halves[i] = narrow(values[i]);
}

void cscan_from_float16(const uint16_t *halves, size_t count, float *values) {
  for (size_t i = 0; i < count; i++) values[i] = cscan_widen(halves[i]);
}

float cscan_to_int8(const float *values, size_t count, int8_t *bytes) {
  float largest = 0;
  for (size_t i = 0; i < count; i++) largest = fmaxf(largest, fabsf(values[i]));
  float factor = largest > 0 ? 127 / largest : 0;
  for (size_t i = 0; i < count; i++) bytes[i] = (int8_t)lrintf(values[i] * factor);
  return largest / 127;
}

// XXH64, after the specification at https://github.com/Cyan4973/xxHash (BSD 2-clause).

static const uint64_t P1 = 0x9E3779B185EBCA87u, P2 = 0xC2B2AE3D27D4EB4Fu,
                      P3 = 0x165667B19E3779F9u, P4 = 0x85EBCA77C2B2AE63u,
                      P5 = 0x27D4EB2F165667C5u;

static inline uint64_t turn(uint64_t x, int r) { return x << r | x >> (64 - r); }
static inline uint64_t mix(uint64_t sum, uint64_t lane) { return turn(sum + lane * P2, 31) * P1; }
static inline uint64_t merge(uint64_t hash, uint64_t sum) {
  return (hash ^ mix(0, sum)) * P1 + P4;
}
static inline uint64_t word(const uint8_t *bytes) {
  uint64_t x;
  memcpy(&x, bytes, 8);
  return x;
}

uint64_t cscan_checksum(const void *bytes, size_t count) {
  const uint8_t *at = bytes, *end = at + count;
  uint64_t hash = P5;
  if (count >= 32) {
    uint64_t a = P1 + P2, b = P2, c = 0, d = 0 - P1;
    for (; end - at >= 32; at += 32) {
      a = mix(a, word(at));
      b = mix(b, word(at + 8));
      c = mix(c, word(at + 16));
      d = mix(d, word(at + 24));
    }
    hash = turn(a, 1) + turn(b, 7) + turn(c, 12) + turn(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  }
  hash += count;
  for (; end - at >= 8; at += 8) hash = turn(hash ^ mix(0, word(at)), 27) * P1 + P4;
  if (end - at >= 4) {
    uint32_t half;
    memcpy(&half, at, 4);
    hash = turn(hash ^ half * P1, 23) * P2 + P3;
    at += 4;
  }
  for (; at < end; at++) hash = turn(hash ^ *at * P5, 11) * P1;
  hash = (hash ^ hash >> 33) * P2;
  hash = (hash ^ hash >> 29) * P3;
  return hash ^ hash >> 32;
}
