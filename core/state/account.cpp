#include "core/state/account.hpp"

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
const Call* find_call(const Account& account, CallId id) { return find_in(account.calls, id); }
const Reservation* find_reservation(const Account& account, ReservationId id) {
  return find_in(account.reservations, id);
}
const Edge* find_edge(const Account& account, const EdgeName& name) { return find_in(account.edges, name); }

Ms next_deadline(const Account& account) {
  return account.index.due.empty() ? never_ms : account.index.due.begin()->at_ts;
}

std::size_t open_offers(const Account& account, const Call& call) {
  std::size_t open = 0;
  for (ReservationId id : call.offers) {
    const Reservation* reservation = find_reservation(account, id);
    if (reservation->phase == Phase::offered || reservation->phase == Phase::closing) ++open;
  }
  return open;
}

std::size_t offer_width(const Account& account, const Call& call) {
  const Queue* queue = find_queue(account, call.queue);
  return queue != nullptr && queue->config.strategy == StrategyKind::ring_all ? queue->config.ring_all_width : 1;
}

bool seeks(const Account& account, const Call& call) {
  if (call.state != CallState::waiting) return false;
  // A call that one agent's withdrawal still holds stays with that answer: it may yet be Answered (R14).
  return open_offers(account, call) < offer_width(account, call);
}

}  // namespace rf::core
