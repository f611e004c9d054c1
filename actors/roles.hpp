#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

#include "core/base/limits.hpp"
#include "core/base/time.hpp"

namespace rf::actors {

/// What this node is for one shard; `term`, `epoch_start_ts` and `since_mono_ms` (this node's monotonic clock when it
/// heard) count while it leads.
struct Role {
  bool leads = false;
  std::uint64_t term = 0;
  Ms epoch_start_ts = 0;
  Ms since_mono_ms = 0;
};

/// This node's role in every shard. Any thread.
class Roles {
 public:
  void set(std::uint32_t shard, const Role& role) {
    const std::unique_lock lock(mutex_);
    roles_[shard] = role;
  }
  Role of(std::uint32_t shard) const {
    const std::shared_lock lock(mutex_);
    return roles_[shard];
  }

 private:
  mutable std::shared_mutex mutex_;
  std::array<Role, limits::shards> roles_{};
};

}  // namespace rf::actors
