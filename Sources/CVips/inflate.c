#include <gio/gio.h>

#include "vips_door.h"

ptrdiff_t vd_inflate(const uint8_t *bytes, size_t count, uint8_t *to, size_t limit) {
  GConverter *inflater = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  size_t used = 0, made = 0;
  GConverterResult result = G_CONVERTER_CONVERTED;
  while (result == G_CONVERTER_CONVERTED && made < limit) {
    gsize read = 0, written = 0;
    result = g_converter_convert(inflater, bytes + used, count - used, to + made, limit - made,
                                 G_CONVERTER_INPUT_AT_END, &read, &written, NULL);
    used += read;
    made += written;
  }
  g_object_unref(inflater);
  return result == G_CONVERTER_ERROR ? -1 : (ptrdiff_t)made;
}
