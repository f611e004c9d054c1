#include "storage/rocks/health.hpp"

namespace rf::storage::rocks {

void Health::fail_disk(const Error& why) {
  const std::lock_guard lock(mutex_);
  if (!disk_) disk_ = Error{Code::unavailable, "nothing is accepted any more: " + why.what};
}

bool Health::break_shard(std::uint32_t shard, const Error& why) {
  const std::lock_guard lock(mutex_);
  if (shards_[shard]) return false;
  shards_[shard] = why;
  return true;
}

Result<void> Health::disk() const {
  const std::lock_guard lock(mutex_);
  if (disk_) return *disk_;
  return {};
}

Result<void> Health::shard(std::uint32_t shard) const {
  const std::lock_guard lock(mutex_);
  if (shards_[shard]) return *shards_[shard];
  return {};
}

Result<void> Health::all() const {
  const std::lock_guard lock(mutex_);
  if (disk_) return *disk_;
  const Error* first = nullptr;
  int broken = 0;
  for (const auto& why : shards_) {
    if (!why) continue;
    ++broken;
    if (first == nullptr) first = &*why;
  }
  if (first == nullptr) return {};
  if (broken == 1) return *first;
  return Error{first->code, std::to_string(broken) + " shards are not served; the first: " + first->what};
}

}  // namespace rf::storage::rocks
