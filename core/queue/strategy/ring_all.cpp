#include "core/queue/strategy/strategy.hpp"

namespace rf::core {

namespace {

class RingAll final : public Strategy {
 public:
  Ms metric(const Agent& agent) const override { return longest_idle_agent().metric(agent); }
};

}  // namespace

const Strategy& ring_all() {
  static const RingAll strategy;
  return strategy;
}

const Strategy& strategy_of(StrategyKind kind) {
  switch (kind) {
    case StrategyKind::longest_idle_agent: return longest_idle_agent();
    case StrategyKind::ring_all: return ring_all();
  }
  return longest_idle_agent();
}

std::string_view name_of(StrategyKind kind) {
  switch (kind) {
    case StrategyKind::longest_idle_agent: return "longest-idle-agent";
    case StrategyKind::ring_all: return "ring-all";
  }
  return "unknown";
}

}  // namespace rf::core
