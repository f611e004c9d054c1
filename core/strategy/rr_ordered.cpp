#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// After the member that this queue offered a call last, in the configured order (position, then creation) of its tier and
/// round again: app_queue's rrordered. Who is not ready as its turn comes loses that turn. Trap (app_queue rrmemory): the
/// order follows a hash table and changes when members come and go.
class RrOrdered final : public Strategy {
 public:
  std::string_view name() const override { return "rr-ordered"; }
  Standing standing(const MemberView& member, const Skills&, const Skills&) const override {
    return Standing{member.position, 0, 0};
  }

  std::optional<Behind> behind(const Stood& queue, const Stood&) const override {
    if (!queue.agent.set()) return std::nullopt;
    return Behind{queue.tier_level, Ordered{Standing{queue.position, 0, 0}, queue.agent}, false};
  }
};

}  // namespace

const Strategy& rr_ordered() {
  static const RrOrdered strategy;
  return strategy;
}

}  // namespace rf::core
