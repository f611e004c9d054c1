#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include "actors/port.hpp"
#include "core/base/limits.hpp"

namespace rf::node {

/// Which shards this node leads and in which term, as Journal::OnRole said last. Any thread.
class ShardRoles {
 public:
  void set(std::uint32_t shard, std::uint64_t term, storage::RoleChange change) {
    const std::lock_guard lock(mutex_);
    roles_[shard] = Role{term, change == storage::RoleChange::leader};
  }
  /// The shard's term as far as this node knows; 0: none yet.
  std::uint64_t term(std::uint32_t shard) const {
    const std::lock_guard lock(mutex_);
    return roles_[shard].term;
  }
  bool leads(std::uint32_t shard) const {
    const std::lock_guard lock(mutex_);
    return roles_[shard].leads;
  }
  /// The shards of accounts that this node leads, not the directory's.
  std::vector<actors::Fence> led() const {
    const std::lock_guard lock(mutex_);
    std::vector<actors::Fence> fences;
    for (std::uint32_t shard = 0; shard < limits::shards; ++shard)
      if (roles_[shard].leads) fences.push_back({shard, roles_[shard].term});
    return fences;
  }

 private:
  struct Role {
    std::uint64_t term = 0;
    bool leads = false;
  };
  mutable std::mutex mutex_;
  std::array<Role, limits::shards + 1> roles_{};
};

}  // namespace rf::node
