#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <torch/version.h>
#ifdef __GLIBC__
#include <limits.h>
#include <malloc.h>
#endif
#include "internal.h"

using namespace ct;

static thread_local std::string last_error;
// Only the first paragraph: a missing kernel's message goes on to list every backend.
void ct::set_error(const std::string &message) noexcept {
  last_error = message.substr(0, message.find("\n\n"));
}

extern "C" {
const char *ct_error(void) { return last_error.c_str(); }
const char *ct_version(void) { return TORCH_VERSION; }
const char *ct_configuration(void) {
  static const std::string text = at::show_config() + at::get_parallel_info();
  return text.c_str();
}
void ct_set_threads(int count) { at::set_num_threads(count); }
int ct_threads(void) { return at::get_num_threads(); }
void ct_keep_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}
int ct_cuda_count(void) {
  return guarded([]() -> int {
    return at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().deviceCount()) : 0;
  });
}
bool ct_has_mps(void) { return guarded([]() -> bool { return at::hasMPS(); }); }

void ct_release(ct_tensor t) {
  if (t) c10::raw::intrusive_ptr::decref(reinterpret_cast<c10::TensorImpl *>(t));
}
int ct_rank(ct_tensor t) { return t ? static_cast<int>(ref(t).dim()) : 0; }
const int64_t *ct_sizes(ct_tensor t) { return t ? ref(t).sizes().data() : nullptr; }
int ct_dtype(ct_tensor t) { return static_cast<int>(t ? ref(t).scalar_type() : at::kFloat); }
ct_device ct_device_of(ct_tensor t) {
  if (!t) return {0, 0};
  auto d = ref(t).device();
  return {static_cast<int8_t>(d.type()), static_cast<int8_t>(d.has_index() ? d.index() : 0)};
}
bool ct_copy_out(ct_tensor t, int dt, void *out, size_t bytes) {
  return done([&] {
    auto plain = ref(t).detach().to(c10::kCPU, dtype(dt)).contiguous();
    TORCH_CHECK(plain.nbytes() == bytes, "copy of ", plain.nbytes(), " bytes into ", bytes);
    if (bytes) memcpy(out, plain.const_data_ptr(), bytes);
  });
}
bool ct_item(ct_tensor t, double *out) {
  return done([&] { *out = ref(t).item().toDouble(); });
}

ct_tensor ct_full(const int64_t *s, int n, double v, int dt, ct_device d) {
  return tensor([&] {
    return at::full(sizes(s, n), v, at::TensorOptions(dtype(dt)).device(device(d)));
  });
}
ct_generator ct_generator_make(uint64_t seed) {
  return guarded([&]() -> ct_generator {
    return reinterpret_cast<ct_generator>(
        new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed)));
  });
}
void ct_generator_release(ct_generator generator) {
  delete reinterpret_cast<at::Generator *>(generator);
}
static std::optional<at::Generator> optional(ct_generator generator) {
  return generator ? std::optional(*reinterpret_cast<at::Generator *>(generator)) : std::nullopt;
}
ct_tensor ct_normal(const int64_t *s, int n, ct_generator generator) {
  return tensor([&] { return at::randn(sizes(s, n), optional(generator), at::kFloat); });
}
ct_tensor ct_uniform(const int64_t *s, int n, ct_generator generator) {
  return tensor([&] { return at::rand(sizes(s, n), optional(generator), at::kFloat); });
}
ct_tensor ct_range(int64_t from, int64_t to, ct_device d) {
  return tensor([&] {
    return at::arange(from, to, at::TensorOptions(at::kLong).device(device(d)));
  });
}
ct_tensor ct_from_bytes(const void *data, const int64_t *s, int n, int dt) {
  return tensor([&] {
    auto t = at::empty(sizes(s, n), at::TensorOptions(dtype(dt)));
    if (t.nbytes()) memcpy(t.mutable_data_ptr(), data, t.nbytes());
    return t;
  });
}
ct_tensor ct_wrap(void *data, const int64_t *s, int n, int dt, void (*release)(void *),
                  void *context) {
  return tensor([&] {
    return at::from_blob(
        data, sizes(s, n), [=](void *) { release(context); }, at::TensorOptions(dtype(dt)));
  });
}
ct_tensor ct_to(ct_tensor t, ct_device d, int dt) {
  return tensor([&] { return ref(t).to(device(d), dtype(dt)); });
}
ct_tensor ct_contiguous(ct_tensor t) {
  return tensor([&] { return ref(t).contiguous(); });
}
ct_tensor ct_clone(ct_tensor t) {
  return tensor([&] { return ref(t).clone(); });
}
}
