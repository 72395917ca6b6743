#include <stdlib.h>

#include "fast.h"

#ifdef PICTOGLOT_LIBWEBP
#include <webp/decode.h>

fast_result fast_webp_header(const uint8_t *bytes, size_t count, int *width, int *height,
                             int *has_alpha) {
  WebPBitstreamFeatures about;
  if (WebPGetFeatures(bytes, count, &about) != VP8_STATUS_OK || about.has_animation)
    return FAST_REFUSED;
  *width = about.width;
  *height = about.height;
  *has_alpha = about.has_alpha;
  return FAST_DONE;
}

fast_result fast_webp(const uint8_t *bytes, size_t count, int width, int height, uint8_t *to) {
  int seen_width, seen_height, has_alpha;
  if (fast_webp_header(bytes, count, &seen_width, &seen_height, &has_alpha) != FAST_DONE ||
      seen_width != width || seen_height != height)
    return FAST_REFUSED;
  size_t area = (size_t)width * (size_t)height;
  if (!has_alpha)
    return WebPDecodeRGBInto(bytes, count, to, area * 3, width * 3) ? FAST_DONE : FAST_REFUSED;
  uint8_t *work = malloc(area * 4);
  fast_result result = FAST_REFUSED;
  if (work && WebPDecodeRGBAInto(bytes, count, work, area * 4, width * 4)) {
    fast_on_white(work, area, 4, to);
    result = FAST_DONE;
  }
  free(work);
  return result;
}

#else

fast_result fast_webp_header(const uint8_t *bytes, size_t count, int *width, int *height,
                             int *has_alpha) {
  (void)bytes, (void)count, (void)width, (void)height, (void)has_alpha;
  return FAST_REFUSED;
}

fast_result fast_webp(const uint8_t *bytes, size_t count, int width, int height, uint8_t *to) {
  (void)bytes, (void)count, (void)width, (void)height, (void)to;
  return FAST_REFUSED;
}

#endif
