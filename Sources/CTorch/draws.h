// Random numbers by place and not by order: what is drawn for a token of a sample is the same in any
// chunk, among any padding, on any thread and in any process.
#pragma once
#include <cstdint>

namespace ct {

// Number `index` of the stream `key`. Numbers are as good as keys: streams branch by drawing theirs.
//
// Source: Steele, Lea & Flood 2014 (SplitMix), doi:10.1145/2660193.2660195.
inline uint64_t drawn(uint64_t key, uint64_t index) {
  uint64_t x = key + (index + 1) * 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// What a layer zeroes at random.
struct Dropping {
  double rate = 0;
  // The stream of this layer and step.
  uint64_t key = 0;
  // The number of the first sample of a batch among all of the step.
  int64_t first = 0;

  // The stream of a token of a sample of the batch.
  uint64_t token(int64_t sample, int64_t token) const {
    return drawn(key, static_cast<uint64_t>(first + sample) << 32 | static_cast<uint64_t>(token));
  }

  // What `count` numbers of a stream are multiplied with: zero, or what keeps the mean.
  void factors(uint64_t stream, int64_t count, float *to) const {
    const auto limit = static_cast<uint64_t>(rate * 4294967296.0);
    const auto kept = static_cast<float>(1 / (1 - rate));
    for (int64_t i = 0; i < count; i += 2) {
      const uint64_t two = drawn(stream, static_cast<uint64_t>(i / 2));
      to[i] = (two & 0xFFFFFFFF) < limit ? 0 : kept;
      if (i + 1 < count) to[i + 1] = (two >> 32) < limit ? 0 : kept;
    }
  }
};

}  // namespace ct
