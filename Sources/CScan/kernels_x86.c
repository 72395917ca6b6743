#if defined(__x86_64__)
#include "kernels.h"

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

// AVX2

AVX2 static inline float sum256(__m256 a, __m256 b) {
  __m256 both = _mm256_add_ps(a, b);
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(both), _mm256_extractf128_ps(both, 1));
  __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

AVX2 static float float32_avx2(const float *row, const float *query, size_t width) {
  __m256 a = _mm256_setzero_ps(), b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 32 <= width; i += 32) {
    a = _mm256_fmadd_ps(_mm256_loadu_ps(row + i), _mm256_loadu_ps(query + i), a);
    b = _mm256_fmadd_ps(_mm256_loadu_ps(row + i + 8), _mm256_loadu_ps(query + i + 8), b);
    c = _mm256_fmadd_ps(_mm256_loadu_ps(row + i + 16), _mm256_loadu_ps(query + i + 16), c);
    d = _mm256_fmadd_ps(_mm256_loadu_ps(row + i + 24), _mm256_loadu_ps(query + i + 24), d);
  }
  for (; i + 8 <= width; i += 8)
    a = _mm256_fmadd_ps(_mm256_loadu_ps(row + i), _mm256_loadu_ps(query + i), a);
  float sum = sum256(_mm256_add_ps(a, b), _mm256_add_ps(c, d));
  for (; i < width; i++) sum += row[i] * query[i];
  return sum;
}

AVX2 static inline __m256 widen8(const uint16_t *halves) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)halves));
}

AVX2 static float float16_avx2(const uint16_t *row, const float *query, size_t width) {
  __m256 a = _mm256_setzero_ps(), b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 32 <= width; i += 32) {
    a = _mm256_fmadd_ps(widen8(row + i), _mm256_loadu_ps(query + i), a);
    b = _mm256_fmadd_ps(widen8(row + i + 8), _mm256_loadu_ps(query + i + 8), b);
    c = _mm256_fmadd_ps(widen8(row + i + 16), _mm256_loadu_ps(query + i + 16), c);
    d = _mm256_fmadd_ps(widen8(row + i + 24), _mm256_loadu_ps(query + i + 24), d);
  }
  for (; i + 8 <= width; i += 8)
    a = _mm256_fmadd_ps(widen8(row + i), _mm256_loadu_ps(query + i), a);
  float sum = sum256(_mm256_add_ps(a, b), _mm256_add_ps(c, d));
  for (; i < width; i++) sum += cscan_widen(row[i]) * query[i];
  return sum;
}

AVX2 static inline __m256i products16(const int8_t *row, const int8_t *query) {
  __m256i r = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)row));
  __m256i q = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)query));
  return _mm256_madd_epi16(r, q);
}

AVX2 static int32_t int8_avx2(
    const int8_t *row, const int8_t *query, int32_t query_sum, size_t width) {
  (void)query_sum;
  __m256i a = _mm256_setzero_si256(), b = a;
  size_t i = 0;
  for (; i + 32 <= width; i += 32) {
    a = _mm256_add_epi32(a, products16(row + i, query + i));
    b = _mm256_add_epi32(b, products16(row + i + 16, query + i + 16));
  }
  for (; i + 16 <= width; i += 16) a = _mm256_add_epi32(a, products16(row + i, query + i));
  __m256i both = _mm256_add_epi32(a, b);
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1));
  int32_t sum = _mm_cvtsi128_si32(four);
  for (; i < width; i++) sum += (int32_t)row[i] * query[i];
  return sum;
}

const cscan_kernels cscan_avx2 = {float32_avx2, float16_avx2, int8_avx2};

// AVX-512; the last numbers of a row come in through a mask.

AVX512 static inline __m512 madd(__m512 sum, const float *row, const float *query) {
  return _mm512_fmadd_ps(_mm512_loadu_ps(row), _mm512_loadu_ps(query), sum);
}

AVX512 static float float32_avx512(const float *row, const float *query, size_t width) {
  __m512 a = _mm512_setzero_ps(), b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 64 <= width; i += 64) {
    a = madd(a, row + i, query + i);
    b = madd(b, row + i + 16, query + i + 16);
    c = madd(c, row + i + 32, query + i + 32);
    d = madd(d, row + i + 48, query + i + 48);
  }
  for (; i < width; i += 16) {
    size_t left = width - i;
    __mmask16 mask = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);
    __m512 r = _mm512_maskz_loadu_ps(mask, row + i), q = _mm512_maskz_loadu_ps(mask, query + i);
    a = _mm512_fmadd_ps(r, q, a);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d)));
}

AVX512 static inline __m512 madd16(__m512 sum, const uint16_t *row, const float *query) {
  __m512 r = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)row));
  return _mm512_fmadd_ps(r, _mm512_loadu_ps(query), sum);
}

AVX512 static float float16_avx512(const uint16_t *row, const float *query, size_t width) {
  __m512 a = _mm512_setzero_ps(), b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 64 <= width; i += 64) {
    a = madd16(a, row + i, query + i);
    b = madd16(b, row + i + 16, query + i + 16);
    c = madd16(c, row + i + 32, query + i + 32);
    d = madd16(d, row + i + 48, query + i + 48);
  }
  for (; i < width; i += 16) {
    size_t left = width - i;
    __mmask16 mask = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);
    __m512 r = _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, row + i));
    a = _mm512_fmadd_ps(r, _mm512_maskz_loadu_ps(mask, query + i), a);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d)));
}

AVX512 static int32_t int8_avx512(
    const int8_t *row, const int8_t *query, int32_t query_sum, size_t width) {
  (void)query_sum;
  __m512i sum = _mm512_setzero_si512();
  for (size_t i = 0; i < width; i += 32) {
    size_t left = width - i;
    __mmask32 mask = left >= 32 ? 0xffffffffu : (1u << left) - 1;
    __m512i r = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, row + i));
    __m512i q = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, query + i));
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(r, q));
  }
  return _mm512_reduce_add_epi32(sum);
}

const cscan_kernels cscan_avx512 = {float32_avx512, float16_avx512, int8_avx512};

VNNI static int32_t int8_vnni(
    const int8_t *row, const int8_t *query, int32_t query_sum, size_t width) {
  // The instruction multiplies unsigned by signed: 128 is added to every number of the row, and
  // 128 times the query's sum taken off the result. Masked-out numbers meet a query of zero.
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  __m512i a = _mm512_setzero_si512(), b = a;
  size_t i = 0;
  for (; i + 128 <= width; i += 128) {
    __m512i r = _mm512_xor_si512(_mm512_loadu_si512(row + i), flip);
    __m512i s = _mm512_xor_si512(_mm512_loadu_si512(row + i + 64), flip);
    a = _mm512_dpbusd_epi32(a, r, _mm512_loadu_si512(query + i));
    b = _mm512_dpbusd_epi32(b, s, _mm512_loadu_si512(query + i + 64));
  }
  for (; i < width; i += 64) {
    size_t left = width - i;
    __mmask64 mask = left >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << left) - 1;
    __m512i r = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, row + i), flip);
    a = _mm512_dpbusd_epi32(a, r, _mm512_maskz_loadu_epi8(mask, query + i));
  }
  return _mm512_reduce_add_epi32(_mm512_add_epi32(a, b)) - 128 * query_sum;
}

const cscan_kernels cscan_avx512_vnni = {float32_avx512, float16_avx512, int8_vnni};
#endif
