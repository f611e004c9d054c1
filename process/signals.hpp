#pragma once
#include <csignal>
#include <functional>
#include <thread>

namespace rf::process {

/// Turns SIGTERM and SIGINT into calls of `on_stop` on a thread of its own, where everything is allowed. SIGPIPE is
/// ignored: a closed connection is an error of that connection only.
/// Make it first in main: threads started earlier would still die by the signal. One at a time in a process.
class StopSignals {
 public:
  /// `on_stop` gets the signal's number, once for each that arrives; it must not throw.
  explicit StopSignals(std::function<void(int)> on_stop);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  /// Waits for a running `on_stop`, then restores this thread's signal mask. Not from within `on_stop`.
  ~StopSignals();

 private:
  void watch();

  const std::function<void(int)> on_stop_;
  sigset_t mask_before_{};
  int signal_fd_ = -1;
  int end_fd_ = -1;
  std::thread thread_;
};

}  // namespace rf::process
