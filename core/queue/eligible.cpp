#include "core/queue/eligible.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "core/base/limits.hpp"
#include "core/base/plant.hpp"
#include "core/presence/bucket.hpp"
#include "core/queue/admission.hpp"
#include "core/queue/ask.hpp"
#include "core/strategy/skills.hpp"

namespace rf::core {

namespace {

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

/// How long a call waits before this member is offered it.
Ms wait_for(const Account& account, const Membership& membership) {
  const Queue* queue = find_queue(account, membership.queue);
  return std::max(membership.delay_ms, tier_wait_ms(account, *queue, membership.tier_level));
}

bool in_window(const TierWindow& tiers, std::int32_t tier_level) {
  return tier_level >= tiers.min && (tiers.max == 0 || tier_level <= tiers.max);
}

/// The first call of the list, in its order, that the agent may be offered; null if none.
const Place* first_eligible(const Account& account, const std::set<Place>& places, const Membership& membership,
                            const Agent& agent, const Now& now) {
  const Ms wait_ms = wait_for(account, membership);
  for (auto place = places.begin(); place != places.end();) {
    const Call& call = *find_call(account, place->call);
    if (eligible(account, call, membership, agent, now)) return &*place;
    // Calls of that priority from here on arrived later and have waited even less.
    const bool too_young = call.arrival.score_ms == 0 && now.ts - call.arrived_ts < wait_ms;
    place = too_young ? places.upper_bound(Place{place->priority, never_ms, 0, CallId()}) : std::next(place);
  }
  return nullptr;
}

/// Classes of a queue that the agent may take calls of.
template <class Take>
void each_class(const Account& account, const WaitingClasses& classes, const Agent& agent, std::int32_t tier_level,
                const Now& now, Take take) {
  const auto fits = [&](const WaitingClass& asked) {
    return in_window(asked.tiers, tier_level) && endpoint_for(agent, asked.edge) &&
           meets(agent.config.skills, asked.required) && class_open(account, asked.edge, now);
  };
  auto it = classes.begin();
  for (; it != classes.end() && !it->first.only.set(); ++it)
    if (fits(it->first)) take(it->second);
  WaitingClass mine;
  mine.only = agent.id;
  for (it = classes.lower_bound(mine); it != classes.end() && it->first.only == agent.id; ++it)
    if (fits(it->first)) take(it->second);
}

}  // namespace

bool class_open(const Account& account, const EdgeName& edge, const Now& now) {
  if (edge == api_edge) return true;
  const Edge* known = find_edge(account, edge);
  const EdgeClock* clock = now.edge(edge);
  return known != nullptr && known->health == EdgeHealth::live && known->sweep == Edge::Sweep::none &&
         clock != nullptr && clock->epoch == known->epoch && clock->age_ms < limits::edge_silent_ms;
}

bool endpoint_for(const Agent& agent, const EdgeName& edge) {
  if (edge == api_edge) return true;
  if (!agent.config.follow_me.empty() || !agent.config.uri.empty()) return true;
  return std::any_of(agent.bindings.begin(), agent.bindings.end(), [&](const Binding& b) { return b.edge == edge; });
}

bool eligible(const Account& account, const Call& call, const Membership& membership, const Agent& agent,
              const Now& now) {
  return ready(agent) && membership.active && !membership.paused && agent.no_offer_until_ts == 0 &&
         (call.only_until_ts == 0 || call.sticky == agent.id) && now.ts < call.arrival.max_wait_until_ts &&
         now.ts - call.arrived_ts >= wait_for(account, membership) &&
         in_window(call.ask.tiers, membership.tier_level) && meets(agent.config.skills, call.ask.required) &&
         endpoint_for(agent, call.arrival.edge) && now.ts >= pair_wait_until(call, agent.id) &&
         !holds(account, call, agent.id) && !is_capped(account, call) && class_open(account, call.arrival.edge, now);
}

bool eligible(const Account& account, const Call& call, const Agent& agent, const Now& now) {
  return takes_direct_calls(account, agent) && call.sticky == agent.id && call.only_until_ts != 0 &&
         agent.no_offer_until_ts == 0 && now.ts < call.arrival.max_wait_until_ts &&
         endpoint_for(agent, call.arrival.edge) && now.ts >= pair_wait_until(call, agent.id) &&
         !holds(account, call, agent.id) && class_open(account, call.arrival.edge, now);
}

bool seeks_calls(const Account& account, const Agent& agent) {
  if (ready(agent)) return true;
  return account.index.waiting_for.count(agent.id) > 0 && takes_direct_calls(account, agent);
}

Ms next_look(const Account& account, const Call& call, const Now& now) {
  Ms next = next_tier_ts(account, call, now.ts);
  if (const auto delays = account.index.delays.find(call.queue); delays != account.index.delays.end()) {
    const auto later = delays->second.upper_bound(now.ts - call.arrived_ts);
    if (later != delays->second.end()) next = std::min(next, call.arrived_ts + later->first);
  }
  for (const PairWait& wait : call.pair_waits)
    if (wait.until_ts > now.ts) next = std::min(next, wait.until_ts);
  return next;
}

CallId next_call(const Account& account, const Agent& agent, const Now& now) {
  if (agent.no_offer_until_ts != 0) return CallId();
  std::optional<Preference> best;
  if (const auto direct = account.index.waiting_for.find(agent.id); direct != account.index.waiting_for.end()) {
    for (CallId id : direct->second) {
      const Call& call = *find_call(account, id);
      if (call.queue.set() || !seeks(account, call) || !eligible(account, call, agent, now)) continue;
      const Preference mine{std::numeric_limits<std::int32_t>::max(), 0, place_of(call)};
      if (!best || mine < *best) best = mine;
    }
  }
  if (best || !ready(agent)) return best ? best->place.call : CallId();
  for (const Membership& membership : agent.memberships) {
    if (!membership.active || membership.paused) continue;
    const auto waiting = account.index.waiting.find(membership.queue);
    if (waiting == account.index.waiting.end()) continue;
    const Queue* queue = find_queue(account, membership.queue);
    each_class(account, waiting->second, agent, membership.tier_level, now, [&](const std::set<Place>& places) {
      const Place* place = first_eligible(account, places, membership, agent, now);
      if (place == nullptr) return;
      Preference mine{queue->config.weight, membership.tier_level,
                      standing_of(account, *find_call(account, place->call))};
      if (RF_PLANT(next_call_by_arrival_of_asks))
        mine = Preference{0, 0, Place{0, -place->arrived_ts, place->seq, place->call}};
      if (!best || mine < *best) best = mine;
    });
  }
  return best ? best->place.call : CallId();
}

CallId older_call(const Account& account, const Agent& agent, const Call& call, const Now& now) {
  const Membership* mine = find_membership(agent, call.queue);
  if (mine == nullptr || !eligible(account, call, *mine, agent, now)) return CallId();
  const std::int32_t weight = find_queue(account, call.queue)->config.weight;
  Place oldest = standing_of(account, call);
  for (const Membership& membership : agent.memberships) {
    const auto waiting = account.index.waiting.find(membership.queue);
    if (!membership.active || membership.paused || membership.tier_level != mine->tier_level ||
        waiting == account.index.waiting.end() || find_queue(account, membership.queue)->config.weight != weight)
      continue;
    each_class(account, waiting->second, agent, membership.tier_level, now, [&](const std::set<Place>& places) {
      const Place* place = first_eligible(account, places, membership, agent, now);
      if (place == nullptr) return;
      const Place standing = standing_of(account, *find_call(account, place->call));
      if (standing < oldest) oldest = standing;
    });
  }
  return oldest.call == call.id ? CallId() : oldest.call;
}

}  // namespace rf::core
