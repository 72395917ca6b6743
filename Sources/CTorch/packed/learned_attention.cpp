#include "learned_attention.h"
#include "packed.h"

#ifdef CT_AVX512
#include <cmath>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
namespace {
using namespace ct;
#include "vector.h"

inline V load16(const float *p, __mmask16 lanes) { return _mm512_maskz_loadu_ps(lanes, p); }
inline V load16(const BFloat16 *p, __mmask16 lanes) {
  auto upper = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes, p));
  return _mm512_castsi512_ps(_mm512_slli_epi32(upper, 16));
}
inline void store16(float *p, __mmask16 lanes, V x) { _mm512_mask_storeu_ps(p, lanes, x); }
// To the nearest, ties to even; what is no number stays none.
inline void store16(BFloat16 *p, __mmask16 lanes, V x) {
  auto bits = _mm512_castps_si512(x);
  auto odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  auto rounded = _mm512_srli_epi32(
      _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF))), 16);
  auto none = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  rounded = _mm512_mask_mov_epi32(rounded, none, _mm512_set1_epi32(0x7FC0));
  _mm256_mask_storeu_epi16(p, lanes, _mm512_cvtepi32_epi16(rounded));
}

// A matrix in memory of its own; rows are a whole number of registers long, filled up with zeros.
struct Matrix {
  Aligned<float> data;
  int64_t room = 0, stride = 0;

  float *shaped(int64_t rows, int64_t columns) {
    stride = round_up(columns, 16);
    if (rows * stride > room) {
      room = rows * stride;
      data = aligned_array<float>(room);
    }
    return data.get();
  }
};

struct Space {
  Matrix q, k, v, g, kt, vt, shares, factors, kept, changes, made;
};

// c = a b, `[rows, inner] [inner, columns]`; columns are a whole number of registers. Of `a`, the
// next row stands `down` further and the next column `right` further.
template <int height>
inline void product_rows(const float *a, int64_t down, int64_t right, const float *b,
                         int64_t b_stride, float *c, int64_t c_stride, int64_t columns,
                         int64_t inner) {
  int64_t j = 0;
  for (; j + 32 <= columns; j += 32) {
    V sums[height][2];
    for (int i = 0; i < height; i++) sums[i][0] = sums[i][1] = _mm512_setzero_ps();
    for (int64_t l = 0; l < inner; l++) {
      const V b0 = load(b + l * b_stride + j), b1 = load(b + l * b_stride + j + 16);
      for (int i = 0; i < height; i++) {
        const V one = broadcast(a[i * down + l * right]);
        sums[i][0] = _mm512_fmadd_ps(one, b0, sums[i][0]);
        sums[i][1] = _mm512_fmadd_ps(one, b1, sums[i][1]);
      }
    }
    for (int i = 0; i < height; i++) {
      _mm512_storeu_ps(c + i * c_stride + j, sums[i][0]);
      _mm512_storeu_ps(c + i * c_stride + j + 16, sums[i][1]);
    }
  }
  for (; j < columns; j += 16) {
    V sums[height];
    for (int i = 0; i < height; i++) sums[i] = _mm512_setzero_ps();
    for (int64_t l = 0; l < inner; l++) {
      const V b0 = load(b + l * b_stride + j);
      for (int i = 0; i < height; i++) {
        sums[i] = _mm512_fmadd_ps(broadcast(a[i * down + l * right]), b0, sums[i]);
      }
    }
    for (int i = 0; i < height; i++) _mm512_storeu_ps(c + i * c_stride + j, sums[i]);
  }
}
inline void product(const float *a, int64_t down, int64_t right, const Matrix &b, Matrix &c,
                    int64_t rows, int64_t inner) {
  float *to = c.data.get();
  int64_t i = 0;
  auto step = [&](auto part, int64_t height) {
    part(a + i * down, down, right, b.data.get(), b.stride, to + i * c.stride, c.stride, c.stride,
         inner);
    i += height;
  };
  while (i + 8 <= rows) step(product_rows<8>, 8);
  while (i + 3 <= rows) step(product_rows<3>, 3);
  while (i < rows) step(product_rows<1>, 1);
}

