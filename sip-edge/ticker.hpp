#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "core/base/time.hpp"

namespace rf::edge {

/// Calls its closure again and again from a thread of its own.
class Ticker {
 public:
  /// `tick` must not block and must not throw.
  Ticker(Ms period_ms, std::function<void()> tick);
  /// Waits for a running `tick`. Not from within it.
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void run();

  const Ms period_ms_;
  const std::function<void()> tick_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace rf::edge
