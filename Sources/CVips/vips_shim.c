#include "vips_shim.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>
#include <vips/vips.h>

#include "fast.h"

static void ignore_log(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer data) {
  (void)domain, (void)level, (void)text, (void)data;
}

static gpointer start(gpointer unused) {
  (void)unused;
  if (vips_init("pictoglot") != 0) return NULL;
  // A picture is read once: a cache would only hold memory. Parallelism is across pictures.
  vips_cache_set_max(0);
  vips_concurrency_set(1);
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoadSvg", FALSE);
  // One line on standard error for each bad tile of a bad file would drown our one line.
  g_log_set_handler("VIPS", G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION, ignore_log,
                    NULL);
  g_log_set_handler("GLib-GObject", G_LOG_LEVEL_WARNING, ignore_log, NULL);
  return GINT_TO_POINTER(1);
}

int vs_start(void) {
  static GOnce once = G_ONCE_INIT;
  return g_once(&once, start, NULL) ? 0 : -1;
}

// The buffer is one for all threads, so its text is a hint; the return code is the truth.
static void explain(char *message, size_t size) {
  if (size == 0) return;
  char *text = vips_error_buffer_copy();
  g_strlcpy(message, text ? text : "", size);
  g_free(text);
  for (char *c = message; *c; c++) {
    if (*c == '\n') {
      *c = 0;
      break;
    }
  }
}

// What a file is opened from, to open it again.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  vs_format format;
  int shrink;
} source;

static VipsImage *load(const source *from) {
  VipsImage *image = NULL;
  void *buffer = (void *)from->bytes;
  size_t count = from->count;
  int failed;
#define LOAD(loader, ...)                                                              \
  loader(buffer, count, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, \
         ##__VA_ARGS__, NULL)
  switch (from->format) {
    case VS_JPEG: failed = LOAD(vips_jpegload_buffer, "shrink", from->shrink); break;
    case VS_PNG: failed = LOAD(vips_pngload_buffer); break;
    case VS_WEBP: failed = LOAD(vips_webpload_buffer); break;
    case VS_GIF: failed = LOAD(vips_gifload_buffer); break;
    case VS_TIFF: failed = LOAD(vips_tiffload_buffer); break;
    case VS_HEIF: failed = LOAD(vips_heifload_buffer); break;
    case VS_SVG: failed = LOAD(vips_svgload_buffer); break;
    default: failed = -1;
  }
#undef LOAD
  return failed ? NULL : image;
}

static int bits_of(VipsImage *image) {
  int bits = 0;
  if (vips_image_get_typeof(image, "bits-per-sample") &&
      vips_image_get_int(image, "bits-per-sample", &bits) == 0)
    return bits;
  return (int)vips_format_sizeof(vips_image_get_format(image)) * 8;
}

static vs_colours colours_of(VipsImage *image) {
  switch (vips_image_get_interpretation(image)) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16: return VS_GREY;
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_scRGB:
    case VIPS_INTERPRETATION_sRGB: return VS_RGB;
    case VIPS_INTERPRETATION_CMYK: return VS_CMYK;
    default: return VS_OTHER;
  }
}

struct vs_file {
  VipsImage *image;
  int width, height;
  source source;
};

vs_file *vs_open(const uint8_t *bytes, size_t count, vs_format format, int shrink,
                 vs_header *header, char *message, size_t message_size) {
  vips_error_clear();
  source source = {bytes, count, format, shrink};
  VipsImage *image = load(&source);
  vs_file *file = image ? g_try_new(vs_file, 1) : NULL;
  if (!file) {
    if (image) g_object_unref(image);
    explain(message, message_size);
    vips_error_clear();
    return NULL;
  }
  int orientation = 0;
  if (vips_image_get_typeof(image, VIPS_META_ORIENTATION) &&
      vips_image_get_int(image, VIPS_META_ORIENTATION, &orientation) != 0)
    orientation = 0;
  const void *profile = NULL;
  size_t profile_size = 0;
  if (!vips_image_get_typeof(image, VIPS_META_ICC_NAME) ||
      vips_image_get_blob(image, VIPS_META_ICC_NAME, &profile, &profile_size) != 0)
    profile = NULL;
  *file = (vs_file){image, vips_image_get_width(image), vips_image_get_height(image), source};
  *header = (vs_header){
    .width = file->width,
    .height = file->height,
    // Packed measured colours have a fourth byte, which holds the last bits of the others.
    .bands = vips_image_get_coding(image) == VIPS_CODING_LABQ ? 3 : vips_image_get_bands(image),
    .bits = bits_of(image),
    .orientation = orientation >= 1 && orientation <= 8 ? orientation : 0,
    .frames = vips_image_get_n_pages(image),
    .colours = colours_of(image),
    .profile = profile,
    .profile_size = profile_size,
  };
  return file;
}

