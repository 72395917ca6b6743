#include <string.h>

#include "lanes.h"
#include "fast.h"

PICTOGLOT_CLONES
void fast_on_white(const uint8_t *from, size_t pixels, int channels, uint8_t *to) {
  int colours = channels == 2 ? 1 : 3;
  for (size_t i = 0; i < pixels; i++, from += channels, to += 3) {
    unsigned alpha = from[colours];
    for (int c = 0; c < 3; c++) {
      // Division by 255, rounded.
      unsigned sum = from[colours == 3 ? c : 0] * alpha + 255 * (255 - alpha) + 128;
      to[c] = (uint8_t)(((sum >> 8) + sum) >> 8);
    }
  }
}

fast_result fast_colours(const uint8_t *indices, size_t count, const uint8_t *palette,
                         int colours, uint8_t *to) {
  uint8_t table[256][4] = {{0}};
  if (colours < 1 || colours > 256) return FAST_REFUSED;
  for (int i = 0; i < colours; i++) memcpy(table[i], palette + i * 3, 3);
  unsigned largest = 0;
  // Four bytes at a time, of which the next pixel overwrites the last.
  for (size_t i = 0; i + 1 < count; i++, to += 3) {
    if (indices[i] > largest) largest = indices[i];
    memcpy(to, table[indices[i]], 4);
  }
  if (count > 0) {
    if (indices[count - 1] > largest) largest = indices[count - 1];
    memcpy(to, table[indices[count - 1]], 3);
  }
  return (int)largest < colours ? FAST_DONE : FAST_REFUSED;
}

PICTOGLOT_CLONES
void fast_reorder(const uint8_t *from, size_t pixels, int channels, const uint8_t order[3],
                  uint8_t *to) {
  int first = order[0], second = order[1], third = order[2];
  if (channels == 3 && first == 2 && second == 1 && third == 0) {
    for (size_t i = 0; i < pixels; i++) {
      to[i * 3] = from[i * 3 + 2];
      to[i * 3 + 1] = from[i * 3 + 1];
      to[i * 3 + 2] = from[i * 3];
    }
    return;
  }
  for (size_t i = 0; i < pixels; i++, from += channels, to += 3) {
    to[0] = from[first];
    to[1] = from[second];
    to[2] = from[third];
  }
}
