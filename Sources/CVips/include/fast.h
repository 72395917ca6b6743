// Pictures of the common kinds, decoded without libvips' machinery, which costs more than a small
// picture itself. Whatever is unusual or damaged is refused here, and left to `vips_shim.h`.
#ifndef PICTOGLOT_FAST_H
#define PICTOGLOT_FAST_H

#include <stddef.h>
#include <stdint.h>

/// What became of a picture.
typedef enum {
  FAST_DONE,
  /// Not of the common kind, or damaged, or this was built without the library that it takes.
  FAST_REFUSED,
  /// Made to keep a decoder busy; nobody should try again.
  FAST_HOSTILE,
} fast_result;

/// Decodes a JPEG of 8 bits and one or three channels.
///
/// `to` gets ⌈width / shrink⌉ × ⌈height / shrink⌉ pixels of RGB; `shrink` is 1, 2, 4 or 8, and made
/// by transforming fewer frequencies of each block.
fast_result fast_jpeg(const uint8_t *bytes, size_t count, int width, int height, int shrink,
                      uint8_t *to);

/// Decodes a JPEG of any kind and throws its pixels away: done if nothing is wrong with it.
fast_result fast_jpeg_is_whole(const uint8_t *bytes, size_t count);

/// What a still WebP says of itself; refused for others.
fast_result fast_webp_header(const uint8_t *bytes, size_t count, int *width, int *height,
                             int *has_alpha);

/// Decodes a still WebP onto white.
fast_result fast_webp(const uint8_t *bytes, size_t count, int width, int height, uint8_t *to);

/// What `fast_png` needs of a PNG's header.
typedef struct {
  int width, height;
  int bits;      // of a channel or an index: 1, 2, 4 or 8
  int channels;  // as stored: 1 to 4
  /// For indices and greys: three bytes for each, already on white; null otherwise.
  const uint8_t *palette;
  int colours;
  /// Whether `key` is the colour that is transparent, in a picture of three channels.
  int has_key;
  uint8_t key[3];
} fast_png_header;

/// Decodes the packed rows of a PNG that is not interlaced.
fast_result fast_png(const uint8_t *packed, size_t count, const fast_png_header *header,
                     uint8_t *to);

/// The checksum of PNG's chunks.
uint32_t fast_crc(const uint8_t *bytes, size_t count);

/// Unpacks the sub-blocks of a GIF's frame to `count` indices.
///
/// `bits` is the file's smallest code size, 2 to 8.
fast_result fast_gif(const uint8_t *bytes, size_t size, int bits, uint8_t *indices,
                     size_t count);

/// Looks up `count` indices in `palette`, three bytes a colour; refused where one is not below
/// `colours`.
fast_result fast_colours(const uint8_t *indices, size_t count, const uint8_t *palette,
                         int colours, uint8_t *to);

/// Pixels of some channels become three: red, green and blue are at `order[0...2]` of each.
void fast_reorder(const uint8_t *from, size_t pixels, int channels, const uint8_t order[3],
                  uint8_t *to);

/// RGBA, or grey and alpha where there are two channels, on white; further channels are passed over.
void fast_on_white(const uint8_t *from, size_t pixels, int channels, uint8_t *to);

#endif
