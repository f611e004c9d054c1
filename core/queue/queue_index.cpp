#include "core/queue/queue_index.hpp"

#include <algorithm>

#include "core/strategy/skills.hpp"

namespace rf::core {

namespace {

/// More different sets of required skills at once are ranked by orders that are made anew each time.
constexpr std::size_t orders_max = 64;

std::uint32_t times_tried(const RankRequest& request, AgentId agent) {
  for (const Tried& t : request.tried)
    if (t.agent == agent) return t.count;
  return 0;
}

bool waits(const RankRequest& request, AgentId agent) {
  return std::any_of(request.pair_waits.begin(), request.pair_waits.end(),
                     [&](const PairWait& wait) { return wait.agent == agent && request.now_ts < wait.until_ts; });
}

bool has_endpoint(const MemberView& view, const EdgeName& edge) {
  return edge == api_edge || view.anywhere || std::find(view.edges.begin(), view.edges.end(), edge) != view.edges.end();
}

}  // namespace

bool open_to(const RankRequest& request, AgentId agent, const MemberView& view) {
  return has_endpoint(view, request.edge) && meets(view.skills, request.required) &&
         request.tiers.holds(view.tier_level) && request.now_ts - request.arrived_ts >= view.delay_ms &&
         !waits(request, agent);
}

void QueueIndex::insert(const Class& asked, Order& order, AgentId agent, const MemberView& view) const {
  if (has_endpoint(view, asked.edge) && meets(view.skills, asked.required))
    order[view.tier_level][view.delay_ms].insert(
        Ordered{strategy_->standing(view, asked.required, asked.preferred), agent});
}

void QueueIndex::erase(const Class& asked, Order& order, AgentId agent, const MemberView& view) const {
  const auto tier = order.find(view.tier_level);
  if (tier == order.end()) return;
  const auto group = tier->second.find(view.delay_ms);
  if (group == tier->second.end()) return;
  group->second.erase(Ordered{strategy_->standing(view, asked.required, asked.preferred), agent});
  if (group->second.empty()) tier->second.erase(group);
  if (tier->second.empty()) order.erase(tier);
}

void QueueIndex::update(const std::vector<MemberChange>& changes) {
  for (const MemberChange& change : changes) {
    const auto member = members_.find(change.agent);
    if (member != members_.end())
      for (auto& [asked, order] : orders_) erase(asked, order, change.agent, member->second);
    if (!change.view) {
      if (member != members_.end()) members_.erase(member);
      continue;
    }
    for (auto& [asked, order] : orders_) insert(asked, order, change.agent, *change.view);
    if (member != members_.end())
      member->second = *change.view;
    else
      members_.emplace(change.agent, *change.view);
  }
}

void QueueIndex::clear() {
  members_.clear();
  orders_.clear();
}

QueueIndex::Class QueueIndex::class_of(const RankRequest& request) const {
  return Class{request.edge, request.required, strategy_->looks_at_preferred() ? request.preferred : Skills()};
}

const Order& QueueIndex::order_of(const RankRequest& request) {
  Class asked = class_of(request);
  if (const auto known = orders_.find(asked); known != orders_.end()) return known->second;
  if (orders_.size() >= orders_max) orders_.clear();
  Order& order = orders_[asked];
  for (const auto& [agent, view] : members_) insert(asked, order, agent, view);
  return order;
}

Ranked QueueIndex::rank(const RankRequest& request) {
  Ranked ranked{request.call, {}};
  if (const Strategy& asked = strategy_of(request.strategy); strategy_ != &asked) {
    strategy_ = &asked;
    orders_.clear();
  }
  const auto sticky = members_.find(request.sticky);
  const bool sticky_open = sticky != members_.end() && open_to(request, sticky->first, sticky->second);
  const bool sticky_first = sticky_open && (request.sticky_only || times_tried(request, sticky->first) == 0);
  if (sticky_first) ranked.agents.push_back(request.sticky);
  if (request.sticky_only) return ranked;

  std::vector<std::pair<std::uint32_t, AgentId>> tried_before;
  const Visit take = [&](AgentId agent) {
    if (ranked.agents.size() >= request.wanted) return false;
    if ((sticky_first && agent == request.sticky) || waits(request, agent)) return true;
    if (const std::uint32_t times = times_tried(request, agent); times > 0)
      tried_before.emplace_back(times, agent);
    else
      ranked.agents.push_back(agent);
    return true;
  };
  if (const Strategy::Draw kind = strategy_->draw(); kind != Strategy::Draw::none)
    draw(order_of(request), request, kind, take);
  else
    walk(order_of(request), request, *strategy_, take);
  std::stable_sort(tried_before.begin(), tried_before.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [times, agent] : tried_before) {
    if (ranked.agents.size() >= request.wanted) break;
    ranked.agents.push_back(agent);
  }
  return ranked;
}

Ranked rank(QueueIndex& index, const RankRequest& request) {
  if (request.whole) index.clear();
  index.update(request.changes);
  return index.rank(request);
}

}  // namespace rf::core
