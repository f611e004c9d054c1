#include <algorithm>

#include "core/queue/strategy/strategy.hpp"

namespace rf::core {

namespace {

class LongestIdleAgent final : public Strategy {
 public:
  Ms metric(const Agent& agent) const override { return std::max(agent.last_call_end_ts, agent.last_offered_ts); }
};

}  // namespace

const Strategy& longest_idle_agent() {
  static const LongestIdleAgent strategy;
  return strategy;
}

}  // namespace rf::core
