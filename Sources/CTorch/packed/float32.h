// Units of one float32. Included inside an anonymous namespace.

struct Float32 {
  using Sum = V;
  using Element = float;
  static constexpr int64_t per_unit = 1;
  static constexpr bool has_tiles = false;
  static V zero() { return _mm512_setzero_ps(); }
  static void step(V &sum, __m512i a, __m512i b) {
    sum = _mm512_fmadd_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), sum);
  }
  static V number(V sum, const Rows &, int64_t, const Packed &, int64_t, int64_t) { return sum; }

  struct Space {
    void reserve(int64_t, int64_t) {}
  };
  static Rows rows(const float *x, int64_t stride, int64_t, int64_t, Space &) {
    return {reinterpret_cast<const int32_t *>(x), stride, nullptr, nullptr};
  }

  static std::unique_ptr<Packed> pack(const float *weight, int64_t outputs, int64_t inputs,
                                      int64_t chunk, int threads) {
    auto w = make_packed(Number::float32, outputs, inputs, chunk, per_unit);
    fill_panels<Float32>(*w, threads, [&](int64_t output, int64_t input) {
      return weight[output * inputs + input];
    });
    return w;
  }
};
