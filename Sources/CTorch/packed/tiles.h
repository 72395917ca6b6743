// Products on a processor's matrix unit (AMX), for the number types that it knows. Included inside an
// anonymous namespace, by product.h.
//
// 32 rows by 32 outputs of sums stay in four of the eight tile registers, a tile being 16 rows of 64
// bytes; of rows and weights, 16 units go by at a time. Weights lie in panels as the vector units want
// them, which is how the matrix unit wants them, too.
//
// Source: Intel Architecture Instruction Set Extensions Programming Reference, chapter “AMX”.

constexpr int64_t tile_rows = 16, tile_units = 16;

// What LDTILECFG reads.
struct alignas(64) TileShapes {
  uint8_t palette = 1, start = 0, reserved[14] = {};
  uint16_t bytes[16] = {};
  uint8_t rows[16] = {};

  // Of `count` rows, at most 32: tiles 0 and 1 take the sums of the first 16, 2 and 3 those of the
  // others; 4 and 5 are rows of inputs, 6 and 7 weights.
  explicit TileShapes(int64_t count) {
    const uint8_t upper = std::min(count, tile_rows), lower = std::max<int64_t>(1, count - upper);
    const uint8_t heights[8] = {upper, upper, lower, lower, upper, lower, tile_rows, tile_rows};
    for (int i = 0; i < 8; i++) {
      bytes[i] = 64;
      rows[i] = heights[i];
    }
  }
};

// Adds up the units [from, to) of a chunk, for the rows from `row` on (more than 16 if `two`) and the
// outputs of one panel; `sums` holds 32 a row, which are added to if `adds`.
template <class Kind, bool two>
void tile_sums(const Rows &rows, int64_t row, const int32_t *panel, int64_t from, int64_t to, bool adds,
               typename Kind::Element32 *sums) {
  const int32_t *x = rows.data + row * rows.stride, *lower = x + tile_rows * rows.stride;
  const int32_t *b = panel + from * panel_width;
  const int64_t stride = rows.stride * 4, b_stride = panel_width * 4;
  auto lower_sums = sums + tile_rows * panel_width;
  if (adds) {
    _tile_loadd(0, sums, b_stride);
    _tile_loadd(1, sums + 16, b_stride);
    if (two) {
      _tile_loadd(2, lower_sums, b_stride);
      _tile_loadd(3, lower_sums + 16, b_stride);
    }
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  // The last step may go beyond the inputs. Weights are zeros there; so are rows of bfloat16, which
  // could hold no numbers otherwise. Any byte of an int8 row times zero is zero.
  for (int64_t i = from; i < to; i += tile_units, b += tile_units * panel_width) {
    _tile_loadd(6, b, b_stride);
    _tile_loadd(4, x + i, stride);
    Kind::template tile_step<0, 4, 6>();
    _tile_loadd(7, b + 16, b_stride);
    Kind::template tile_step<1, 4, 7>();
    if (two) {
      _tile_loadd(5, lower + i, stride);
      Kind::template tile_step<2, 5, 6>();
      Kind::template tile_step<3, 5, 7>();
    }
  }
  _tile_stored(0, sums, b_stride);
  _tile_stored(1, sums + 16, b_stride);
  if (two) {
    _tile_stored(2, lower_sums, b_stride);
    _tile_stored(3, lower_sums + 16, b_stride);
  }
}

// As `multiply`.
template <class Kind>
void multiply_in_tiles(const Rows &rows, int64_t count, const Packed &w, int64_t chunk, int64_t from,
                       int64_t to, const Output &out) {
  static thread_local Aligned<typename Kind::Element32> space;
  static thread_local int64_t reserved = 0;
  if (count > reserved) {
    reserved = round_up(count, 2 * tile_rows);
    space = aligned_array<typename Kind::Element32>(reserved * panel_width);
  }
  auto sums = space.get();
  const int64_t begin = chunk * w.chunk / Kind::per_unit;
  const int64_t units = std::min(w.units - begin, w.chunk / Kind::per_unit);
  const int64_t parts = (count + 2 * tile_rows - 1) / (2 * tile_rows);
  // So much of a panel stays in the first cache while all rows go by.
  const int64_t block = parts > 1 ? 192 : units;
  int64_t shaped = 0;
  for (int64_t p = from; p < to; p++) {
    const int32_t *panel = w.data.get() + (p * w.stored_units() + begin) * panel_width;
    for (int64_t at = 0; at < units; at += block) {
      for (int64_t part = 0; part < parts; part++) {
        const int64_t row = count * part / parts, size = count * (part + 1) / parts - row;
        if (size != shaped) {
          const TileShapes shapes(size);
          _tile_loadconfig(&shapes);
          shaped = size;
        }
        const int64_t end = std::min(units, at + block);
        const auto add = size > tile_rows ? tile_sums<Kind, true> : tile_sums<Kind, false>;
        add(rows, row, panel, at, end, at > 0, sums + row * panel_width);
      }
    }
    const Finish<Kind> finish(w, chunk, p, out);
    for (int64_t row = 0; row < count; row++) {
      const auto *at = sums + row * panel_width;
      finish(rows, row, Kind::loaded(at), Kind::loaded(at + 16));
    }
  }
  _tile_release();
}
