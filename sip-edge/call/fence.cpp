#include "sip-edge/call/fence.hpp"

#include "core/base/plant.hpp"

namespace rf::edge {

bool FenceTable::admit(Fence fence) {
  auto& highest = highest_[fence.shard];
  if (fence.term < highest) return RF_PLANT(term_not_checked);
  highest = fence.term;
  return true;
}

}  // namespace rf::edge