void vs_close(vs_file *file) {
  g_object_unref(file->image);
  g_free(file);
  vips_error_clear();
}

static void replace(VipsImage **image, VipsImage *with) {
  g_object_unref(*image);
  *image = with;
}

enum { STRIP = 64 };

// The samples of a picture: the smallest, the largest, and whether all are whole numbers.
typedef struct {
  double least, most;
  gboolean is_whole, is_finite;
} range;

static int find_range(const source *from, range *found) {
  VipsImage *image = load(from), *numbers = NULL;
  if (!image) return -1;
  int failed = vips_cast_double(image, &numbers, NULL);
  g_object_unref(image);
  if (failed) return -1;
  VipsRegion *region = vips_region_new(numbers);
  int width = vips_image_get_width(numbers), height = vips_image_get_height(numbers);
  size_t samples = (size_t)width * (size_t)vips_image_get_bands(numbers);
  *found = (range){INFINITY, -INFINITY, TRUE, TRUE};
  failed = region == NULL;
  for (int top = 0; !failed && top < height; top += STRIP) {
    VipsRect strip = {0, top, width, MIN(STRIP, height - top)};
    failed = vips_region_prepare(region, &strip);
    for (int y = top; !failed && y < top + strip.height; y++) {
      const double *row = (const double *)(const void *)VIPS_REGION_ADDR(region, 0, y);
      for (size_t i = 0; i < samples; i++) {
        found->least = fmin(found->least, row[i]);
        found->most = fmax(found->most, row[i]);
        found->is_whole &= row[i] == rint(row[i]);
        found->is_finite &= isfinite(row[i]);
      }
    }
  }
  if (region) g_object_unref(region);
  g_object_unref(numbers);
  return failed;
}

