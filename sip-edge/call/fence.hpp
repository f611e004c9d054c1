#pragma once
#include <cstdint>
#include <map>

namespace rf::edge {

/// Who spoke: the leader of `shard` in `term`. Every order, sync and attach carries it.
struct Fence {
  std::uint32_t shard = 0;
  std::uint64_t term = 0;
  friend bool operator==(const Fence&, const Fence&) = default;
};

/// The highest term seen of each shard, over all accounts and connections of this edge.
class FenceTable {
 public:
  /// Whether the speaker may give orders; false for a term below the highest seen of its shard. Raises that highest.
  bool admit(Fence fence);

 private:
  std::map<std::uint32_t, std::uint64_t> highest_;
};

}  // namespace rf::edge
