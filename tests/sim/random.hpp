#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/time.hpp"

namespace rf::sim {

/// The one source of chance of a run: the same seed gives the same run on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 0x2545f4914f6cdd1dull) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ull;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  /// In [0, n); 0 for n = 0.
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  /// In [low, high].
  Ms between(Ms low, Ms high) { return low + static_cast<Ms>(below(static_cast<std::uint64_t>(high - low) + 1)); }
  bool chance(double probability) { return static_cast<double>(next() >> 11) < probability * 9007199254740992.0; }
  /// Exponentially distributed with that mean, at least 1.
  Ms about(Ms mean) {
    const double u = (static_cast<double>(next() >> 11) + 1.0) / 9007199254740993.0;
    return 1 + static_cast<Ms>(-std::log(u) * static_cast<double>(mean));
  }
  template <class T>
  const T& one_of(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace rf::sim
