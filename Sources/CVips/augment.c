#include "augment.h"

#include <math.h>
#include <string.h>

#include "lanes.h"

// Four channels of 16 bits in one number, so that one multiplication serves all.
typedef uint64_t wide;
#define EACH(value) ((wide)(value) * 0x0001000100010001u)

static inline wide widened(const uint8_t *p) {
  return (wide)p[0] | (wide)p[1] << 16 | (wide)p[2] << 32;
}

// The picture in a frame of the shade: one pixel before, two behind.
static void framed(const uint8_t *from, ptrdiff_t width, ptrdiff_t height, wide *work, wide shade) {
  ptrdiff_t line = width + 3;
  for (ptrdiff_t x = 0; x < line; x++) work[x] = work[(height + 1) * line + x] = shade;
  for (ptrdiff_t y = 0; y < height; y++, from += width * 3) {
    wide *row = work + (y + 1) * line;
    row[0] = row[width + 1] = row[width + 2] = shade;
    for (ptrdiff_t x = 0; x < width; x++) row[x + 1] = widened(from + x * 3);
  }
}

// `a` and `b` mixed, 8 bits a channel.
static inline wide mixed(wide a, wide b, wide share) {
  return ((a * (256 - share) + b * share + EACH(128)) >> 8) & EACH(255);
}

// One bilinear sample, times 64; x and y are 16-bit fixed point.
static inline wide sample(const wide *picture, ptrdiff_t line, int64_t x, int64_t y) {
  const wide *p = picture + (y >> 16) * line + (x >> 16);
  wide across = (x >> 8) & 255, down = (y >> 8) & 255;
  wide top = mixed(p[0], p[1], across), bottom = mixed(p[line], p[line + 1], across);
  return ((top * (256 - down) + bottom * down) >> 2) & EACH(0x3fff);
}

static inline int64_t held(int64_t value, int64_t largest) {
  return value < 0 ? 0 : value > largest ? largest : value;
}

void augment_warp(const uint8_t *from, ptrdiff_t width, ptrdiff_t height, void *work, uint8_t *to,
                  ptrdiff_t size, const float *mesh, ptrdiff_t cells, const uint8_t shade[3]) {
  framed(from, width, height, work, widened(shade));
  ptrdiff_t line = width + 3, samples = size * 2;
  int64_t largest_x = (int64_t)(width + 1) * 65536 - 1;
  int64_t largest_y = (int64_t)(height + 1) * 65536 - 1;
  double step = (double)cells / (double)samples;  // from sample to sample, in cells
  wide *sums = (wide *)work + line * (height + 2);
  for (ptrdiff_t y = 0; y < size; y++) {
    memset(sums, 0, (size_t)size * sizeof(wide));
    for (int part = 0; part < 2; part++) {
      double v = ((double)(y * 2 + part) + 0.5) * step;
      ptrdiff_t row = (ptrdiff_t)v, s = 0;
      double fv = v - (double)row;
      for (ptrdiff_t column = 0; column < cells; column++) {
        const float *a = mesh + (row * (cells + 1) + column) * 2, *b = a + (cells + 1) * 2;
        double left_x = a[0] * (1 - fv) + b[0] * fv, left_y = a[1] * (1 - fv) + b[1] * fv;
        double right_x = a[2] * (1 - fv) + b[2] * fv, right_y = a[3] * (1 - fv) + b[3] * fv;
        double along = ((double)s + 0.5) * step - (double)column;
        // Pixel centres lie at halves, and the frame adds one.
        int64_t px = (int64_t)((left_x + (right_x - left_x) * along + 0.5) * 65536);
        int64_t py = (int64_t)((left_y + (right_y - left_y) * along + 0.5) * 65536);
        int64_t dx = (int64_t)((right_x - left_x) * step * 65536);
        int64_t dy = (int64_t)((right_y - left_y) * step * 65536);
        ptrdiff_t end = column + 1 == cells ? samples : ((column + 1) * samples + cells / 2) / cells;
        for (; s < end; s++, px += dx, py += dy)
          sums[s / 2] += sample(work, line, held(px, largest_x), held(py, largest_y));
      }
    }
    for (ptrdiff_t x = 0; x < size; x++, to += 3) {
      wide mean = (sums[x] + EACH(128)) >> 8;
      to[0] = (uint8_t)mean;
      to[1] = (uint8_t)(mean >> 16);
      to[2] = (uint8_t)(mean >> 32);
    }
  }
}

PICTOGLOT_CLONES
void augment_colours(uint8_t *pixels, ptrdiff_t count, const float matrix[12]) {
  int32_t m[12];
  for (int i = 0; i < 12; i++) {
    float value = matrix[i] < -1000 ? -1000 : matrix[i] > 1000 ? 1000 : matrix[i];
    m[i] = (int32_t)lrintf(value * 4096);
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    uint8_t *p = pixels + i * 3;
    int32_t red = p[0], green = p[1], blue = p[2];
    for (int c = 0; c < 3; c++) {
      int32_t sum = m[c * 4] * red + m[c * 4 + 1] * green + m[c * 4 + 2] * blue + m[c * 4 + 3] + 2048;
      sum >>= 12;
      p[c] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
    }
  }
}

#define REACH 8

