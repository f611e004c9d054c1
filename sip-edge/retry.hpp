#pragma once
#include <algorithm>
#include <cstdint>

#include "core/base/time.hpp"

namespace rf::edge {

/// How long to wait before the next attempt: doubles with every failure from 0.2 s to 5 s, less up to a half of it by
/// `random`, so that edges that lost a node together do not come back together.
constexpr Ms retry_wait_ms(std::uint32_t failures, std::uint64_t random) {
  constexpr Ms first_ms = 200;
  constexpr Ms last_ms = 5000;
  const Ms full_ms = std::min(last_ms, first_ms << std::min(failures, 10u));
  return full_ms - static_cast<Ms>(random % static_cast<std::uint64_t>(full_ms / 2 + 1));
}

}  // namespace rf::edge
