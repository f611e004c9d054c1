#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/base/result.hpp"
#include "core/base/time.hpp"

namespace rf::edge {

/// An edge's directory: it belongs to one process at a time and counts that edge's starts (R17). Locked as long as this
/// lives.
class StateDirectory {
 public:
  /// Creates the directory (0700) if it is missing, locks it and begins a new epoch, which is on disk when this returns.
  /// Errors: failed_precondition (another process has it, or others may write to it), corrupt (what is there is no epoch), permission_denied, unavailable
  /// (the disk).
  static Result<StateDirectory> open(const std::string& path, Ms wall_ms);

  StateDirectory(StateDirectory&& other) noexcept;
  StateDirectory& operator=(StateDirectory&&) = delete;
  ~StateDirectory();

  /// Above that of every earlier start; not below the wall clock, so that a directory that was lost does no harm.
  std::uint64_t epoch() const { return epoch_; }
  /// For the log: that other users can look into it.
  const std::optional<std::string>& warning() const { return warning_; }

 private:
  StateDirectory(int lock_fd, std::uint64_t epoch, std::optional<std::string> warning)
      : lock_fd_(lock_fd), epoch_(epoch), warning_(std::move(warning)) {}

  int lock_fd_ = -1;
  std::uint64_t epoch_ = 0;
  std::optional<std::string> warning_;
};

}  // namespace rf::edge
