#include <stdlib.h>

#include "plain.h"

#ifdef PICTOGLOT_LIBWEBP
#include <webp/decode.h>

plain_result plain_webp_header(const uint8_t *bytes, size_t count, int *width, int *height,
                               int *has_alpha) {
  WebPBitstreamFeatures about;
  if (WebPGetFeatures(bytes, count, &about) != VP8_STATUS_OK || about.has_animation)
    return PLAIN_REFUSED;
  *width = about.width;
  *height = about.height;
  *has_alpha = about.has_alpha;
  return PLAIN_DONE;
}

plain_result plain_webp(const uint8_t *bytes, size_t count, int width, int height, uint8_t *to) {
  int seen_width, seen_height, has_alpha;
  if (plain_webp_header(bytes, count, &seen_width, &seen_height, &has_alpha) != PLAIN_DONE ||
      seen_width != width || seen_height != height)
    return PLAIN_REFUSED;
  size_t area = (size_t)width * (size_t)height;
  if (!has_alpha)
    return WebPDecodeRGBInto(bytes, count, to, area * 3, width * 3) ? PLAIN_DONE : PLAIN_REFUSED;
  uint8_t *work = malloc(area * 4);
  plain_result result = PLAIN_REFUSED;
  if (work && WebPDecodeRGBAInto(bytes, count, work, area * 4, width * 4)) {
    plain_on_white(work, area, 4, to);
    result = PLAIN_DONE;
  }
  free(work);
  return result;
}

#else

plain_result plain_webp_header(const uint8_t *bytes, size_t count, int *width, int *height,
                               int *has_alpha) {
  (void)bytes, (void)count, (void)width, (void)height, (void)has_alpha;
  return PLAIN_REFUSED;
}

plain_result plain_webp(const uint8_t *bytes, size_t count, int width, int height, uint8_t *to) {
  (void)bytes, (void)count, (void)width, (void)height, (void)to;
  return PLAIN_REFUSED;
}

#endif
