#include "core/state/index.hpp"

#include <optional>

namespace rf::core {

namespace {

Due wrapup_due(const Agent& agent) { return Due{agent.wrapup_until_ts, 0, DueKind::wrapup, agent.id.value, {}}; }
Due gate_due(const Agent& agent) { return Due{agent.no_offer_until_ts, 0, DueKind::offer_gate, agent.id.value, {}}; }
Due look_due(const Call& call) { return Due{call.next_look_ts, call.seq, DueKind::look, call.id.value, {}}; }
Due max_wait_due(const Call& call) {
  return Due{call.arrival.max_wait_until_ts, call.seq, DueKind::max_wait, call.id.value, {}};
}
Due lease_due(const Reservation& r) {
  return Due{r.check_ts, r.offered_seq, DueKind::lease, r.offer.reservation.value, {}};
}
Due edge_due(const Edge& edge) { return Due{0, edge.sweep_seq, DueKind::edge_sweep, {}, edge.name}; }
Due queue_due(const Queue& queue) { return Due{0, 0, DueKind::queue_sweep, queue.id.value, {}}; }

/// Answered reservations have no lease: only the edge's word or its loss frees the agent (R12).
bool has_lease(const Reservation& r) {
  return r.check_ts != never_ms && r.phase != Phase::answered && r.phase != Phase::ending;
}

Place place_of(const Call& call) { return Place{call.arrival.priority, call.arrived_ts, call.seq, call.id}; }

template <class Map, class Key, class Value>
void erase_from(Map& map, const Key& key, const Value& value) {
  const auto it = map.find(key);
  if (it == map.end()) return;
  it->second.erase(value);
  if (it->second.empty()) map.erase(it);
}

template <class Map>
void erase_owned(Map& map, const std::string& key, const typename Map::mapped_type& owner) {
  const auto it = map.find(key);
  if (it != map.end() && it->second == owner) map.erase(it);
}

}  // namespace

void index(Account& account, const Agent& agent) {
  if (agent.wrapup_until_ts != 0) account.index.due.insert(wrapup_due(agent));
  if (agent.no_offer_until_ts != 0) account.index.due.insert(gate_due(agent));
}

void unindex(Account& account, const Agent& agent) {
  if (agent.wrapup_until_ts != 0) account.index.due.erase(wrapup_due(agent));
  if (agent.no_offer_until_ts != 0) account.index.due.erase(gate_due(agent));
}

void index_config(Account& account, const Agent& agent) {
  if (agent.removed) return;
  Index& ix = account.index;
  ix.agent_by_key[agent.config.key] = agent.id;
  if (!agent.config.extension.empty()) ix.agent_by_extension[agent.config.extension] = agent.id;
  if (!agent.username.empty()) ix.agent_by_username[agent.username] = agent.id;
  for (const Membership& m : agent.memberships) {
    ix.members[m.queue].insert(agent.id);
    ++ix.delays[m.queue][m.delay_ms];
  }
}

void unindex_config(Account& account, const Agent& agent) {
  if (agent.removed) return;
  Index& ix = account.index;
  erase_owned(ix.agent_by_key, agent.config.key, agent.id);
  erase_owned(ix.agent_by_extension, agent.config.extension, agent.id);
  erase_owned(ix.agent_by_username, agent.username, agent.id);
  for (const Membership& m : agent.memberships) {
    erase_from(ix.members, m.queue, agent.id);
    auto& delays = ix.delays[m.queue];
    if (--delays[m.delay_ms] == 0) delays.erase(m.delay_ms);
    if (delays.empty()) ix.delays.erase(m.queue);
  }
}

void index_bindings(Account& account, const Agent& agent) {
  for (const Binding& b : agent.bindings) {
    account.index.agent_by_binding[b.id] = agent.id;
    account.index.edge_bindings[b.edge].insert(b.id);
  }
}

void unindex_bindings(Account& account, const Agent& agent) {
  for (const Binding& b : agent.bindings) {
    account.index.agent_by_binding.erase(b.id);
    erase_from(account.index.edge_bindings, b.edge, b.id);
  }
}

void index(Account& account, const Queue& queue) {
  if (!queue.removed) account.index.queue_by_key[queue.config.key] = queue.id;
  if (queue.draining) account.index.due.insert(queue_due(queue));
}

void unindex(Account& account, const Queue& queue) {
  if (!queue.removed) erase_owned(account.index.queue_by_key, queue.config.key, queue.id);
  if (queue.draining) account.index.due.erase(queue_due(queue));
}

void index(Account& account, const Call& call) {
  Index& ix = account.index;
  if (call.state != CallState::ended) ix.edge_calls[call.arrival.edge].insert(call.id);
  if (call.state != CallState::waiting) return;
  if (seeks(account, call)) {
    ix.waiting[call.queue][call.arrival.edge].insert(place_of(call));
    if (call.next_look_ts != never_ms) ix.due.insert(look_due(call));
  }
  // A deadline of a call with a live offer waits for the offer to close (R14).
  if (call.arrival.max_wait_until_ts != never_ms && open_offers(account, call) == 0) ix.due.insert(max_wait_due(call));
}

void unindex(Account& account, const Call& call) {
  Index& ix = account.index;
  if (call.state != CallState::ended) erase_from(ix.edge_calls, call.arrival.edge, call.id);
  if (call.state != CallState::waiting) return;
  const auto queue = ix.waiting.find(call.queue);
  if (queue != ix.waiting.end()) {
    erase_from(queue->second, call.arrival.edge, place_of(call));
    if (queue->second.empty()) ix.waiting.erase(queue);
  }
  if (call.next_look_ts != never_ms) ix.due.erase(look_due(call));
  if (call.arrival.max_wait_until_ts != never_ms) ix.due.erase(max_wait_due(call));
}

void index(Account& account, const Reservation& r) {
  account.index.edge_reservations[r.offer.edge].insert(r.offer.reservation);
  if (has_lease(r)) account.index.due.insert(lease_due(r));
}

void unindex(Account& account, const Reservation& r) {
  erase_from(account.index.edge_reservations, r.offer.edge, r.offer.reservation);
  if (has_lease(r)) account.index.due.erase(lease_due(r));
}

void index(Account& account, const Edge& edge) {
  if (edge.sweep != Edge::Sweep::none) account.index.due.insert(edge_due(edge));
}

void unindex(Account& account, const Edge& edge) {
  if (edge.sweep != Edge::Sweep::none) account.index.due.erase(edge_due(edge));
}

void rebuild_index(Account& account) {
  account.index = Index{};
  for (const auto& [id, queue] : account.queues) index(account, queue);
  for (const auto& [id, agent] : account.agents) {
    index_config(account, agent);
    index_bindings(account, agent);
    index(account, agent);
  }
  for (const auto& [id, reservation] : account.reservations) index(account, reservation);
  for (const auto& [id, call] : account.calls) index(account, call);
  for (const auto& [name, edge] : account.edges) index(account, edge);
}

}  // namespace rf::core
