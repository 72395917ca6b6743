#include "augment.h"

#include <math.h>
#include <string.h>

#include "clones.h"

typedef int32_t lanes __attribute__((vector_size(16)));
typedef uint8_t bytes4 __attribute__((vector_size(4)));

static inline __attribute__((always_inline)) lanes pixel(const uint8_t *p) {
  bytes4 raw;
  memcpy(&raw, p, 4);
  return __builtin_convertvector(raw, lanes);
}

// One bilinear sample, times 2¹⁶.
static inline __attribute__((always_inline)) lanes sample(const uint8_t *picture, ptrdiff_t line,
                                                          int32_t x, int32_t y) {
  const uint8_t *p = picture + (y >> 16) * line + (x >> 16) * 4;
  int32_t fx = (x >> 8) & 255, fy = (y >> 8) & 255;
  lanes top = pixel(p) * (256 - fx) + pixel(p + 4) * fx;
  lanes bottom = pixel(p + line) * (256 - fx) + pixel(p + line + 4) * fx;
  return top * (256 - fy) + bottom * fy;
}

static inline int32_t held(float value, int32_t largest) {
  float fixed = value * 65536.0f;
  return fixed > 0 ? fixed < (float)largest ? (int32_t)fixed : largest : 0;
}

// The picture in a frame of one pixel of the shade, four bytes a pixel.
static void framed(const uint8_t *from, ptrdiff_t width, ptrdiff_t height, uint8_t *work,
                   const uint8_t shade[3]) {
  ptrdiff_t line = (width + 3) * 4;
  const uint8_t wide[4] = {shade[0], shade[1], shade[2], 0};
  for (ptrdiff_t x = 0; x < width + 3; x++) {
    memcpy(work + x * 4, wide, 4);
    memcpy(work + (height + 1) * line + x * 4, wide, 4);
  }
  for (ptrdiff_t y = 0; y < height; y++) {
    uint8_t *row = work + (y + 1) * line;
    memcpy(row, wide, 4);
    for (ptrdiff_t x = 0; x < width; x++, from += 3) {
      uint8_t *p = row + (x + 1) * 4;
      p[0] = from[0], p[1] = from[1], p[2] = from[2], p[3] = 0;
    }
    memcpy(row + (width + 1) * 4, wide, 4);
    memcpy(row + (width + 2) * 4, wide, 4);
  }
}

PICTOGLOT_CLONES
void augment_warp(const uint8_t *from, ptrdiff_t width, ptrdiff_t height, uint8_t *work,
                  uint8_t *to, ptrdiff_t size, const float *mesh, ptrdiff_t cells,
                  const uint8_t shade[3]) {
  framed(from, width, height, work, shade);
  ptrdiff_t line = (width + 3) * 4;
  int32_t largest_x = (int32_t)(width + 1) * 65536 - 1;
  int32_t largest_y = (int32_t)(height + 1) * 65536 - 1;
  float step = (float)cells / (float)size;  // of a new pixel, in cells
  for (ptrdiff_t y = 0; y < size; y++) {
    for (ptrdiff_t x = 0; x < size; x++) {
      lanes sum = {1 << 17, 1 << 17, 1 << 17, 0};
      for (int part = 0; part < 4; part++) {
        float u = ((float)x + (part & 1 ? 0.75f : 0.25f)) * step;
        float v = ((float)y + (part & 2 ? 0.75f : 0.25f)) * step;
        ptrdiff_t column = (ptrdiff_t)u, row = (ptrdiff_t)v;
        float fu = u - (float)column, fv = v - (float)row;
        const float *a = mesh + (row * (cells + 1) + column) * 2, *b = a + (cells + 1) * 2;
        float px = (a[0] * (1 - fu) + a[2] * fu) * (1 - fv) + (b[0] * (1 - fu) + b[2] * fu) * fv;
        float py = (a[1] * (1 - fu) + a[3] * fu) * (1 - fv) + (b[1] * (1 - fu) + b[3] * fu) * fv;
        // Pixel centres lie at halves, and the frame adds one.
        sum += sample(work, line, held(px + 0.5f, largest_x), held(py + 0.5f, largest_y));
      }
      sum >>= 18;
      *to++ = (uint8_t)sum[0];
      *to++ = (uint8_t)sum[1];
      *to++ = (uint8_t)sum[2];
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

PICTOGLOT_CLONES
void augment_blur(uint8_t *pixels, ptrdiff_t width, ptrdiff_t height, uint8_t *work, float sigma) {
  int32_t weights[2 * REACH + 1];
  int reach = gaussian(sigma, weights);
  ptrdiff_t line = width * 3;
  for (ptrdiff_t y = 0; y < height; y++) {
    const uint8_t *rows[2 * REACH + 1];
    for (int k = -reach; k <= reach; k++) {
      ptrdiff_t at = y + k < 0 ? 0 : y + k >= height ? height - 1 : y + k;
      rows[k + reach] = pixels + at * line;
    }
    for (ptrdiff_t x = 0; x < line; x++) {
      int32_t sum = 1 << 15;
      for (int k = 0; k <= 2 * reach; k++) sum += rows[k][x] * weights[k];
      work[y * line + x] = (uint8_t)(sum >> 16);
    }
  }
  for (ptrdiff_t y = 0; y < height; y++) {
    const uint8_t *row = work + y * line;
    uint8_t *to = pixels + y * line;
    ptrdiff_t edge = (ptrdiff_t)reach * 3;
    for (ptrdiff_t x = 0; x < line; x++) {
      int32_t sum = 1 << 15;
      if (x >= edge && x + edge < line) {
        for (int k = 0; k <= 2 * reach; k++) sum += row[x + (k - reach) * 3] * weights[k];
      } else {
        for (int k = -reach; k <= reach; k++) {
          ptrdiff_t at = x / 3 + k;
          at = at < 0 ? 0 : at >= width ? width - 1 : at;
          sum += row[at * 3 + x % 3] * weights[k + reach];
        }
      }
      to[x] = (uint8_t)(sum >> 16);
    }
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
