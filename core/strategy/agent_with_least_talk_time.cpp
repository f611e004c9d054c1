#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// Of the highest priority, the member that talked least today, then by position. A conversation counts when it has ended.
/// Trap (mod_callcenter): the counter starts anew with every return from a break, so a break wins the next call; here it is
/// the day's, whatever the agent does.
class AgentWithLeastTalkTime final : public Strategy {
 public:
  std::string_view name() const override { return "agent-with-least-talk-time"; }
  Standing standing(const MemberView& member, const Skills&, const Skills&) const override {
    return Standing{-member.priority, member.talk_today_ms, member.position};
  }
};

}  // namespace

const Strategy& agent_with_least_talk_time() {
  static const AgentWithLeastTalkTime strategy;
  return strategy;
}

}  // namespace rf::core
