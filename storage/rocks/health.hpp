#pragma once
#include <array>
#include <mutex>
#include <optional>

#include "core/base/result.hpp"
#include "storage/rocks/mark.hpp"

namespace rf::storage::rocks {

/// What is wrong with this node's log: once bad, bad until the restart. Any thread.
class Health {
 public:
  /// The disk failed: nothing is written any more. The first reason stays.
  void fail_disk(const Error& why);
  /// The shard is served no more. False if it was broken already.
  bool break_shard(std::uint32_t shard, const Error& why);

  Result<void> disk() const;
  Result<void> shard(std::uint32_t shard) const;
  /// Disk first, then the first broken shard and how many there are.
  Result<void> all() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Error> disk_;
  std::array<std::optional<Error>, journal_shards> shards_;
};

}  // namespace rf::storage::rocks
