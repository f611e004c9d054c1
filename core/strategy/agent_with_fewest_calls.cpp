#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// Of the highest priority, the member that answered the fewest calls today, then by position. Traps: a counter that a break
/// resets (mod_callcenter), and one that a transfer moves twice (app_queue); here an answer counts once, for the day.
class AgentWithFewestCalls final : public Strategy {
 public:
  std::string_view name() const override { return "agent-with-fewest-calls"; }
  Standing standing(const MemberView& member, const Skills&, const Skills&) const override {
    return Standing{-member.priority, member.calls_today, member.position};
  }
};

}  // namespace

const Strategy& agent_with_fewest_calls() {
  static const AgentWithFewestCalls strategy;
  return strategy;
}

}  // namespace rf::core
