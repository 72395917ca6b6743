// Products of rows with packed matrices, for any number type. Included inside an anonymous
// namespace.
//
// A `Kind` says how 32-bit units multiply; the shape of the loops is the same for all of them: 12
// rows by 32 outputs of sums stay in registers while the inputs go by.

// Rows as units, with what int8 needs to become numbers again.
struct Rows {
  const int32_t *data;
  int64_t stride;        // in units
  const float *step;     // per row: what one step is worth
  const float *lowest;   // per row: what step 0 stands for
};

// Where sums go.
struct Output {
  float *data;
  int64_t stride;
  const float *bias = nullptr;
  Curve curve = Curve::none;
  bool adds = false;       // to what is there
  int64_t first_column = 0;  // the output that stands at the front of a row
};

// What becomes of the sums of one row with one panel's outputs.
template <class Kind>
struct Finish {
  const Packed &w;
  const int64_t chunk, column;
  const Output &out;
  V bias0 = _mm512_setzero_ps(), bias1 = bias0;

  Finish(const Packed &w, int64_t chunk, int64_t panel, const Output &out)
      : w(w), chunk(chunk), column(panel * panel_width), out(out) {
    // It belongs to the sum once, however many chunks that has.
    if (out.bias && chunk == 0) {
      bias0 = _mm512_maskz_loadu_ps(first(w.outputs - column), out.bias + column);
      bias1 = _mm512_maskz_loadu_ps(first(w.outputs - column - 16), out.bias + column + 16);
    }
  }

  void operator()(const Rows &rows, int64_t row, typename Kind::Sum sum0,
                  typename Kind::Sum sum1) const {
    float *y = out.data + row * out.stride + column - out.first_column;
    V y0 = _mm512_add_ps(Kind::number(sum0, rows, row, w, chunk, column), bias0);
    V y1 = _mm512_add_ps(Kind::number(sum1, rows, row, w, chunk, column + 16), bias1);
    if (out.curve != Curve::none) {
      y0 = curved(out.curve, y0);
      y1 = curved(out.curve, y1);
    }
    if (out.adds) {
      y0 = _mm512_add_ps(y0, load(y));
      y1 = _mm512_add_ps(y1, load(y + 16));
    }
    _mm512_storeu_ps(y, y0);
    _mm512_storeu_ps(y + 16, y1);
  }
};

template <class Kind, int R>
void tile(const Rows &rows, int64_t row, const Packed &w, int64_t chunk, int64_t panel,
          const Output &out) {
  using Sum = typename Kind::Sum;
  Sum sums[R][2];
  for (int r = 0; r < R; r++) sums[r][0] = sums[r][1] = Kind::zero();
  const int64_t begin = chunk * w.chunk / Kind::per_unit;
  const int64_t count = std::min(w.units - begin, w.chunk / Kind::per_unit);
  const int32_t *x = rows.data + row * rows.stride;
  const int32_t *b = w.data.get() + (panel * w.stored_units() + begin) * panel_width;
  const int64_t stride = rows.stride;
  for (int64_t i = 0; i < count; i++, b += panel_width) {
    const __m512i b0 = _mm512_loadu_si512(b), b1 = _mm512_loadu_si512(b + 16);
#pragma unroll
    for (int r = 0; r < R; r++) {
      const __m512i a = _mm512_set1_epi32(x[r * stride + i]);
      Kind::step(sums[r][0], a, b0);
      Kind::step(sums[r][1], a, b1);
    }
  }
  const Finish<Kind> finish(w, chunk, panel, out);
  for (int r = 0; r < R; r++) finish(rows, row + r, sums[r][0], sums[r][1]);
}

#include "tiles.h"

// `count` rows with the outputs of the panels in [from, to).
template <class Kind>
void multiply(const Rows &rows, int64_t count, const Packed &w, int64_t chunk, int64_t from,
              int64_t to, const Output &out) {
  if constexpr (Kind::has_tiles) {
    if (w.tiles) return multiply_in_tiles<Kind>(rows, count, w, chunk, from, to, out);
  }
  using Tile = void (*)(const Rows &, int64_t, const Packed &, int64_t, int64_t, const Output &);
  static constexpr Tile tiles[] = {
      nullptr,       tile<Kind, 1>, tile<Kind, 2>, tile<Kind, 3>,  tile<Kind, 4>,
      tile<Kind, 5>, tile<Kind, 6>, tile<Kind, 7>, tile<Kind, 8>,  tile<Kind, 9>,
      tile<Kind, 10>, tile<Kind, 11>, tile<Kind, 12>};
  const int64_t parts = (count + 11) / 12;
  for (int64_t panel = from; panel < to; panel++) {
    for (int64_t part = 0; part < parts; part++) {
      // Tiles as even as can be: 50 rows are 5 × 10 and not 4 × 12 + 2.
      const int64_t begin = count * part / parts, end = count * (part + 1) / parts;
      tiles[end - begin](rows, begin, w, chunk, panel, out);
    }
  }
}

// Lays out W `[outputs, inputs]` in panels; `element(output, input)` is one of its numbers.
template <class Kind, class Element>
void fill_panels(Packed &w, int threads, Element element) {
  for_each(w.panels(), threads, [&](int64_t panel, int) {
    auto data = reinterpret_cast<typename Kind::Element *>(w.data.get() +
                                                           panel * w.stored_units() * panel_width);
    for (int64_t lane = 0; lane < panel_width; lane++) {
      const int64_t output = panel * panel_width + lane;
      for (int64_t unit = 0; unit < w.stored_units(); unit++) {
        for (int64_t i = 0; i < Kind::per_unit; i++) {
          const int64_t input = unit * Kind::per_unit + i;
          data[(unit * panel_width + lane) * Kind::per_unit + i] =
              output < w.outputs && input < w.inputs ? element(output, input)
                                                     : typename Kind::Element(0);
        }
      }
    }
  });
}

inline std::unique_ptr<Packed> make_packed(Number number, int64_t outputs, int64_t inputs,
                                           int64_t chunk, int64_t per_unit) {
  auto w = std::make_unique<Packed>();
  w->number = number;
  w->outputs = outputs;
  w->inputs = inputs;
  w->chunk = round_up(std::min(chunk, inputs), chunk_multiple);
  w->units = (inputs + per_unit - 1) / per_unit;
  w->data = aligned_array<int32_t>(w->panels() * panel_width * w->stored_units());
  return w;
}
