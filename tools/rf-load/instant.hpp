#pragma once
#include <cstdint>

namespace rf::load {

/// Microseconds of one monotonic clock.
using Us = std::int64_t;

constexpr Us second_us = 1'000'000;
constexpr Us ms_us = 1'000;
/// No instant: nothing to wait for.
constexpr Us never_us = INT64_MAX;

}  // namespace rf::load
