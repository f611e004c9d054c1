#include "core/queue/eligible.hpp"

#include <algorithm>
#include <tuple>

#include "core/base/limits.hpp"
#include "core/base/plant.hpp"
#include "core/presence/bucket.hpp"

namespace rf::core {

namespace {

/// How far behind the head of a class an agent looks past calls that wait for its delay or pair.
constexpr std::size_t heads_max = 16;

Ms pair_wait_until(const Call& call, AgentId agent) {
  for (const PairWait& wait : call.pair_waits)
    if (wait.agent == agent) return wait.until_ts;
  return 0;
}

/// Whether the agent has a leg of that very call: one that may take two calls is not offered one of them twice.
bool holds(const Account& account, const Call& call, AgentId agent) {
  return std::any_of(call.offers.begin(), call.offers.end(),
                     [&](ReservationId id) { return find_reservation(account, id)->offer.agent == agent; });
}

/// The order in which a freed agent prefers calls; smaller is better.
struct Preference {
  std::int32_t weight;
  std::int32_t tier_level;
  Place place;

  friend bool operator<(const Preference& a, const Preference& b) {
    if (a.weight != b.weight) return a.weight > b.weight;
    if (a.tier_level != b.tier_level) return a.tier_level < b.tier_level;
    return a.place < b.place;
  }
};

}  // namespace

bool class_open(const Account& account, const WaitingClass& edge, const Now& now) {
  if (edge == api_edge) return true;
  const Edge* known = find_edge(account, edge);
  const EdgeClock* clock = now.edge(edge);
  return known != nullptr && known->health == EdgeHealth::live && known->sweep == Edge::Sweep::none &&
         clock != nullptr && clock->epoch == known->epoch && clock->age_ms < limits::edge_silent_ms;
}

bool endpoint_for(const Agent& agent, const WaitingClass& edge) {
  if (edge == api_edge) return true;
  return std::any_of(agent.bindings.begin(), agent.bindings.end(), [&](const Binding& b) { return b.edge == edge; });
}

bool eligible(const Account& account, const Call& call, const Membership& membership, const Agent& agent,
              const Now& now) {
  return ready(agent) && membership.active && now.ts >= agent.no_offer_until_ts &&
         now.ts < call.arrival.max_wait_until_ts && now.ts - call.arrived_ts >= membership.delay_ms &&
         endpoint_for(agent, call.arrival.edge) && now.ts >= pair_wait_until(call, agent.id) &&
         !holds(account, call, agent.id) && class_open(account, call.arrival.edge, now);
}

Ms next_look(const Account& account, const Call& call, const Now& now) {
  Ms next = never_ms;
  if (const auto delays = account.index.delays.find(call.queue); delays != account.index.delays.end()) {
    const auto later = delays->second.upper_bound(now.ts - call.arrived_ts);
    if (later != delays->second.end()) next = call.arrived_ts + later->first;
  }
  for (const PairWait& wait : call.pair_waits)
    if (wait.until_ts > now.ts) next = std::min(next, wait.until_ts);
  return next;
}

CallId next_call(const Account& account, const Agent& agent, const Now& now) {
  if (!ready(agent) || now.ts < agent.no_offer_until_ts) return CallId();
  const Preference* best = nullptr;
  Preference held{};
  for (const Membership& membership : agent.memberships) {
    if (!membership.active) continue;
    const auto waiting = account.index.waiting.find(membership.queue);
    if (waiting == account.index.waiting.end()) continue;
    const Queue* queue = find_queue(account, membership.queue);
    for (const auto& [edge, places] : waiting->second) {
      if (!endpoint_for(agent, edge) || !class_open(account, edge, now)) continue;
      std::size_t looked = 0;
      for (const Place& place : places) {
        const Call& call = *find_call(account, place.call);
        // Its end is due: after a pause there may be many of these before the first that can be served.
        if (now.ts >= call.arrival.max_wait_until_ts) continue;
        if (++looked > heads_max) break;
        if (!eligible(account, call, membership, agent, now)) continue;
        Preference mine{queue->config.weight, membership.tier_level, place};
        if (RF_PLANT(next_call_by_arrival_of_asks))
          mine = Preference{0, 0, Place{0, -place.arrived_ts, place.seq, place.call}};
        if (best == nullptr || mine < held) {
          held = mine;
          best = &held;
        }
        break;
      }
    }
  }
  return best == nullptr ? CallId() : held.place.call;
}

}  // namespace rf::core
