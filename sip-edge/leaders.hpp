#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sip-edge/call/fence.hpp"

namespace rf::edge {

/// Which attached node leads which shard, by what the nodes say of themselves. Of two that claim a shard the higher term
/// is right; a claim below the highest term ever heard is an old leader that does not know yet. One thread.
class Leaders {
 public:
  explicit Leaders(std::size_t nodes) : claims_(nodes) {}

  /// Everything that node number `node` leads. Returns the shards that it did not lead before, or led in another term.
  std::vector<Fence> claim(std::size_t node, const std::vector<Fence>& shards);
  /// The stream to the node ended.
  void lost(std::size_t node);

  struct Leader {
    std::size_t node = 0;
    std::uint64_t term = 0;
    friend bool operator==(const Leader&, const Leader&) = default;
  };
  std::optional<Leader> of(std::uint32_t shard) const;

 private:
  /// Of each node: shard -> term.
  std::vector<std::map<std::uint32_t, std::uint64_t>> claims_;
  std::map<std::uint32_t, std::uint64_t> highest_;
};

}  // namespace rf::edge
