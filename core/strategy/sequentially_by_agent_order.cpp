#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// By position; members of equal position by their last offer, the longest ago first. Trap (mod_callcenter): it is what an
/// unknown strategy name silently becomes; here an unknown name is refused.
class SequentiallyByAgentOrder final : public Strategy {
 public:
  std::string_view name() const override { return "sequentially-by-agent-order"; }
  Standing standing(const MemberView& member, const Skills&, const Skills&) const override {
    return Standing{member.position, member.last_offered_ts, -member.priority};
  }
};

}  // namespace

const Strategy& sequentially_by_agent_order() {
  static const SequentiallyByAgentOrder strategy;
  return strategy;
}

}  // namespace rf::core
