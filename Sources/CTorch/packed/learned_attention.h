// Attention of sequences that stand one after another, with its gradient.
#pragma once
#include <cstdint>
#include <vector>
#include "../draws.h"

namespace ct {

// The upper half of a float32.
struct BFloat16 {
  uint16_t bits;
};

struct AttentionShape {
  // Rows of each sequence.
  const std::vector<int64_t> &lengths;
  int64_t width, heads;
  // Whether a row sees only itself and earlier ones of its sequence.
  bool causal;
  // Which shares of attention are zeroed; none at a rate of 0.
  Dropping dropping;
};

// Whether this processor has the instructions.
bool attends_learning();

// y = softmax(q kᵀ / √(width / heads)) v of each head and sequence; q, k and v of a row stand side by
// side in `x`, `[rows, 3 width] → [rows, width]`. Computed in float32.
template <class Number>
void attend_learning(const AttentionShape &, const Number *x, Number *y, int threads);

// The gradient with respect to `x`, from that with respect to `y`.
template <class Number>
void attend_back(const AttentionShape &, const Number *x, const Number *dy, Number *dx,
                 int threads);

}  // namespace ct
