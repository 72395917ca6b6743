#include "cscan.h"

#include "kernels.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Choosing the instructions

static _Atomic int most = CSCAN_AVX512_VNNI;

void cscan_restrict(cscan_level level) { atomic_store(&most, (int)level); }

static int offers(cscan_level level) {
  if (level == CSCAN_PORTABLE) return 1;
#if defined(__x86_64__)
  // Every processor with AVX2 and FMA also converts half precision.
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  if (level == CSCAN_AVX2) return avx2;
  if (level == CSCAN_AVX512) return avx512;
  if (level == CSCAN_AVX512_VNNI) return avx512 && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
  if (level == CSCAN_NEON) return 1;
#endif
  return 0;
}

cscan_level cscan_level_in_use(void) {
  int level = atomic_load(&most);
  while (!offers((cscan_level)level)) level--;
  return (cscan_level)level;
}

static const cscan_kernels *kernels(void) {
  switch (cscan_level_in_use()) {
#if defined(__x86_64__)
    case CSCAN_AVX2: return &cscan_avx2;
    case CSCAN_AVX512: return &cscan_avx512;
    case CSCAN_AVX512_VNNI: return &cscan_avx512_vnni;
#elif defined(__aarch64__)
    case CSCAN_NEON: return &cscan_neon;
#endif
    default: return &cscan_portable;
  }
}

// The query, in the form the rows need

typedef struct {
  const float *values;
  int8_t *bytes;
  float scale;
  int32_t sum;
} prepared;

static int prepare(const cscan_rows *rows, const float *query, prepared *out) {
  *out = (prepared){.values = query};
  if (rows->type != CSCAN_INT8) return 1;
  out->bytes = malloc(rows->width ? rows->width : 1);
  if (!out->bytes) return 0;
  out->scale = cscan_to_int8(query, rows->width, out->bytes);
  for (size_t i = 0; i < rows->width; i++) out->sum += out->bytes[i];
  return 1;
}

static inline float score(
    const cscan_kernels *use, const cscan_rows *rows, const prepared *query, int64_t row) {
  size_t start = (size_t)row * rows->width;
  switch (rows->type) {
    case CSCAN_FLOAT32:
      return use->float32((const float *)rows->values + start, query->values, rows->width);
    case CSCAN_FLOAT16:
      return use->float16((const uint16_t *)rows->values + start, query->values, rows->width);
    case CSCAN_INT8: {
      int32_t dot =
          use->int8((const int8_t *)rows->values + start, query->bytes, query->sum, rows->width);
      return (float)dot * query->scale * rows->scales[row];
    }
  }
  return NAN;
}

// The best so far: a heap whose first element is the one to go next

static inline int worse(cscan_hit a, cscan_hit b) {
  return a.score < b.score || (a.score == b.score && a.row > b.row);
}

static void sink(cscan_hit *heap, size_t count, size_t at) {
  cscan_hit moving = heap[at];
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && worse(heap[child + 1], heap[child])) child++;
    if (!worse(heap[child], moving)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moving;
}

static void rise(cscan_hit *heap, size_t at) {
  cscan_hit moving = heap[at];
  while (at > 0) {
    size_t parent = (at - 1) / 2;
    if (!worse(moving, heap[parent])) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = moving;
}

size_t cscan_nearest(
    const cscan_rows *rows, const float *query, const uint8_t *allowed, int64_t first, int64_t end,
    size_t limit, cscan_hit *hits) {
  prepared ready;
  if (limit == 0 || first >= end || !prepare(rows, query, &ready)) return 0;
  const cscan_kernels *use = kernels();
  size_t count = 0;
  for (int64_t row = first; row < end; row++) {
    if (allowed && !(allowed[row >> 3] >> (row & 7) & 1)) continue;
    cscan_hit hit = {row, score(use, rows, &ready, row)};
    if (isnan(hit.score)) continue;
    if (count < limit) {
      hits[count] = hit;
      rise(hits, count++);
    } else if (worse(hits[0], hit)) {
      hits[0] = hit;
      sink(hits, count, 0);
    }
  }
  free(ready.bytes);
  for (size_t left = count; left > 1;) {
    cscan_hit last = hits[--left];
    hits[left] = hits[0];
    hits[0] = last;
    sink(hits, left, 0);
  }
  return count;
}

void cscan_scores(
    const cscan_rows *rows, const float *query, const int64_t *wanted, size_t count,
    float *scores) {
  prepared ready;
  if (!prepare(rows, query, &ready)) {
    for (size_t i = 0; i < count; i++) scores[i] = NAN;
    return;
  }
  const cscan_kernels *use = kernels();
  for (size_t i = 0; i < count; i++) scores[i] = score(use, rows, &ready, wanted[i]);
  free(ready.bytes);
}
