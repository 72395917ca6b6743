// Functions of 16 floats. Included inside an anonymous namespace, compiled for AVX-512.

using V = __m512;

inline V load(const float *p) { return _mm512_loadu_ps(p); }
inline V broadcast(float x) { return _mm512_set1_ps(x); }
// The first `n` of 16 lanes.
inline __mmask16 first(int64_t n) {
  return static_cast<__mmask16>(n >= 16 ? 0xFFFF : n <= 0 ? 0 : (1 << n) - 1);
}

// 1 / x for ordinary x, within two units of the last place.
inline V reciprocal(V x) {
  V r = _mm512_rcp14_ps(x);
  return _mm512_mul_ps(r, _mm512_fnmadd_ps(r, x, broadcast(2)));
}

// e^x within 2e-7: 2^n times a Taylor polynomial of the rest, which is at most ln 2 / 2.
inline V exponential(V x) {
  x = _mm512_min_ps(_mm512_max_ps(x, broadcast(-87)), broadcast(88));
  V n = _mm512_roundscale_ps(_mm512_mul_ps(x, broadcast(1.44269504f)),
                             _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  V r = _mm512_fnmadd_ps(n, broadcast(0.693145752f), x);
  r = _mm512_fnmadd_ps(n, broadcast(1.42860677e-6f), r);
  V p = broadcast(1.0f / 720);
  p = _mm512_fmadd_ps(p, r, broadcast(1.0f / 120));
  p = _mm512_fmadd_ps(p, r, broadcast(1.0f / 24));
  p = _mm512_fmadd_ps(p, r, broadcast(1.0f / 6));
  p = _mm512_fmadd_ps(p, r, broadcast(0.5f));
  p = _mm512_fmadd_ps(p, r, broadcast(1));
  p = _mm512_fmadd_ps(p, r, broadcast(1));
  return _mm512_scalef_ps(p, n);
}

inline V sigmoid(V x) {
  return reciprocal(_mm512_add_ps(broadcast(1), exponential(_mm512_sub_ps(_mm512_setzero_ps(), x))));
}

// x Φ(x), with Φ within 1e-7 by the formula 7.1.26 of Abramowitz and Stegun.
inline V gelu(V x) {
  V z = _mm512_mul_ps(_mm512_abs_ps(x), broadcast(0.707106781f));
  V t = reciprocal(_mm512_fmadd_ps(z, broadcast(0.3275911f), broadcast(1)));
  V p = broadcast(0.5f * 1.061405429f);
  p = _mm512_fmadd_ps(p, t, broadcast(0.5f * -1.453152027f));
  p = _mm512_fmadd_ps(p, t, broadcast(0.5f * 1.421413741f));
  p = _mm512_fmadd_ps(p, t, broadcast(0.5f * -0.284496736f));
  p = _mm512_fmadd_ps(p, t, broadcast(0.5f * 0.254829592f));
  p = _mm512_mul_ps(p, t);
  V tail = _mm512_mul_ps(p, exponential(_mm512_mul_ps(_mm512_mul_ps(z, z), broadcast(-1))));
  auto negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
  V phi = _mm512_mask_mov_ps(_mm512_sub_ps(broadcast(1), tail), negative, tail);
  return _mm512_mul_ps(x, phi);
}

inline V curved(Curve curve, V x) {
  switch (curve) {
    case Curve::none: return x;
    case Curve::gelu: return gelu(x);
    case Curve::tanh_gelu: {
      V cube = _mm512_mul_ps(_mm512_mul_ps(x, x), x);
      V inside = _mm512_mul_ps(_mm512_fmadd_ps(cube, broadcast(0.044715f), x),
                               broadcast(2 * 0.797884561f));
      return _mm512_mul_ps(x, sigmoid(inside));
    }
    case Curve::quick_gelu: return _mm512_mul_ps(x, sigmoid(_mm512_mul_ps(x, broadcast(1.702f))));
    case Curve::relu: return _mm512_max_ps(x, _mm512_setzero_ps());
    case Curve::silu: return _mm512_mul_ps(x, sigmoid(x));
  }
  return x;
}

// y = (x − mean) / √(variance + ε) · weight + bias; x and y may be the same. Columns from `width` to
// `padded` become zero.
inline void layer_norm(const float *x, float *y, int64_t width, int64_t padded, const float *weight,
                       const float *bias, float epsilon) {
  V sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < width; i += 16) {
    sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(first(width - i), x + i));
  }
  float mean = _mm512_reduce_add_ps(sum) / static_cast<float>(width);
  V squares = _mm512_setzero_ps();
  for (int64_t i = 0; i < width; i += 16) {
    auto part = first(width - i);
    V d = _mm512_maskz_sub_ps(part, _mm512_maskz_loadu_ps(part, x + i), broadcast(mean));
    squares = _mm512_fmadd_ps(d, d, squares);
  }
  float variance = _mm512_reduce_add_ps(squares) / static_cast<float>(width);
  V slope = broadcast(1 / __builtin_sqrtf(variance + epsilon));
  for (int64_t i = 0; i < padded; i += 16) {
    auto part = first(width - i);
    V d = _mm512_sub_ps(_mm512_maskz_loadu_ps(part, x + i), broadcast(mean));
    V w = _mm512_mul_ps(slope, _mm512_maskz_loadu_ps(part, weight + i));
    V b = _mm512_maskz_loadu_ps(part, bias + i);
    _mm512_storeu_ps(y + i, _mm512_maskz_fmadd_ps(part, d, w, b));
  }
}

// The first `count` scores as probabilities, the rest of `padded` as zero.
inline void softmax(float *scores, int64_t count, int64_t padded, float scale) {
  V highest = broadcast(-3e38f);
  for (int64_t i = 0; i < count; i += 16) {
    auto part = first(count - i);
    highest = _mm512_mask_max_ps(highest, part, highest, _mm512_maskz_loadu_ps(part, scores + i));
  }
  V top = broadcast(_mm512_reduce_max_ps(highest)), sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < padded; i += 16) {
    auto part = first(count - i);
    V s = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(part, scores + i), top), broadcast(scale));
    V e = _mm512_maskz_mov_ps(part, exponential(s));
    sum = _mm512_add_ps(sum, e);
    _mm512_storeu_ps(scores + i, e);
  }
  V share = broadcast(1 / _mm512_reduce_add_ps(sum));
  for (int64_t i = 0; i < padded; i += 16) {
    _mm512_storeu_ps(scores + i, _mm512_mul_ps(load(scores + i), share));
  }
}