// Makes samples of any type 8 or 16 bits wide, where it is clear what they mean: numbers with a
// point from 0 to 1, or whole ones from 0 to 255 or to 65,535.
static int settle(vs_file *file, char *message, size_t message_size) {
  VipsBandFormat format = vips_image_get_format(file->image);
  VipsInterpretation space = vips_image_get_interpretation(file->image);
  if (format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT ||
      space == VIPS_INTERPRETATION_LABS || space == VIPS_INTERPRETATION_LAB)
    return 0;
  range range;
  if (vips_band_format_iscomplex(format) || find_range(&file->source, &range)) return -1;
  gboolean is_share = vips_band_format_isfloat(format) && range.least >= -1e-3 &&
                      range.most <= 1 + 1e-3;
  gboolean is_level = range.is_whole && range.least >= 0 && range.most <= 65535;
  if (!range.is_finite || (!is_share && !is_level)) {
    if (range.is_finite)
      g_snprintf(message, message_size,
                 "its samples go from %g to %g, and nothing says which of them is white",
                 range.least, range.most);
    else
      g_strlcpy(message, "some of its samples are not finite numbers", message_size);
    return VS_UNCLEAR;
  }
  gboolean is_deep = !is_share && range.most > 255, is_grey = colours_of(file->image) == VS_GREY;
  VipsImage *scaled = NULL, *cast = NULL, *out = NULL;
  if (space != VIPS_INTERPRETATION_CMYK)
    space = is_grey ? (is_deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                    : (is_deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
  // Casting cuts off what is behind the point.
  int failed =
    vips_linear1(file->image, &scaled, is_share ? 255 : 1, 0.5, NULL) ||
    vips_cast(scaled, &cast, is_deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, NULL) ||
    vips_copy(cast, &out, "interpretation", space, NULL);
  if (scaled) g_object_unref(scaled);
  if (cast) g_object_unref(cast);
  if (failed) return -1;
  replace(&file->image, out);
  return 0;
}

// Colours measured by the eye are what profiles convert by, so sRGB's profile is enough.
static int lab_to_srgb(VipsImage **image) {
  VipsImage *lab = NULL, *out = NULL;
  if (vips_colourspace(*image, &lab, VIPS_INTERPRETATION_LAB, NULL)) return -1;
  int failed = vips_icc_export(lab, &out, "output_profile", "srgb", "depth", 8, NULL);
  g_object_unref(lab);
  if (failed) return -1;
  replace(image, out);
  return 0;
}

// Brings any colours to sRGB or grey of 8 or 16 bits, each with or without alpha, or bare CMYK.
static int to_srgb(VipsImage **image, gboolean applies_profile) {
  VipsImage *out = NULL;
  VipsInterpretation space = vips_image_get_interpretation(*image);
  if (space == VIPS_INTERPRETATION_LAB || space == VIPS_INTERPRETATION_LABQ ||
      space == VIPS_INTERPRETATION_LABS)
    return lab_to_srgb(image);
  gboolean is_cmyk = space == VIPS_INTERPRETATION_CMYK, managed = FALSE;
  if (applies_profile) {
    // A profile that turns out to be broken is passed over, as every browser does.
    if (vips_icc_transform(*image, &out, "srgb", "embedded", TRUE, "depth", 8, NULL) == 0) {
      replace(image, out);
      managed = TRUE;
    }
    out = NULL;
  }
  if (is_cmyk && !managed) {
    // Left as four bands: the arithmetic is done with the pixels in hand.
    if (vips_cast(*image, &out, VIPS_FORMAT_UCHAR, "shift", TRUE, NULL)) return -1;
    replace(image, out);
    return 0;
  }
  space = vips_image_get_interpretation(*image);
  VipsBandFormat format = vips_image_get_format(*image);
  gboolean is_deep = format == VIPS_FORMAT_USHORT && (space == VIPS_INTERPRETATION_GREY16 ||
                                                      space == VIPS_INTERPRETATION_RGB16);
  if (is_deep) return 0;
  if (space != VIPS_INTERPRETATION_sRGB && space != VIPS_INTERPRETATION_B_W &&
      space != VIPS_INTERPRETATION_MULTIBAND) {
    VipsInterpretation target = space == VIPS_INTERPRETATION_GREY16 ? VIPS_INTERPRETATION_B_W
                                                                   : VIPS_INTERPRETATION_sRGB;
    if (vips_colourspace(*image, &out, target, NULL)) return -1;
    replace(image, out);
  }
  if (vips_image_get_format(*image) != VIPS_FORMAT_UCHAR) {
    if (vips_cast(*image, &out, VIPS_FORMAT_UCHAR, "shift", TRUE, NULL)) return -1;
    replace(image, out);
  }
  return 0;
}

// As Pillow does it, and so as published models saw it; it has no profile to go by either.
static inline uint8_t ink(unsigned colour, unsigned black) {
  unsigned white = 255 - black;
  unsigned product = colour * white + 128;
  return (uint8_t)(white - (((product >> 8) + product) >> 8));
}

static void to_rgb(const uint8_t *from, uint8_t *to, size_t pixels, int bands, gboolean is_cmyk) {
  if (is_cmyk && bands >= 4) {
    for (size_t i = 0; i < pixels; i++, from += bands, to += 3)
      for (int c = 0; c < 3; c++) to[c] = ink(from[c], from[3]);
  } else if (bands == 1) {
    for (size_t i = 0; i < pixels; i++, to += 3) to[0] = to[1] = to[2] = from[i];
  } else if (bands == 3) {
    memcpy(to, from, pixels * 3);
  } else {
    fast_on_white(from, pixels, bands, to);
  }
}

// The upper halves, as Pillow takes them, or the lower ones of the colours.
static void to_bytes(const uint16_t *from, uint8_t *to, size_t count, int bands, gboolean lower) {
  if (!lower) {
    for (size_t i = 0; i < count; i++) to[i] = (uint8_t)(from[i] >> 8);
  } else if (bands == 1) {
    for (size_t i = 0; i < count; i++) to[i] = (uint8_t)from[i];
  } else {
    for (size_t i = 0; i < count; i++) to[i] = (uint8_t)(i % 2 ? from[i] >> 8 : from[i]);
  }
}

// A 16-bit grey picture that is all but black holds 8-bit values: somebody forgot to scale them.
static int find_lower(VipsImage **image, gboolean *lower) {
  VipsImage *copy = vips_image_copy_memory(*image), *grey = NULL;
  double largest = 0;
  if (!copy) return -1;
  replace(image, copy);
  int failed = vips_extract_band(copy, &grey, 0, NULL) || vips_max(grey, &largest, NULL);
  *lower = largest < 256;
  if (grey) g_object_unref(grey);
  return failed;
}

// Pixels are asked for strip by strip in this thread: vips' own way of writing to memory hands
// each strip to another thread, which costs more than decoding a small picture.
static int read_pixels(VipsImage **from, uint8_t *to, int width, int height) {
  int bands = vips_image_get_bands(*from);
  gboolean is_cmyk = vips_image_get_interpretation(*from) == VIPS_INTERPRETATION_CMYK;
  gboolean is_deep = vips_image_get_format(*from) == VIPS_FORMAT_USHORT, lower = FALSE;
  if (is_deep && bands <= 2 && find_lower(from, &lower)) return -1;
  size_t samples = (size_t)width * (size_t)bands;
  uint8_t *work = is_deep ? g_try_malloc(samples) : NULL;
  VipsRegion *region = vips_region_new(*from);
  int failed = region == NULL || (is_deep && work == NULL);
  for (int top = 0; !failed && top < height; top += STRIP) {
    VipsRect strip = {0, top, width, MIN(STRIP, height - top)};
    failed = vips_region_prepare(region, &strip);
    for (int y = top; !failed && y < top + strip.height; y++) {
      const uint8_t *row = VIPS_REGION_ADDR(region, 0, y);
      if (is_deep) {
        to_bytes((const uint16_t *)(const void *)row, work, samples, bands, lower);
        row = work;
      }
      to_rgb(row, to + (size_t)y * (size_t)width * 3, (size_t)width, bands, is_cmyk);
    }
  }
  if (region) g_object_unref(region);
  g_free(work);
  return failed;
}

int vs_decode(vs_file *file, int applies_profile, uint8_t *to, char *message, size_t message_size) {
  vips_error_clear();
  int failed = settle(file, message, message_size);
  if (failed == VS_UNCLEAR) return failed;
  if (!failed) failed = to_srgb(&file->image, applies_profile);
  if (!failed && (vips_image_get_width(file->image) != file->width ||
                  vips_image_get_height(file->image) != file->height))
    failed = -1;
  if (!failed) failed = read_pixels(&file->image, to, file->width, file->height);
  if (failed) explain(message, message_size);
  vips_error_clear();
  return failed;
}

uint8_t *vs_encode(const uint8_t *pixels, int width, int height, int quality, size_t *count,
                   char *message, size_t message_size) {
  vips_error_clear();
  void *made = NULL;
  size_t size = (size_t)width * (size_t)height * 3;
  VipsImage *image =
    vips_image_new_from_memory(pixels, size, width, height, 3, VIPS_FORMAT_UCHAR);
  int failed = image == NULL;
  if (!failed) {
    image->Type = VIPS_INTERPRETATION_sRGB;
    failed = quality > 0 ? vips_jpegsave_buffer(image, &made, count, "Q", quality, "strip", TRUE, NULL)
                         : vips_pngsave_buffer(image, &made, count, "strip", TRUE, NULL);
  }
  if (failed) explain(message, message_size);
  if (image) g_object_unref(image);
  vips_error_clear();
  return failed ? NULL : made;
}

void vs_free(void *made) { g_free(made); }
