#pragma once
#include <chrono>

#include "core/base/time.hpp"

namespace rf::process {

/// The two clocks of a process, behind one interface so that tests can substitute them. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Milliseconds since 1970 (UTC). May jump in both directions; only for what people read and for log time (R5).
  virtual Ms wall_ms() const = 0;
  /// Milliseconds since this machine started; never falls and is the same for every process of one boot (R12, R17).
  virtual Ms mono_ms() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  Ms wall_ms() const override;
  Ms mono_ms() const override;
};

/// Processor time of this process so far, user and system, in seconds. Any thread.
double cpu_s();

/// The instant `timeout_ms` from now in the form that a gRPC client context takes as its deadline.
std::chrono::system_clock::time_point rpc_deadline(Ms timeout_ms);

}  // namespace rf::process
