/// The dot products each family of instructions offers to the scan.
#ifndef CSCAN_KERNELS_H
#define CSCAN_KERNELS_H

#include "cscan.h"

typedef float (*cscan_dot_float32)(const float *row, const float *query, size_t width);
typedef float (*cscan_dot_float16)(const uint16_t *row, const float *query, size_t width);
/// `sum` is the sum of the query's numbers, which the unsigned instructions need.
typedef int32_t (*cscan_dot_int8)(
    const int8_t *row, const int8_t *query, int32_t sum, size_t width);

typedef struct cscan_kernels {
  cscan_dot_float32 float32;
  cscan_dot_float16 float16;
  cscan_dot_int8 int8;
} cscan_kernels;

extern const cscan_kernels cscan_portable;
#if defined(__x86_64__)
extern const cscan_kernels cscan_avx2, cscan_avx512, cscan_avx512_vnni;
#elif defined(__aarch64__)
extern const cscan_kernels cscan_neon;
#endif

float cscan_widen(uint16_t half);

#endif
