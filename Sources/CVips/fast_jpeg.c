#include <stdio.h>

#include "fast.h"

#ifdef PICTOGLOT_LIBJPEG
#include <jpeglib.h>
#include <setjmp.h>

// Damaged or hostile progressive files can have any number of scans, each as long as a picture.
enum { MOST_SCANS = 500 };

typedef struct guard {
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf way_out;
  int is_hostile;
} guard;

static void leave(j_common_ptr decoder) {
  longjmp(((guard *)decoder->err)->way_out, 1);
}

// Any warning: the file is damaged, and somebody else decides.
static void complain(j_common_ptr decoder, int level) {
  if (level < 0) leave(decoder);
}

static void count_scans(j_common_ptr decoder) {
  if (((j_decompress_ptr)decoder)->input_scan_number <= MOST_SCANS) return;
  ((guard *)decoder->err)->is_hostile = 1;
  leave(decoder);
}

static int is_common(const struct jpeg_decompress_struct *decoder) {
  J_COLOR_SPACE space = decoder->jpeg_color_space;
  return decoder->data_precision == 8 &&
         ((decoder->num_components == 1 && space == JCS_GRAYSCALE) ||
          (decoder->num_components == 3 && (space == JCS_YCbCr || space == JCS_RGB)));
}

static void prepare(struct jpeg_decompress_struct *decoder, guard *guard) {
  *guard = (struct guard){.is_hostile = 0};
  decoder->err = jpeg_std_error(&guard->errors);
  guard->errors.error_exit = leave;
  guard->errors.emit_message = complain;
}

static void read_header(struct jpeg_decompress_struct *decoder, guard *guard, const uint8_t *bytes,
                        size_t count) {
  jpeg_create_decompress(decoder);
  guard->progress.progress_monitor = count_scans;
  decoder->progress = &guard->progress;
  jpeg_mem_src(decoder, bytes, count);
  jpeg_read_header(decoder, TRUE);
}

fast_result fast_jpeg(const uint8_t *bytes, size_t count, int width, int height, int shrink,
                      uint8_t *to) {
  struct jpeg_decompress_struct decoder;
  guard guard;
  prepare(&decoder, &guard);
  if (setjmp(guard.way_out)) {
    jpeg_destroy_decompress(&decoder);
    return guard.is_hostile ? FAST_HOSTILE : FAST_REFUSED;
  }
  read_header(&decoder, &guard, bytes, count);
  if ((int)decoder.image_width != width || (int)decoder.image_height != height ||
      !is_common(&decoder))
    leave((j_common_ptr)&decoder);
  decoder.out_color_space = JCS_RGB;
  decoder.scale_num = 1;
  decoder.scale_denom = (unsigned)shrink;
  jpeg_start_decompress(&decoder);
  if ((int)decoder.output_width != (width + shrink - 1) / shrink ||
      (int)decoder.output_height != (height + shrink - 1) / shrink)
    leave((j_common_ptr)&decoder);
  size_t line = (size_t)decoder.output_width * 3;
  while (decoder.output_scanline < decoder.output_height) {
    // Blocks of 8 or 16 lines become ready together.
    JSAMPROW rows[16];
    unsigned ready = decoder.output_height - decoder.output_scanline;
    if (ready > 16) ready = 16;
    for (unsigned i = 0; i < ready; i++) rows[i] = to + (decoder.output_scanline + i) * line;
    jpeg_read_scanlines(&decoder, rows, ready);
  }
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return FAST_DONE;
}

fast_result fast_jpeg_is_whole(const uint8_t *bytes, size_t count) {
  struct jpeg_decompress_struct decoder;
  guard guard;
  prepare(&decoder, &guard);
  if (setjmp(guard.way_out)) {
    jpeg_destroy_decompress(&decoder);
    return guard.is_hostile ? FAST_HOSTILE : FAST_REFUSED;
  }
  read_header(&decoder, &guard, bytes, count);
  // All of the file is read, and as little as possible is made of it.
  decoder.out_color_space = decoder.jpeg_color_space;
  decoder.scale_num = 1;
  decoder.scale_denom = 8;
  jpeg_start_decompress(&decoder);
  JSAMPARRAY row = decoder.mem->alloc_sarray((j_common_ptr)&decoder, JPOOL_IMAGE,
                                             decoder.output_width * decoder.output_components, 1);
  while (decoder.output_scanline < decoder.output_height) jpeg_read_scanlines(&decoder, row, 1);
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return FAST_DONE;
}

#else

fast_result fast_jpeg_is_whole(const uint8_t *bytes, size_t count) {
  (void)bytes, (void)count;
  return FAST_REFUSED;
}

fast_result fast_jpeg(const uint8_t *bytes, size_t count, int width, int height, int shrink,
                      uint8_t *to) {
  (void)bytes, (void)count, (void)width, (void)height, (void)shrink, (void)to;
  return FAST_REFUSED;
}

#endif
