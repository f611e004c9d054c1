#pragma once
#include <algorithm>

#include "core/base/time.hpp"

namespace rf::actors {

/// An account's log clock in one term (R5): from the wall clock at EpochStart, or from the account's own last ts if that is
/// later, on with the monotonic clock. It never falls, and an instant on it is never earlier than the time that has passed
/// since EpochStart allows: an actor rebuilt in the middle of a term runs no deadline early.
class LogClock {
 public:
  /// `since_mono_ms`: the monotonic clock when the term began here; `mono_ms`: now; `last_ts`: of the account's last fact.
  LogClock(Ms epoch_start_ts, Ms since_mono_ms, Ms last_ts, Ms mono_ms)
      : since_mono_ms_(since_mono_ms), start_ts_(std::max(epoch_start_ts, last_ts - (mono_ms - since_mono_ms))) {}

  Ms now_ts(Ms mono_ms) const { return start_ts_ + (mono_ms - since_mono_ms_); }
  /// What this clock showed when the term began.
  Ms start_ts() const { return start_ts_; }

 private:
  Ms since_mono_ms_;
  Ms start_ts_;
};

}  // namespace rf::actors
