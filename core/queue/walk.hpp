#pragma once
#include <functional>
#include <map>

#include "core/queue/rank.hpp"
#include "core/queue/sorted.hpp"
#include "core/strategy/strategy.hpp"

namespace rf::core {

/// Members of a tier by their delay, each group in the strategy's order.
using Tier = std::map<Ms, Sorted<Ordered>>;
using Order = std::map<std::int32_t, Tier>;

/// Takes one member after the other; false: enough.
using Visit = std::function<bool(AgentId)>;

/// Every member of the request's tiers whose delay is over, in the strategy's order: tier by tier, from where the strategy
/// goes on. A step costs O(groups of the tier).
void walk(const Order& order, const RankRequest& request, const Strategy& strategy, const Visit& visit);

/// The same members as they are drawn: by hash of the request's seed while that finds new ones soon, the rest in order. Of
/// each tier in turn, or of all tiers by weight.
void draw(const Order& order, const RankRequest& request, Strategy::Draw kind, const Visit& visit);

}  // namespace rf::core
