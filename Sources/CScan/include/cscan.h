/// Exact nearest-neighbour scans over rows of vectors, at the speed of memory.
///
/// Every function is a pure function of its arguments and may be called from many threads at once.
/// Which instructions are used is decided while running; nothing needs a special build flag.
#ifndef CSCAN_H
#define CSCAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How the numbers of a row are stored.
typedef enum cscan_type {
  CSCAN_FLOAT32 = 0,
  CSCAN_FLOAT16 = 1,
  /// Whole numbers in [-127, 127]; a row's own scale turns them back.
  CSCAN_INT8 = 2,
} cscan_type;

/// Rows of one width, one after the other, without gaps.
typedef struct cscan_rows {
  const void *values;
  /// One factor a row for CSCAN_INT8, otherwise null.
  const float *scales;
  size_t width;
  cscan_type type;
} cscan_rows;

typedef struct cscan_hit {
  int64_t row;
  float score;
} cscan_hit;

/// The families of instructions, from the slowest to the fastest.
typedef enum cscan_level {
  CSCAN_PORTABLE = 0,
  CSCAN_NEON = 1,
  CSCAN_AVX2 = 2,
  CSCAN_AVX512 = 3,
  CSCAN_AVX512_VNNI = 4,
} cscan_level;

/// The family that a scan uses here.
cscan_level cscan_level_in_use(void);

/// Keeps scans to `level` or what lies below it, so that tests can compare the families.
void cscan_restrict(cscan_level level);

/// Finds the rows of [first, end) with the largest dot products with `query`.
///
/// `allowed` is null or has one bit a row (row r is bit r % 8 of byte r / 8); rows without it are
/// left out, as are rows whose score is not a number. `hits` has room for `limit` and is filled from
/// the best to the worst; of equal scores the earlier row comes first.
/// Returns how many hits were written.
size_t cscan_nearest(
    const cscan_rows *rows, const float *query, const uint8_t *allowed, int64_t first, int64_t end,
    size_t limit, cscan_hit *hits);

/// The dot products of `query` with the rows named, in that order (for scoring hits again).
void cscan_scores(
    const cscan_rows *rows, const float *query, const int64_t *wanted, size_t count, float *scores);

/// Rounds to half precision, to the nearest and ties to even.
void cscan_to_float16(const float *values, size_t count, uint16_t *halves);
void cscan_from_float16(const uint16_t *halves, size_t count, float *values);

/// Rounds a row to [-127, 127] and returns the factor that turns it back.
float cscan_to_int8(const float *values, size_t count, int8_t *bytes);

/// XXH64 with seed 0, the checksum that `xxhsum -H1` prints.
uint64_t cscan_checksum(const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif
#endif
