// libvips for Swift: fixed argument lists, no global state to set up, and no picture that is not
// 8-bit RGB at the end. Every function is safe to call from many threads at once.
#ifndef PICTOGLOT_VIPS_SHIM_H
#define PICTOGLOT_VIPS_SHIM_H

#include <stddef.h>
#include <stdint.h>

/// The kinds of file that libvips reads for us; each is read by that one loader and no other.
typedef enum {
  VS_JPEG,
  VS_PNG,
  VS_WEBP,
  VS_GIF,
  VS_TIFF,
  VS_HEIF,
  VS_SVG,
} vs_format;

/// What the pixels of a file are made of.
typedef enum {
  VS_OTHER,
  VS_GREY,
  VS_RGB,
  VS_CMYK,
} vs_colours;

typedef struct {
  int width;        // as stored, before the EXIF turn
  int height;
  int bands;        // channels as stored, alpha included
  int bits;         // of one channel
  int orientation;  // EXIF, 1 to 8; 0 where the file says nothing
  int frames;
  vs_colours colours;
  const uint8_t *profile;  // the file's colour profile, until vs_close; null where it has none
  size_t profile_size;
} vs_header;

/// Starts libvips once, with its cache and its chatter off; 0 where that worked.
int vs_start(void);

/// A file that has been opened: its header is read, its pixels are not.
typedef struct vs_file vs_file;

/// Reads what a file says about itself; null where that failed, and `message` gets the reason.
///
/// The bytes must stay until `vs_close`. A `shrink` of 2, 4 or 8 asks for a JPEG of that fraction
/// of its size, rounded up, and the header then tells the smaller size; otherwise it is 1.
vs_file *vs_open(const uint8_t *bytes, size_t count, vs_format format, int shrink,
                 vs_header *header, char *message, size_t message_size);

/// What `vs_decode` gives where the samples of a sound file could mean several things.
enum { VS_UNCLEAR = 1 };

/// Decodes the first frame into `width * height * 3` bytes of sRGB on white, not yet turned.
///
/// Once for each opened file; 0 where it worked. The file's profile is passed over unless it is to
/// be applied.
int vs_decode(vs_file *file, int applies_profile, uint8_t *to, char *message, size_t message_size);

void vs_close(vs_file *file);

/// Encodes RGB as PNG (`quality` 0) or JPEG (`quality` 1 to 100); to be freed by `vs_free`.
uint8_t *vs_encode(const uint8_t *pixels, int width, int height, int quality, size_t *count,
                   char *message, size_t message_size);

void vs_free(void *made);

#endif
