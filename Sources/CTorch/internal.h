#pragma once
#include <ATen/core/Tensor.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>
#include "ct_tensor.h"

namespace ct {

void set_error(const std::string &message) noexcept;

static_assert(sizeof(at::Tensor) == sizeof(ct_tensor));

// at::Tensor is one intrusive pointer, and a handle is that pointer.
inline const at::Tensor &ref(const ct_tensor &t) {
  if (!t) throw std::runtime_error("an operand is missing, because an operation before it failed");
  return reinterpret_cast<const at::Tensor &>(t);
}
inline ct_tensor own(at::Tensor t) {
  return reinterpret_cast<ct_tensor>(t.unsafeReleaseTensorImpl());
}
inline std::optional<at::Tensor> opt(const ct_tensor &t) {
  return t ? std::optional<at::Tensor>(ref(t)) : std::nullopt;
}
inline std::vector<at::Tensor> list(const ct_tensor *all, int count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int i = 0; i < count; i++) tensors.push_back(ref(all[i]));
  return tensors;
}
inline c10::IntArrayRef sizes(const int64_t *p, int n) { return {p, static_cast<size_t>(n)}; }
inline c10::Device device(ct_device d) {
  return c10::Device(static_cast<c10::DeviceType>(d.type), d.type == 0 ? -1 : d.index);
}
inline c10::ScalarType dtype(int d) { return static_cast<c10::ScalarType>(d); }

// Runs `body`; a C++ exception must never reach Swift, which aborts on one.
template <class Body>
auto guarded(Body &&body) noexcept -> std::invoke_result_t<Body> {
  try {
    return body();
  } catch (const c10::Error &error) {
    set_error(error.what_without_backtrace());
  } catch (const std::exception &error) {
    set_error(error.what());
  } catch (...) {
    set_error("an unknown C++ exception");
  }
  return {};
}
template <class Body>
ct_tensor tensor(Body &&body) noexcept {
  return guarded([&]() -> ct_tensor { return own(body()); });
}
template <class Body>
bool done(Body &&body) noexcept {
  return guarded([&]() -> bool {
    body();
    return true;
  });
}

}  // namespace ct
