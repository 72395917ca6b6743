// Numbers that are zeroed at random while a network learns.
#pragma once
#include "ct_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Each number is zeroed with the probability `rate`, and the others are scaled up to keep the mean.
/// What is zeroed follows from `key` and from the sample and token that a number is of; `first` is the
/// number of the batch's first sample.
typedef struct {
  double rate;
  uint64_t key;
  int64_t first;
} ct_dropping;

/// Number `index` of the stream of random numbers `key`.
uint64_t ct_drawn(uint64_t key, uint64_t index);
/// `x` is `count` vectors; vector i is of the token `places[i] % 2³²` of the sample `places[i] / 2³²`.
/// With `whole`, a vector is zeroed or kept as a whole.
ct_tensor ct_dropout(ct_tensor x, ct_dropping dropping, const int64_t *places, int64_t count,
                     bool whole);

#ifdef __cplusplus
}
#endif
