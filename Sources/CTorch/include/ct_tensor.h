// What a tensor is: making one, reading one, and the settings of the whole process.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor_impl *ct_tensor;

typedef struct {
  int8_t type;  // c10::DeviceType: 0 CPU, 1 CUDA, 13 MPS
  int8_t index;
} ct_device;

// The process.
const char *ct_error(void);
const char *ct_version(void);
const char *ct_configuration(void);
void ct_set_threads(int count);
int ct_threads(void);
/// Keeps freed memory for the next tensors instead of giving it back to the system each time.
void ct_keep_memory(void);
int ct_cuda_count(void);
bool ct_has_mps(void);

// Lifetime and properties.
void ct_release(ct_tensor t);
int ct_rank(ct_tensor t);
const int64_t *ct_sizes(ct_tensor t);
int ct_dtype(ct_tensor t);
ct_device ct_device_of(ct_tensor t);
bool ct_copy_out(ct_tensor t, int dtype, void *out, size_t bytes);
bool ct_item(ct_tensor t, double *out);

// Creation.
ct_tensor ct_full(const int64_t *sizes, int rank, double value, int dtype, ct_device device);
/// Random numbers come from a generator of the caller's; NULL is the process's own.
typedef struct ct_generator_impl *ct_generator;
ct_generator ct_generator_make(uint64_t seed);
void ct_generator_release(ct_generator generator);
ct_tensor ct_normal(const int64_t *sizes, int rank, ct_generator generator);
ct_tensor ct_uniform(const int64_t *sizes, int rank, ct_generator generator);
ct_tensor ct_range(int64_t from, int64_t to, ct_device device);
ct_tensor ct_from_bytes(const void *data, const int64_t *sizes, int rank, int dtype);
/// Wraps memory without copying it; `release(context)` runs when the last view goes.
ct_tensor ct_wrap(void *data, const int64_t *sizes, int rank, int dtype,
                  void (*release)(void *), void *context);
ct_tensor ct_to(ct_tensor t, ct_device device, int dtype);
ct_tensor ct_contiguous(ct_tensor t);
ct_tensor ct_clone(ct_tensor t);

#ifdef __cplusplus
}
#endif
