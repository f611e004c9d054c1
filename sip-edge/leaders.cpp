#include "sip-edge/leaders.hpp"

#include <algorithm>
#include <utility>

namespace rf::edge {

std::vector<Fence> Leaders::claim(std::size_t node, const std::vector<Fence>& shards) {
  std::map<std::uint32_t, std::uint64_t> claimed;
  std::vector<Fence> gained;
  for (const Fence& fence : shards) {
    claimed[fence.shard] = fence.term;
    std::uint64_t& highest = highest_[fence.shard];
    highest = std::max(highest, fence.term);
    const auto before = claims_[node].find(fence.shard);
    if (before == claims_[node].end() || before->second != fence.term) gained.push_back(fence);
  }
  claims_[node] = std::move(claimed);
  return gained;
}

void Leaders::lost(std::size_t node) { claims_[node].clear(); }

std::optional<Leaders::Leader> Leaders::of(std::uint32_t shard) const {
  const auto highest = highest_.find(shard);
  if (highest == highest_.end()) return std::nullopt;
  for (std::size_t node = 0; node < claims_.size(); ++node) {
    const auto claim = claims_[node].find(shard);
    if (claim != claims_[node].end() && claim->second == highest->second) return Leader{node, claim->second};
  }
  return std::nullopt;
}

}  // namespace rf::edge