template <class Number>
inline void read(const Number *x, int64_t row, int64_t length, int64_t width, float times,
                 Matrix &to) {
  float *rows = to.shaped(length, width);
  for (int64_t i = 0; i < length; i++) {
    for (int64_t c = 0; c < width; c += 16) {
      _mm512_storeu_ps(rows + i * to.stride + c,
                       _mm512_mul_ps(load16(x + i * row + c, first(width - c)), broadcast(times)));
    }
  }
}
inline void transpose(const Matrix &from, int64_t rows, int64_t columns, Matrix &to) {
  float *turned = to.shaped(columns, rows);
  for (int64_t c = 0; c < columns; c++) {
    float *line = turned + c * to.stride;
    for (int64_t i = 0; i < rows; i++) line[i] = from.data[i * from.stride + c];
    for (int64_t i = rows; i < to.stride; i++) line[i] = 0;
  }
}
template <class Number>
inline void write(const Matrix &from, int64_t length, int64_t width, float times, Number *y,
                  int64_t row) {
  for (int64_t i = 0; i < length; i++) {
    for (int64_t c = 0; c < width; c += 16) {
      store16(y + i * row + c, first(width - c),
              _mm512_mul_ps(load(from.data.get() + i * from.stride + c), broadcast(times)));
    }
  }
}

// softmax(q kᵀ), one row after another; what a row does not see has no share.
inline void share(const Space &space, int64_t length, int64_t width, bool causal, Matrix &shares) {
  float *rows = shares.shaped(length, length);
  product(space.q.data.get(), space.q.stride, 1, space.kt, shares, length, width);
  for (int64_t i = 0; i < length; i++) {
    float *row = rows + i * shares.stride;
    const int64_t seen = causal ? i + 1 : length;
    V most = broadcast(-INFINITY);
    for (int64_t j = 0; j < seen; j += 16) {
      most = _mm512_mask_max_ps(most, first(seen - j), most, load(row + j));
    }
    const V highest = broadcast(_mm512_reduce_max_ps(most));
    V sum = _mm512_setzero_ps();
    for (int64_t j = 0; j < shares.stride; j += 16) {
      const V score = load(row + j);
      const V e =
          _mm512_maskz_mov_ps(first(seen - j), exponential(_mm512_sub_ps(score, highest)));
      // What is no number must show; the exponential would hide it.
      sum = _mm512_add_ps(sum, _mm512_fmadd_ps(score, _mm512_setzero_ps(), e));
      _mm512_storeu_ps(row + j, e);
    }
    const V one_over = broadcast(1 / _mm512_reduce_add_ps(sum));
    for (int64_t j = 0; j < shares.stride; j += 16) {
      _mm512_storeu_ps(row + j, _mm512_mul_ps(load(row + j), one_over));
    }
  }
}

// c = a ∘ b of the same rows.
inline void multiply(const Matrix &a, const Matrix &b, int64_t rows, Matrix &c) {
  for (int64_t j = 0; j < rows * a.stride; j += 16) {
    _mm512_storeu_ps(c.data.get() + j, _mm512_mul_ps(load(a.data.get() + j), load(b.data.get() + j)));
  }
}

template <class Number>
struct Run {
  const Number *x;
  const AttentionShape &shape;
  const int64_t head_width = shape.width / shape.heads;
  const float scale = 1 / std::sqrt(static_cast<float>(head_width));

  // One head of one sequence.
  struct Part {
    int64_t sequence, start, length, head;
  };

  bool drops() const { return shape.dropping.rate > 0; }

  // The shares of attention that are left of `space.shares`, each row of which stands for one token.
  const Matrix &kept_shares(const Part &part, Space &space) const {
    if (!drops()) return space.shares;
    const int64_t length = part.length;
    float *rows = space.factors.shaped(length, length);
    const int64_t stride = space.factors.stride;
    for (int64_t i = 0; i < length; i++) {
      const uint64_t token = shape.dropping.token(part.sequence, i);
      shape.dropping.factors(drawn(token, static_cast<uint64_t>(part.head)), length,
                             rows + i * stride);
      for (int64_t j = length; j < stride; j++) rows[i * stride + j] = 0;
    }
    space.kept.shaped(length, length);
    multiply(space.shares, space.factors, length, space.kept);
    return space.kept;
  }

  void read_all(const Part &part, Space &space) const {
    const auto [sequence, start, length, head] = part;
    const Number *from = x + start * 3 * shape.width + head * head_width;
    read(from, 3 * shape.width, length, head_width, scale, space.q);
    read(from + shape.width, 3 * shape.width, length, head_width, 1, space.k);
    read(from + 2 * shape.width, 3 * shape.width, length, head_width, 1, space.v);
    transpose(space.k, length, head_width, space.kt);
    share(space, length, head_width, shape.causal, space.shares);
  }

