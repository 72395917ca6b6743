// How much arithmetic a piece of work takes.
#pragma once
#include "ct_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Counts the floating-point operations of this thread's matrix products, convolutions and attention,
/// those of a backward pass that it starts included, until `ct_count_end` on the same thread. One
/// thread counts at a time; another one waits.
void ct_count_begin(void);
/// What has been counted: two for each multiplication that is added up.
int64_t ct_count_end(void);

#ifdef __cplusplus
}
#endif
