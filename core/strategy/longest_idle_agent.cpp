#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// Of the highest priority, the member that has neither ended a call nor been offered one for longest; then by position. Trap
/// (mod_callcenter): by the last *answered* call alone, an agent who rejects or does not answer stays first for ever.
class LongestIdleAgent final : public Strategy {
 public:
  std::string_view name() const override { return "longest-idle-agent"; }
  Standing standing(const MemberView& member, const Skills&, const Skills&) const override {
    return Standing{-member.priority, member.idle_since_ts, member.position};
  }
};

}  // namespace

const Strategy& longest_idle_agent() {
  static const LongestIdleAgent strategy;
  return strategy;
}

}  // namespace rf::core
