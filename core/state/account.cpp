#include "core/state/account.hpp"

#include <algorithm>

namespace rf::core {

namespace {

template <class Map, class Key>
const typename Map::mapped_type* find_in(const Map& map, const Key& key) {
  const auto it = map.find(key);
  return it == map.end() ? nullptr : &it->second;
}

}  // namespace

const Agent* find_agent(const Account& account, AgentId id) { return find_in(account.agents, id); }
const Queue* find_queue(const Account& account, QueueId id) { return find_in(account.queues, id); }
const QueueConfig& config_of(const Account& account, QueueId id) {
  static const QueueConfig defaults;
  const Queue* queue = find_queue(account, id);
  return queue == nullptr ? defaults : queue->config;
}

const Call* find_call(const Account& account, CallId id) { return find_in(account.calls, id); }
const Reservation* find_reservation(const Account& account, ReservationId id) {
  return find_in(account.reservations, id);
}
const Edge* find_edge(const Account& account, const EdgeName& name) { return find_in(account.edges, name); }

const Membership* find_membership(const Agent& agent, QueueId queue) {
  for (const Membership& m : agent.memberships)
    if (m.queue == queue) return &m;
  return nullptr;
}

std::uint32_t leaves_when(const QueueConfig& config) {
  if (config.leave_empty != 0) return config.leave_empty;
  return config.no_agent_ms != 0 ? empty_when::nobody_logged_in : 0;
}

WaitingClassView class_view(const Call& call) {
  return WaitingClassView{call.only_until_ts != 0 ? call.sticky : AgentId(), call.arrival.edge, call.ask.tiers,
                          call.ask.required, call.ask.preferred};
}

WaitingClass class_of(const Call& call) {
  const WaitingClassView asked = class_view(call);
  return WaitingClass{asked.only, asked.edge, asked.tiers, asked.required, asked.preferred};
}

Place place_of(const Call& call) {
  return Place{call.arrival.priority, call.arrived_ts - call.arrival.score_ms, call.seq, call.id};
}

Place standing_of(const Account& account, const Call& call) {
  Place place = place_of(call);
  place.arrived_ts -= config_of(account, call.queue).base_score_ms;
  return place;
}

Ms next_deadline(const Account& account) {
  return account.index.due.empty() ? never_ms : account.index.due.begin()->at_ts;
}

std::size_t open_offers(const Account& account, const Call& call) {
  std::size_t open = 0;
  for (ReservationId id : call.offers)
    if (is_open(find_reservation(account, id)->phase)) ++open;
  return open;
}

std::size_t offer_width(const Account& account, const Call& call) {
  const Queue* queue = find_queue(account, call.queue);
  if (queue == nullptr) return 1;
  switch (queue->config.strategy) {
    case StrategyKind::ring_all: return queue->config.ring_all_width;
    case StrategyKind::ring_progressively:
      return std::min<std::size_t>(std::max<std::size_t>(call.ring_width, 1), queue->config.ring_all_width);
    default: return 1;
  }
}

bool seeks(const Account& account, const Call& call) {
  if (call.state != CallState::waiting || call.exits || call.caller_there) return false;
  // A call that one agent's withdrawal still holds stays with that answer: it may yet be Answered (R14).
  return open_offers(account, call) < offer_width(account, call);
}

}  // namespace rf::core
