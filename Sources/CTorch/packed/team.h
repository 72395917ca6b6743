// Threads for kernels of our own: libtorch's, so that both never compete for the cores.
#pragma once
#include <cstdint>
#include <type_traits>

namespace ct {

using Job = void (*)(void *context, int64_t index, int worker);

// Runs `job` for each index below `count`, on at most `workers` threads; each takes the next index
// that nobody has taken. `worker` is the number of the thread.
void run_team(int64_t count, int workers, Job job, void *context);

template <class Body>
void for_each(int64_t count, int workers, Body &&body) {
  run_team(
      count, workers,
      [](void *context, int64_t index, int worker) {
        (*static_cast<std::remove_reference_t<Body> *>(context))(index, worker);
      },
      &body);
}

}  // namespace ct
