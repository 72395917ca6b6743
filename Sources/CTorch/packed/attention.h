// softmax(q kᵀ / √width) v of one head. Included inside an anonymous namespace.

// What one thread needs for a head of sequences up to `length`.
struct HeadSpace {
  static constexpr int64_t rows = 96;  // questions at once
  Packed keys, values;
  Aligned<float> scores, answers;
  int64_t length = 0, width = 0;

  void reserve(int64_t new_length, int64_t new_width) {
    if (new_length <= length && new_width <= width) return;
    length = std::max(length, new_length);
    width = std::max(width, new_width);
    const int64_t l = round_up(length, panel_width), w = round_up(width, panel_width);
    for (Packed *packed : {&keys, &values}) {
      packed->number = Number::float32;
      packed->data = aligned_array<int32_t>(l * w);
    }
    scores = aligned_array<float>(rows * (l + 16));
    answers = aligned_array<float>(rows * w);
  }
};

inline void shape(Packed &w, int64_t outputs, int64_t inputs) {
  w.outputs = outputs;
  w.inputs = w.units = inputs;
  w.chunk = round_up(inputs, panel_width);
}

// q, k and v stand in the `length` rows of `x` at 0, `width` and 2 × `width` further. The answers to
// the rows [from, to) go to the same rows of `y`.
inline void attend(const float *x, int64_t stride, int64_t length, int64_t from, int64_t to,
                   int64_t width, int64_t head_width, bool causal, float *y, int64_t y_stride,
                   HeadSpace &space) {
  shape(space.keys, length, head_width);
  shape(space.values, head_width, length);
  auto keys = reinterpret_cast<float *>(space.keys.data.get());
  auto values = reinterpret_cast<float *>(space.values.data.get());
  const int64_t padded = round_up(length, panel_width);
  for (int64_t row = 0; row < padded; row++) {
    float *key = keys + row / panel_width * head_width * panel_width + row % panel_width;
    const float *k = x + row * stride + width;
    for (int64_t i = 0; i < head_width; i++) key[i * panel_width] = row < length ? k[i] : 0;
  }
  for (int64_t panel = 0; panel < space.values.panels(); panel++) {
    const int64_t column = panel * panel_width;
    const auto part0 = first(head_width - column), part1 = first(head_width - column - 16);
    for (int64_t row = 0; row < length; row++) {
      const float *v = x + row * stride + 2 * width + column;
      float *value = values + (panel * length + row) * panel_width;
      _mm512_storeu_ps(value, _mm512_maskz_loadu_ps(part0, v));
      _mm512_storeu_ps(value + 16, _mm512_maskz_loadu_ps(part1, v + 16));
    }
  }
  const float scale = 1 / __builtin_sqrtf(static_cast<float>(head_width));
  const int64_t score_stride = padded + 16, answer_stride = round_up(head_width, panel_width);
  for (int64_t begin = from; begin < to; begin += HeadSpace::rows) {
    const int64_t count = std::min(HeadSpace::rows, to - begin);
    // A causal question reads no key behind the last of its rows.
    const int64_t reach = causal ? begin + count : length;
    Rows questions{reinterpret_cast<const int32_t *>(x + begin * stride), stride, nullptr, nullptr};
    multiply<Float32>(questions, count, space.keys, 0, 0, round_up(reach, panel_width) / panel_width,
                      Output{.data = space.scores.get(), .stride = score_stride});
    for (int64_t row = 0; row < count; row++) {
      softmax(space.scores.get() + row * score_stride, causal ? begin + row + 1 : length, padded,
              scale);
    }
    Rows shares{reinterpret_cast<const int32_t *>(space.scores.get()), score_stride, nullptr, nullptr};
    multiply<Float32>(shares, count, space.values, 0, 0, space.values.panels(),
                      Output{.data = space.answers.get(), .stride = answer_stride});
    for (int64_t row = 0; row < count; row++) {
      std::copy_n(space.answers.get() + row * answer_stride, head_width, y + (begin + row) * y_stride);
    }
  }
}
