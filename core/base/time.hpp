#pragma once
#include <cstdint>

namespace rf {

/// Milliseconds; which clock is said by the name of the field: `ts` = the account's log clock (R5, epoch ms, never
/// falls), `edge_ms` = an edge's monotonic clock, `mono_ms` = this process's monotonic clock.
using Ms = std::int64_t;

constexpr Ms second_ms = 1000;
/// No instant: a deadline that is not set.
constexpr Ms never_ms = INT64_MAX;

}  // namespace rf
