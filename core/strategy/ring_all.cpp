#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// All eligible members at once, up to the queue's width; where the width cuts, in the order of longest-idle-agent. The first
/// answer wins. Trap (Kazoo): a lost race counted as a miss takes busy teams out of service; here it is none, and delays
/// nothing (R15).
class RingAll final : public Strategy {
 public:
  std::string_view name() const override { return "ring-all"; }
  Standing standing(const MemberView& member, const Skills& required, const Skills& preferred) const override {
    return longest_idle_agent().standing(member, required, preferred);
  }
};

}  // namespace

const Strategy& ring_all() {
  static const RingAll strategy;
  return strategy;
}

}  // namespace rf::core