// Weights of a Gaussian in 16-bit fixed point whose sum is exactly 65536; returns the reach.
static int gaussian(float sigma, int32_t weights[2 * REACH + 1]) {
  int reach = (int)ceilf(sigma * 2.5f);
  if (reach < 1) reach = 1;
  if (reach > REACH) reach = REACH;
  float exact[2 * REACH + 1], total = 0;
  for (int k = -reach; k <= reach; k++) {
    exact[k + reach] = expf(-0.5f * (float)(k * k) / (sigma * sigma));
    total += exact[k + reach];
  }
  int32_t sum = 0;
  for (int k = 0; k <= 2 * reach; k++) sum += weights[k] = (int32_t)(exact[k] / total * 65536);
  weights[reach] += 65536 - sum;
  return reach;
}

// Each byte becomes the weighted sum of those `stride` bytes apart around it.
static inline __attribute__((always_inline)) void blurred(const uint8_t *from, ptrdiff_t count,
                                                          ptrdiff_t stride, int reach,
                                                          const int32_t *weights, uint8_t *to) {
  ptrdiff_t x = 0;
  from -= stride * reach;
  for (; x + LANES <= count; x += LANES) {
    lanes sum = (lanes){0} + (1 << 15);
    for (int k = 0; k <= 2 * reach; k++) ADD(sum, from + x + k * stride, weights[k]);
    bytes made = CLIPPED(16, sum);
    memcpy(to + x, &made, LANES);
  }
  for (; x < count; x++) {
    int32_t sum = 1 << 15;
    for (int k = 0; k <= 2 * reach; k++) sum += from[x + k * stride] * weights[k];
    to[x] = (uint8_t)(sum >> 16);
  }
}

PICTOGLOT_CLONES
void augment_blur(uint8_t *pixels, ptrdiff_t width, ptrdiff_t height, uint8_t *work, float sigma) {
  int32_t weights[2 * REACH + 1];
  int reach = gaussian(sigma, weights);
  ptrdiff_t line = width * 3;
  // Down: the picture between copies of its first and last rows.
  for (ptrdiff_t y = -reach; y < height + reach; y++) {
    ptrdiff_t row = y < 0 ? 0 : y >= height ? height - 1 : y;
    memcpy(work + (y + reach) * line, pixels + row * line, (size_t)line);
  }
  blurred(work + reach * line, height * line, line, reach, weights, pixels);
  // Across: each row between copies of its first and last pixels.
  for (ptrdiff_t y = 0; y < height; y++) {
    uint8_t *row = pixels + y * line, *middle = work + REACH * 3;
    memcpy(middle, row, (size_t)line);
    for (int k = 1; k <= reach; k++) {
      memcpy(middle - k * 3, row, 3);
      memcpy(middle + line + (k - 1) * 3, row + line - 3, 3);
    }
    blurred(middle, line, 3, reach, weights, row);
  }
}

PICTOGLOT_CLONES
void augment_noise(uint8_t *pixels, ptrdiff_t count, uint32_t key, int32_t strength) {
  for (ptrdiff_t i = 0; i < count; i++) {
    uint32_t bits = (uint32_t)i + key;
    bits = (bits ^ (bits >> 16)) * 0x7feb352du;
    bits = (bits ^ (bits >> 15)) * 0x846ca68bu;
    bits ^= bits >> 16;
    // The sum of four bytes is near enough to normal.
    int32_t dice = (int32_t)((bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + (bits >> 24));
    int32_t value = pixels[i] + (((dice - 510) * strength + 32768) >> 16);
    pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
  }
}

static inline uint8_t product(unsigned a, unsigned b) {
  unsigned sum = a * b + 128;
  return (uint8_t)(((sum >> 8) + sum) >> 8);
}

ptrdiff_t augment_background(uint8_t *pixels, ptrdiff_t width, ptrdiff_t height, uint8_t *work,
                             int threshold, const uint8_t shade[3]) {
  enum { OTHER = 0, BRIGHT = 1, BACKGROUND = 2, FRINGE = 3 };
  ptrdiff_t area = width * height, waiting = 0, found = 0;
  uint8_t *kind = work + area * 4;
  int32_t *stack = (int32_t *)(void *)work;
  for (ptrdiff_t i = 0; i < area; i++) {
    const uint8_t *p = pixels + i * 3;
    kind[i] = p[0] >= threshold && p[1] >= threshold && p[2] >= threshold;
  }
#define VISIT(i)                   \
  if (kind[i] == BRIGHT) {         \
    kind[i] = BACKGROUND;          \
    stack[waiting++] = (int32_t)(i); \
  }
  for (ptrdiff_t x = 0; x < width; x++) {
    VISIT(x)
    VISIT(area - width + x)
  }
  for (ptrdiff_t y = 0; y < height; y++) {
    VISIT(y * width)
    VISIT(y * width + width - 1)
  }
  while (waiting > 0) {
    ptrdiff_t i = stack[--waiting], x = i % width;
    found++;
    if (x > 0) VISIT(i - 1)
    if (x + 1 < width) VISIT(i + 1)
    if (i >= width) VISIT(i - width)
    if (i + width < area) VISIT(i + width)
  }
#undef VISIT
  if (found == 0) return 0;
  for (ptrdiff_t i = 0; i < area; i++) {
    ptrdiff_t x = i % width;
    if (kind[i] == BACKGROUND) continue;
    if ((x > 0 && kind[i - 1] == BACKGROUND) || (x + 1 < width && kind[i + 1] == BACKGROUND) ||
        (i >= width && kind[i - width] == BACKGROUND) ||
        (i + width < area && kind[i + width] == BACKGROUND))
      kind[i] = FRINGE;
  }
  for (ptrdiff_t i = 0; i < area; i++) {
    if (kind[i] < BACKGROUND) continue;
    for (int c = 0; c < 3; c++) pixels[i * 3 + c] = product(pixels[i * 3 + c], shade[c]);
  }
  return found;
}
