#include "core/strategy/strategy.hpp"

#include <array>

namespace rf::core {

namespace {

struct Alias {
  std::string_view name;
  StrategyKind kind;
};

/// What other systems and people say: app_queue, mod_callcenter, Kazoo, RustPBX.
constexpr std::array<Alias, 18> aliases = {{
    {"ringall", StrategyKind::ring_all},
    {"parallel", StrategyKind::ring_all},
    {"simultaneous", StrategyKind::ring_all},
    {"leastrecent", StrategyKind::longest_idle_agent},
    {"longest-idle", StrategyKind::longest_idle_agent},
    {"longest_idle", StrategyKind::longest_idle_agent},
    {"most_idle", StrategyKind::longest_idle_agent},
    {"roundrobin", StrategyKind::round_robin},
    {"rrmemory", StrategyKind::round_robin},
    {"rrordered", StrategyKind::rr_ordered},
    {"linear", StrategyKind::top_down},
    {"sequential", StrategyKind::top_down},
    {"fewestcalls", StrategyKind::agent_with_fewest_calls},
    {"least_calls", StrategyKind::agent_with_fewest_calls},
    {"least_talk_time", StrategyKind::agent_with_least_talk_time},
    {"wrandom", StrategyKind::weighted_random},
    {"skills", StrategyKind::skill_based},
    {"skill_based", StrategyKind::skill_based},
}};

}  // namespace

std::optional<Strategy::Behind> Strategy::behind(const Stood&, const Stood&) const { return std::nullopt; }

const Strategy& strategy_of(StrategyKind kind) {
  switch (kind) {
    case StrategyKind::longest_idle_agent: return longest_idle_agent();
    case StrategyKind::ring_all: return ring_all();
    case StrategyKind::round_robin: return round_robin();
    case StrategyKind::rr_ordered: return rr_ordered();
    case StrategyKind::top_down: return top_down();
    case StrategyKind::sequentially_by_agent_order: return sequentially_by_agent_order();
    case StrategyKind::agent_with_least_talk_time: return agent_with_least_talk_time();
    case StrategyKind::agent_with_fewest_calls: return agent_with_fewest_calls();
    case StrategyKind::ring_progressively: return ring_progressively();
    case StrategyKind::random: return random_agent();
    case StrategyKind::weighted_random: return weighted_random();
    case StrategyKind::skill_based: return skill_based();
  }
  return longest_idle_agent();
}

std::string_view name_of(StrategyKind kind) { return strategy_of(kind).name(); }

const std::array<std::string_view, strategy_count>& strategy_names() {
  static const auto names = [] {
    std::array<std::string_view, strategy_count> all;
    for (std::size_t i = 0; i < strategy_count; ++i) all[i] = name_of(static_cast<StrategyKind>(i));
    return all;
  }();
  return names;
}

std::optional<StrategyKind> strategy_named(std::string_view name) {
  for (std::size_t i = 0; i < strategy_count; ++i)
    if (strategy_names()[i] == name) return static_cast<StrategyKind>(i);
  for (const Alias& alias : aliases)
    if (alias.name == name) return alias.kind;
  return std::nullopt;
}

}  // namespace rf::core