  void forward(const Part &part, Number *y, Space &space) const {
    const auto [sequence, start, length, head] = part;
    read_all(part, space);
    const auto &kept = kept_shares(part, space);
    space.made.shaped(length, head_width);
    product(kept.data.get(), kept.stride, 1, space.v, space.made, length, length);
    write(space.made, length, head_width, 1, y + start * shape.width + head * head_width,
          shape.width);
  }

  void backward(const Part &part, const Number *dy, Number *dx, Space &space) const {
    const auto [sequence, start, length, head] = part;
    read_all(part, space);
    read(dy + start * shape.width + head * head_width, shape.width, length, head_width, 1, space.g);
    transpose(space.v, length, head_width, space.vt);
    Number *to = dx + start * 3 * shape.width + head * head_width;
    const int64_t row = 3 * shape.width;
    const auto &shares = space.shares, &kept = kept_shares(part, space);
    space.made.shaped(length, head_width);
    product(kept.data.get(), 1, kept.stride, space.g, space.made, length, length);
    write(space.made, length, head_width, 1, to + 2 * shape.width, row);
    space.changes.shaped(length, length);
    product(space.g.data.get(), space.g.stride, 1, space.vt, space.changes, length, head_width);
    if (drops()) multiply(space.changes, space.factors, length, space.changes);
    for (int64_t i = 0; i < length; i++) {
      const float *p = shares.data.get() + i * shares.stride;
      float *d = space.changes.data.get() + i * shares.stride;
      V sum = _mm512_setzero_ps();
      for (int64_t j = 0; j < shares.stride; j += 16) {
        sum = _mm512_fmadd_ps(load(p + j), load(d + j), sum);
      }
      const V mean = broadcast(_mm512_reduce_add_ps(sum));
      for (int64_t j = 0; j < shares.stride; j += 16) {
        _mm512_storeu_ps(d + j, _mm512_mul_ps(load(p + j), _mm512_sub_ps(load(d + j), mean)));
      }
    }
    const auto &changes = space.changes;
    product(changes.data.get(), changes.stride, 1, space.k, space.made, length, length);
    write(space.made, length, head_width, scale, to, row);
    // The questions stand scaled.
    product(changes.data.get(), 1, changes.stride, space.q, space.made, length, length);
    write(space.made, length, head_width, 1, to + shape.width, row);
  }

  template <class Body>
  void each_head(int threads, Body &&body) const {
    std::vector<int64_t> starts;
    int64_t start = 0;
    for (int64_t length : shape.lengths) {
      starts.push_back(start);
      start += length;
    }
    static thread_local std::vector<Space> spaces;
    if (spaces.size() < static_cast<size_t>(threads)) spaces.resize(threads);
    auto *own = &spaces;
    const auto count = static_cast<int64_t>(starts.size());
    // The longest come last: from behind, no thread is left alone with one of them.
    for_each(count * shape.heads, threads, [&](int64_t i, int worker) {
      const int64_t sequence = count - 1 - i / shape.heads;
      body(Part{sequence, starts[sequence], shape.lengths[sequence], i % shape.heads},
           (*own)[worker]);
    });
  }
};
}  // namespace

bool ct::attends_learning() { return kernels(Number::float32) != nullptr; }

template <class Number>
void ct::attend_learning(const AttentionShape &shape, const Number *x, Number *y, int threads) {
  Run<Number> run{x, shape};
  run.each_head(threads, [&](const auto &part, Space &space) { run.forward(part, y, space); });
}
template <class Number>
void ct::attend_back(const AttentionShape &shape, const Number *x, const Number *dy, Number *dx,
                     int threads) {
  Run<Number> run{x, shape};
  run.each_head(threads, [&](const auto &part, Space &space) { run.backward(part, dy, dx, space); });
}
#pragma clang attribute pop
#else
bool ct::attends_learning() { return false; }
template <class Number>
void ct::attend_learning(const AttentionShape &, const Number *, Number *, int) {}
template <class Number>
void ct::attend_back(const AttentionShape &, const Number *, const Number *, Number *, int) {}
#endif

template void ct::attend_learning(const AttentionShape &, const float *, float *, int);
template void ct::attend_learning(const AttentionShape &, const BFloat16 *, BFloat16 *, int);
template void ct::attend_back(const AttentionShape &, const float *, const float *, float *, int);
template void ct::attend_back(const AttentionShape &, const BFloat16 *, const BFloat16 *,
                              BFloat16 *, int);
