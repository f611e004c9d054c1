#pragma once
#include <functional>
#include <mutex>

#include "process/signals.hpp"

namespace rf::ctl {

/// What Ctrl-C and SIGTERM do: end the process at once, unless something is there to be ended in order. Made first in main,
/// as StopSignals asks.
class Interrupt {
 public:
  Interrupt();

  /// From now on the signal calls `end` instead, which must not call back; an empty function undoes that. When it returns no
  /// earlier function is running.
  void set(std::function<void()> end);

 private:
  std::mutex mutex_;
  std::function<void()> end_;
  /// Last: its thread uses the others.
  process::StopSignals signals_;
};

}  // namespace rf::ctl
