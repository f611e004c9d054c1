#include "core/queue/rank.hpp"

#include <algorithm>

#include "core/base/plant.hpp"
#include "core/presence/bucket.hpp"
#include "core/state/touched.hpp"

namespace rf::core {

std::optional<MemberView> member_view(const Account& account, const Agent& agent, QueueId queue) {
  if (!ready(agent) && !RF_PLANT(double_grant)) return std::nullopt;
  if (agent.no_offer_until_ts != 0) return std::nullopt;
  const Membership* m = find_membership(agent, queue);
  if (m == nullptr || !m->active || m->paused) return std::nullopt;
  MemberView view;
  view.tier_level = m->tier_level;
  view.position = m->position;
  view.priority = agent.config.priority;
  view.idle_since_ts = std::max(agent.last_call_end_ts, agent.last_offered_ts);
  view.last_offered_ts = agent.last_offered_ts;
  if (agent.day == account.day) {
    view.calls_today = agent.calls_today;
    view.talk_today_ms = agent.talk_today_ms;
  }
  view.delay_ms = m->delay_ms;
  view.skills = agent.config.skills;
  view.anywhere = !agent.config.follow_me.empty() || !agent.config.uri.empty();
  for (const Binding& b : agent.bindings)
    if (std::find(view.edges.begin(), view.edges.end(), b.edge) == view.edges.end()) view.edges.push_back(b.edge);
  return view;
}

void RankFeed::note(const Account& account, const Touched& touched, const fact::Body& body) {
  if (followed_.empty()) return;
  if (std::holds_alternative<fact::QueueSet>(body)) forget(touched.queue);
  // The day's counters begin anew for everybody.
  if (std::holds_alternative<fact::DayBegan>(body)) followed_.clear();
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
  request.strategy = find_queue(account, call.queue)->config.strategy;
  request.edge = call.arrival.edge;
  request.required = call.ask.required;
  request.preferred = call.ask.preferred;
  request.tiers = open_tiers(account, call, now.ts);
  request.arrived_ts = call.arrived_ts;
  request.now_ts = now.ts;
  request.sticky = call.sticky;
  request.sticky_only = call.only_until_ts != 0;
  request.tried = call.tried;
  request.pair_waits = call.pair_waits;
  for (ReservationId id : call.offers)
    request.pair_waits.push_back(PairWait{find_reservation(account, id)->offer.agent, never_ms});
  if (const auto newest = account.index.newest.find(call.queue); newest != account.index.newest.end())
    request.queue_last = Stood{newest->second.tier_level, newest->second.position, newest->second.agent};
  request.call_last = Stood{call.last_tier_level, call.last_position, call.last_agent};
  request.seed = mix64(mix64(account.id.value.high ^ mix64(account.id.value.low)) ^ account.seq);
  request.wanted = offer_width(account, call) - open_offers(account, call);

  const auto [it, fresh] = followed_.try_emplace(call.queue);
  request.whole = fresh;
  const auto add = [&](AgentId id) {
    const Agent* agent = find_agent(account, id);
    std::optional<MemberView> view;
    if (agent != nullptr) view = member_view(account, *agent, call.queue);
    if (view || !request.whole) request.changes.push_back(MemberChange{id, std::move(view)});
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
