#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// Every call begins at the top (tier, position, creation) and goes on after the agent that was offered it last, through
/// later tiers too; when nobody is left it begins again. Trap (mod_callcenter): it stands still when the last agent is on a
/// break; here who is not ready is not in the order, so the wrap always comes (E17).
class TopDown final : public Strategy {
 public:
  std::string_view name() const override { return "top-down"; }
  Standing standing(const MemberView& member, const Skills&, const Skills&) const override {
    return Standing{member.position, 0, 0};
  }

  std::optional<Behind> behind(const Stood&, const Stood& call) const override {
    if (!call.agent.set()) return std::nullopt;
    return Behind{call.tier_level, Ordered{Standing{call.position, 0, 0}, call.agent}, true};
  }
};

}  // namespace

const Strategy& top_down() {
  static const TopDown strategy;
  return strategy;
}

}  // namespace rf::core
