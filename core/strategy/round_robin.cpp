#include <limits>

#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// After the member that this queue offered a call last: those of its tier with a higher position, then the tier from the
/// top; members of equal position by their last offer. Trap (mod_callcenter): the pointer is the newest offer of any queue
/// and takes its tier along, so another queue's call moves it and a later tier goes first; here it is the queue's own, and
/// tiers keep their order.
class RoundRobin final : public Strategy {
 public:
  std::string_view name() const override { return "round-robin"; }
  Standing standing(const MemberView& member, const Skills&, const Skills&) const override {
    return Standing{member.position, member.last_offered_ts, -member.priority};
  }

  std::optional<Behind> behind(const Stood& queue, const Stood&) const override {
    if (!queue.agent.set()) return std::nullopt;
    constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
    return Behind{queue.tier_level, Ordered{Standing{queue.position, last, last}, AgentId(Ulid{~0ull, ~0ull})}, false};
  }
};

}  // namespace

const Strategy& round_robin() {
  static const RoundRobin strategy;
  return strategy;
}

}  // namespace rf::core
