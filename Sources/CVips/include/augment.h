// The inner loops of augmentation, on interleaved 8-bit RGB.
#ifndef PICTOGLOT_AUGMENT_H
#define PICTOGLOT_AUGMENT_H

#include <stddef.h>
#include <stdint.h>

/// Draws a picture through a mesh: each new pixel is the mean of four bilinear samples.
///
/// `mesh` holds (cells + 1)² pairs of x and y, row by row: where in `from` the corners of the new
/// picture's `cells` × `cells` parts lie, in pixels; between corners it is linear. Beyond the
/// picture there is `shade` (red, green, blue). `work` holds (width + 3) * (height + 2) + size
/// numbers of 8 bytes.
void augment_warp(const uint8_t *from, ptrdiff_t width, ptrdiff_t height, void *work, uint8_t *to,
                  ptrdiff_t size, const float *mesh, ptrdiff_t cells,
                  const uint8_t shade[3]);

/// Each colour c becomes M c + m, rounded and held to 0...255; rows of `matrix` are (M, m).
void augment_colours(uint8_t *pixels, ptrdiff_t count, const float matrix[12]);

/// A Gaussian blur; edges are repeated. `work` is 16 rows larger than the picture, and 48 bytes.
void augment_blur(uint8_t *pixels, ptrdiff_t width, ptrdiff_t height, uint8_t *work, float sigma);

/// Adds noise to each byte, always the same for one `key`; a deviation of 147.8 levels has the
/// strength 65536.
void augment_noise(uint8_t *pixels, ptrdiff_t count, uint32_t key, int32_t strength);

/// Multiplies by `shade` what is at least `threshold` in all channels and connected with the
/// border, and the pixels next to it. `work` is 5 * width * height bytes; returns how many.
ptrdiff_t augment_background(uint8_t *pixels, ptrdiff_t width, ptrdiff_t height, uint8_t *work,
                             int threshold, const uint8_t shade[3]);

#endif
