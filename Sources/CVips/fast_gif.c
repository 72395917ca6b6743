#include <string.h>

#include "fast.h"

// The data of consecutive sub-blocks as one stream of bits, least significant first.
typedef struct {
  const uint8_t *next, *end;
  const uint8_t *block_end;
  uint64_t bits;
  int count;
} stream;

// At least 12 bits, or all that are left.
static inline void fill(stream *s) {
  while (s->count <= 48) {
    if (s->next == s->block_end) {
      if (s->next == s->end || *s->next == 0) return;
      size_t size = *s->next;
      if ((size_t)(s->end - s->next - 1) < size) return;
      s->next++;
      s->block_end = s->next + size;
    }
    s->bits |= (uint64_t)*s->next++ << s->count;
    s->count += 8;
  }
}

// A string of indices: the bytes that were written when its code came into being.
typedef struct {
  uint32_t start;
  uint32_t length;
} string;

// Source: CompuServe, Graphics Interchange Format, version 89a, appendix F.
fast_result fast_gif(const uint8_t *bytes, size_t size, int bits, uint8_t *indices,
                     size_t count) {
  if (bits < 2 || bits > 8 || count > UINT32_MAX) return FAST_REFUSED;
  stream s = {.next = bytes, .end = bytes + size, .block_end = bytes};
  const unsigned clear = 1u << bits, end = clear + 1;
  string strings[4096];
  unsigned next = clear + 2;
  int width = bits + 1;
  size_t made = 0, last = 0, last_length = 0;
  int is_first = 1;
  for (;;) {
    if (s.count < width) {
      fill(&s);
      if (s.count < width) return FAST_REFUSED;
    }
    unsigned code = (unsigned)(s.bits & ((1u << width) - 1));
    s.bits >>= width;
    s.count -= width;
    if (code == clear) {
      next = clear + 2;
      width = bits + 1;
      is_first = 1;
      continue;
    }
    if (code == end) break;
    size_t length = code < clear ? 1 : code < next ? strings[code].length : last_length + 1;
    if (code > next || (is_first && code >= clear) || length > count - made) return FAST_REFUSED;
    uint8_t *to = indices + made;
    if (code < clear) {
      *to = (uint8_t)code;
    } else {
      // The newest string is the last one and its own first index: that is where it begins.
      const uint8_t *from = indices + (code < next ? strings[code].start : last);
      if (length <= 16 && made + 16 <= count && from + 16 <= to) {
        memcpy(to, from, 16);
      } else {
        for (size_t i = 0; i < length; i++) to[i] = from[i];
      }
    }
    if (!is_first && next < 4096) {
      strings[next] = (string){(uint32_t)last, (uint32_t)last_length + 1};
      next++;
      if (next == 1u << width && width < 12) width++;
    }
    is_first = 0;
    last = made;
    last_length = length;
    made += length;
  }
  return made == count ? FAST_DONE : FAST_REFUSED;
}
