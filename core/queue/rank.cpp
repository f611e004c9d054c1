#include "core/queue/rank.hpp"

#include <algorithm>

#include "core/base/plant.hpp"
#include "core/presence/bucket.hpp"
#include "core/queue/strategy/strategy.hpp"
#include "core/state/touched.hpp"

namespace rf::core {

bool QueueIndex::Key::operator<(const Key& other) const {
  if (tier_level != other.tier_level) return tier_level < other.tier_level;
  if (position != other.position) return position < other.position;
  if (priority != other.priority) return priority > other.priority;
  if (metric != other.metric) return metric < other.metric;
  return agent < other.agent;
}

QueueIndex::Key QueueIndex::key_of(AgentId agent, const MemberView& view) {
  return Key{view.tier_level, view.position, view.priority, view.metric, agent};
}

void QueueIndex::erase(AgentId agent) {
  const auto it = members_.find(agent);
  if (it == members_.end()) return;
  const Key key = key_of(agent, it->second);
  order_[api_edge].erase(key);
  for (const EdgeName& edge : it->second.edges) order_[edge].erase(key);
  members_.erase(it);
}

void QueueIndex::update(const std::vector<MemberChange>& changes) {
  for (const MemberChange& change : changes) {
    erase(change.agent);
    if (!change.view) continue;
    const Key key = key_of(change.agent, *change.view);
    order_[api_edge].insert(key);
    for (const EdgeName& edge : change.view->edges) order_[edge].insert(key);
    members_.emplace(change.agent, *change.view);
  }
}

void QueueIndex::clear() {
  members_.clear();
  order_.clear();
}

Ranked QueueIndex::rank(const RankRequest& request) const {
  Ranked ranked{request.call, {}};
  const auto order = order_.find(request.edge);
  if (order == order_.end()) return ranked;

  const auto times_tried = [&](AgentId agent) -> std::uint32_t {
    for (const Tried& t : request.tried)
      if (t.agent == agent) return t.count;
    return 0;
  };
  const auto open = [&](AgentId agent) {
    const MemberView& view = members_.at(agent);
    if (request.now_ts - request.arrived_ts < view.delay_ms || request.now_ts < view.no_offer_until_ts) return false;
    return std::none_of(request.pair_waits.begin(), request.pair_waits.end(),
                        [&](const PairWait& wait) { return wait.agent == agent && request.now_ts < wait.until_ts; });
  };

  const auto member = members_.find(request.sticky);
  if (member != members_.end() && order->second.count(key_of(request.sticky, member->second)) > 0 &&
      open(request.sticky))
    ranked.agents.push_back(request.sticky);

  std::vector<std::pair<std::uint32_t, AgentId>> tried_before;
  for (const Key& key : order->second) {
    if (ranked.agents.size() >= request.wanted) return ranked;
    if (key.agent == request.sticky || !open(key.agent)) continue;
    if (const std::uint32_t times = times_tried(key.agent); times > 0)
      tried_before.emplace_back(times, key.agent);
    else
      ranked.agents.push_back(key.agent);
  }
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

std::optional<MemberView> member_view(const Account& account, const Agent& agent, QueueId queue) {
  if (!ready(agent) && !RF_PLANT(double_grant)) return std::nullopt;
  for (const Membership& m : agent.memberships) {
    if (m.queue != queue || !m.active) continue;
    MemberView view;
    view.tier_level = m.tier_level;
    view.position = m.position;
    view.priority = agent.config.priority;
    view.metric = strategy_of(find_queue(account, queue)->config.strategy).metric(agent);
    view.delay_ms = m.delay_ms;
    view.no_offer_until_ts = agent.no_offer_until_ts;
    for (const Binding& b : agent.bindings)
      if (std::find(view.edges.begin(), view.edges.end(), b.edge) == view.edges.end()) view.edges.push_back(b.edge);
    return view;
  }
  return std::nullopt;
}

void RankFeed::note(const Account& account, const Touched& touched, const fact::Body& body) {
  if (followed_.empty()) return;
  if (std::holds_alternative<fact::QueueSet>(body)) forget(touched.queue);
  if (!touched.agent.set()) return;
  const Agent* agent = find_agent(account, touched.agent);
  const bool places_changed =
      std::holds_alternative<fact::AgentSet>(body) || std::holds_alternative<fact::AgentRemoved>(body);
  if (agent == nullptr || places_changed) {
    for (auto& [queue, changed] : followed_) changed.insert(touched.agent);
    return;
  }
  for (const Membership& m : agent->memberships)
    if (const auto it = followed_.find(m.queue); it != followed_.end()) it->second.insert(touched.agent);
}

RankRequest RankFeed::request(const Account& account, const Call& call, const Now& now) {
  RankRequest request;
  request.call = call.id;
  request.queue = call.queue;
  request.edge = call.arrival.edge;
  request.arrived_ts = call.arrived_ts;
  request.now_ts = now.ts;
  request.tried = call.tried;
  request.pair_waits = call.pair_waits;
  for (ReservationId id : call.offers)
    request.pair_waits.push_back(PairWait{find_reservation(account, id)->offer.agent, never_ms});
  request.wanted = offer_width(account, call) - open_offers(account, call);

  const auto [it, inserted] = followed_.try_emplace(call.queue);
  const bool fresh = inserted;
  request.whole = fresh;
  const auto add = [&](AgentId id) {
    const Agent* agent = find_agent(account, id);
    std::optional<MemberView> view;
    if (agent != nullptr) view = member_view(account, *agent, call.queue);
    if (view || !fresh) request.changes.push_back(MemberChange{id, std::move(view)});
  };
  if (fresh) {
    if (const auto members = account.index.members.find(call.queue); members != account.index.members.end())
      for (AgentId id : members->second) add(id);
  } else {
    for (AgentId id : it->second) add(id);
    it->second.clear();
  }
  return request;
}

void RankFeed::forget(QueueId queue) { followed_.erase(queue); }

}  // namespace rf::core
