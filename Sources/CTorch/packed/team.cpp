#include "team.h"
#include <dlfcn.h>
#include <atomic>

namespace {

// libtorch computes with the threads of the OpenMP library that it brings along. This compiler has
// no OpenMP of its own; the entry point that compiled `#pragma omp parallel` calls is looked up.
using Parallel = void (*)(void (*)(void *), void *, unsigned, unsigned);
using Number = int (*)();

struct OpenMP {
  Parallel parallel = reinterpret_cast<Parallel>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  Number thread = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_get_thread_num"));
};

struct Region {
  std::atomic<int64_t> next{0};
  int64_t count;
  ct::Job job;
  void *context;
  int (*thread)();

  void work(int worker) {
    for (int64_t index; (index = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
      job(context, index, worker);
    }
  }
};

}  // namespace

void ct::run_team(int64_t count, int workers, Job job, void *context) {
  static const OpenMP openmp;
  Region region{.count = count, .job = job, .context = context, .thread = openmp.thread};
  if (count < workers) workers = static_cast<int>(count);
  if (workers < 2 || !openmp.parallel || !openmp.thread) return region.work(0);
  openmp.parallel(
      [](void *data) {
        auto &region = *static_cast<Region *>(data);
        region.work(region.thread());
      },
      &region, static_cast<unsigned>(workers), 0);
}
