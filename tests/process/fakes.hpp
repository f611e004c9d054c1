#pragma once
#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "process/clock.hpp"
#include "process/log.hpp"

namespace rf::process {

/// A clock that stands still until the test moves it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Ms wall_ms) : wall_(wall_ms) {}
  Ms wall_ms() const override { return wall_; }
  Ms mono_ms() const override { return mono_; }
  /// Both clocks go on by `ms`.
  void advance(Ms ms) {
    wall_ += ms;
    mono_ += ms;
  }
  /// Somebody sets the wall clock.
  void step_wall(Ms ms) { wall_ += ms; }

 private:
  std::atomic<Ms> wall_;
  std::atomic<Ms> mono_ = 0;
};

/// The machine's clocks, which the test can move ahead.
class SkippingClock final : public Clock {
 public:
  Ms wall_ms() const override { return machine_.wall_ms() + ahead_ms_; }
  Ms mono_ms() const override { return machine_.mono_ms() + ahead_ms_; }
  void skip(Ms ms) { ahead_ms_ += ms; }

 private:
  SystemClock machine_;
  std::atomic<Ms> ahead_ms_ = 0;
};

/// Keeps every line in memory.
class CapturingSink final : public LogSink {
 public:
  void write(std::string_view line) noexcept override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace rf::process
