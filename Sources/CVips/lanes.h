// Sixteen numbers at a time, whatever the machine; and functions compiled for several machines.
#ifndef PICTOGLOT_LANES_H
#define PICTOGLOT_LANES_H

#include <stdint.h>
#include <string.h>

// The loader takes the best that the machine can run.
#if defined(__x86_64__) && defined(__linux__)
#define PICTOGLOT_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PICTOGLOT_CLONES
#endif

#define LANES 16

typedef int32_t lanes __attribute__((vector_size(LANES * 4)));
typedef uint8_t bytes __attribute__((vector_size(LANES)));

// Macros, since a function may not return vectors that not every machine has.

/// Adds sixteen bytes, each times `weight`, to `sum`.
#define ADD(sum, pixels, weight)                             \
  do {                                                       \
    bytes raw;                                               \
    memcpy(&raw, (pixels), LANES);                           \
    (sum) += __builtin_convertvector(raw, lanes) * (weight); \
  } while (0)

/// `sum` without its last bits, held to 0...255, as bytes.
#define CLIPPED(bits, sum)                                                                     \
  __builtin_convertvector(                                                                     \
    __builtin_elementwise_min(                                                                 \
      __builtin_elementwise_max((sum) >> (bits), (lanes){0}), (lanes){0} + 255), bytes)

#endif
