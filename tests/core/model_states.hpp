#pragma once
#include <cstdint>
#include <cstdlib>
#include <random>

/// The random states that a fast answer and a slow, plainly right one are compared on.
namespace rf::core {

using Random = std::mt19937_64;

/// How many; RF_MODEL_STATES asks for more.
inline std::size_t model_states() {
  const char* asked = std::getenv("RF_MODEL_STATES");
  return asked == nullptr ? 20000 : static_cast<std::size_t>(std::atoll(asked));
}

template <class T>
T below(Random& random, T end) {
  return static_cast<T>(random() % static_cast<std::uint64_t>(end));
}

}  // namespace rf::core
