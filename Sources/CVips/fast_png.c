#include <stdlib.h>

#include "lanes.h"
#include "fast.h"

#ifdef PICTOGLOT_LIBDEFLATE
#include <libdeflate.h>

// One pixel of three or four bytes, with room for differences.
typedef int16_t wide __attribute__((vector_size(8)));

static inline __attribute__((always_inline)) wide load(const uint8_t *p, int step) {
  uint8_t raw[4] = {0};
  memcpy(raw, p, (size_t)step);
  return (wide){raw[0], raw[1], raw[2], raw[3]};
}

static inline __attribute__((always_inline)) void store(uint8_t *p, wide pixel, int step) {
  uint8_t raw[4] = {(uint8_t)pixel[0], (uint8_t)pixel[1], (uint8_t)pixel[2], (uint8_t)pixel[3]};
  memcpy(p, raw, (size_t)step);
}

static inline __attribute__((always_inline)) wide distance(wide a) {
  return __builtin_elementwise_abs(a);
}

// Paeth's guess: of left, above and their corner the one nearest to left + above - corner.
static inline __attribute__((always_inline)) void guess(uint8_t *row, const uint8_t *above,
                                                        ptrdiff_t count, int step) {
  wide left = {0}, corner = {0};
  for (ptrdiff_t x = 0; x < count; x += step) {
    wide up = load(above + x, step);
    wide a = up - corner, b = left - corner;
    wide to_left = distance(a), to_up = distance(b), to_corner = distance(a + b);
    wide is_up = to_up <= to_corner, is_left = (to_left <= to_up) & (to_left <= to_corner);
    wide other = (up & is_up) | (corner & ~is_up);
    wide nearest = (left & is_left) | (other & ~is_left);
    left = (load(row + x, step) + nearest) & 255;
    store(row + x, left, step);
    corner = up;
  }
}

static inline __attribute__((always_inline)) void mean(uint8_t *row, const uint8_t *above,
                                                       ptrdiff_t count, int step) {
  wide left = {0};
  for (ptrdiff_t x = 0; x < count; x += step) {
    left = (load(row + x, step) + ((left + load(above + x, step)) >> 1)) & 255;
    store(row + x, left, step);
  }
}

static inline __attribute__((always_inline)) void sum(uint8_t *row, ptrdiff_t count, int step) {
  wide left = {0};
  for (ptrdiff_t x = 0; x < count; x += step) {
    left = (left + load(row + x, step)) & 255;
    store(row + x, left, step);
  }
}

// Undoes a row's filter in place.
//
// Source: W3C, Portable Network Graphics, third edition, section 9.
static inline __attribute__((always_inline)) int unfilter(int filter, uint8_t *row,
                                                          const uint8_t *above, ptrdiff_t count,
                                                          int step) {
  switch (filter) {
    case 0: return 0;
    case 1: sum(row, count, step); return 0;
    case 2:
      for (ptrdiff_t x = 0; x < count; x++) row[x] = (uint8_t)(row[x] + above[x]);
      return 0;
    case 3: mean(row, above, count, step); return 0;
    case 4: guess(row, above, count, step); return 0;
    default: return -1;
  }
}

static int unfiltered(int step, uint8_t *row, const uint8_t *above, ptrdiff_t count) {
  // With the step known, each pixel stays in a register.
  switch (step) {
    case 1: return unfilter(row[0], row + 1, above, count, 1);
    case 2: return unfilter(row[0], row + 1, above, count, 2);
    case 3: return unfilter(row[0], row + 1, above, count, 3);
    default: return unfilter(row[0], row + 1, above, count, 4);
  }
}

static void with_key(uint8_t *pixels, ptrdiff_t count, const uint8_t key[3]) {
  for (ptrdiff_t x = 0; x < count; x++, pixels += 3)
    if (memcmp(pixels, key, 3) == 0) memset(pixels, 255, 3);
}

static fast_result convert(const uint8_t *row, const fast_png_header *header, uint8_t *indices,
                           uint8_t *to) {
  size_t width = (size_t)header->width;
  if (header->channels == 3) {
    memcpy(to, row, width * 3);
    if (header->has_key) with_key(to, header->width, header->key);
    return FAST_DONE;
  }
  if (header->channels != 1) {
    fast_on_white(row, width, header->channels, to);
    return FAST_DONE;
  }
  if (header->bits < 8) {
    int bits = header->bits, mask = (1 << bits) - 1, in_byte = 8 / bits;
    for (int x = 0; x < header->width; x++)
      indices[x] = (uint8_t)(row[x / in_byte] >> (8 - bits - x % in_byte * bits) & mask);
    row = indices;
  }
  return fast_colours(row, width, header->palette, header->colours, to);
}

static fast_result convert_all(uint8_t *rows, size_t line, const fast_png_header *header,
                               uint8_t *zeros, uint8_t *indices, uint8_t *to) {
  int step = header->bits < 8 ? 1 : header->channels;
  const uint8_t *above = zeros;
  for (int y = 0; y < header->height; y++) {
    uint8_t *row = rows + (size_t)y * (line + 1);
    if (unfiltered(step, row, above, (ptrdiff_t)line)) return FAST_REFUSED;
    above = row + 1;
    size_t place = (size_t)y * (size_t)header->width * 3;
    fast_result result = convert(above, header, indices, to + place);
    if (result != FAST_DONE) return result;
  }
  return FAST_DONE;
}

fast_result fast_png(const uint8_t *packed, size_t count, const fast_png_header *header,
                     uint8_t *to) {
  size_t width = (size_t)header->width, height = (size_t)header->height;
  size_t line = (width * (size_t)header->bits * (size_t)header->channels + 7) / 8;
  size_t size = (line + 1) * height;
  uint8_t *rows = malloc(size + line + width);
  struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
  fast_result result = FAST_REFUSED;
  if (rows && inflater &&
      libdeflate_zlib_decompress(inflater, packed, count, rows, size, NULL) == LIBDEFLATE_SUCCESS) {
    memset(rows + size, 0, line);
    result = convert_all(rows, line, header, rows + size, rows + size + line, to);
  }
  if (inflater) libdeflate_free_decompressor(inflater);
  free(rows);
  return result;
}

uint32_t fast_crc(const uint8_t *bytes, size_t count) { return libdeflate_crc32(0, bytes, count); }
                  
                  #else
                  
fast_result fast_png(const uint8_t *packed, size_t count, const fast_png_header *header,
                     uint8_t *to) {
  (void)packed, (void)count, (void)header, (void)to;
  return FAST_REFUSED;
}

uint32_t fast_crc(const uint8_t *bytes, size_t count) {
  (void)bytes, (void)count;
  return 0;
}

#endif
