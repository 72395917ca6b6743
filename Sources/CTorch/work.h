#pragma once
#include <cstdint>

namespace ct {

// Whether what this thread computes is being counted.
bool counts_work() noexcept;
// Adds what a kernel of our own has computed, if it is being counted.
void add_work(int64_t operations) noexcept;

}  // namespace ct
