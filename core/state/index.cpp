#include "core/state/index.hpp"

#include <algorithm>
#include <optional>

namespace rf::core {

namespace {

template <class Take>
void each_deadline(const Account& account, const Agent& agent, Take take) {
  const auto at = [&](Ms ts, DueKind kind) {
    if (ts != 0) take(Due{ts, 0, kind, agent.id.value, {}});
  };
  at(agent.wrapup_until_ts, DueKind::wrapup);
  at(agent.no_offer_until_ts, DueKind::offer_gate);
  at(agent.break_until_ts, DueKind::break_end);
  at(agent.next_activity_ts, DueKind::activity);
  const Ms stale_after_ms = account.settings.stale_after_ms;
  if (agent.bucket == Bucket::unreachable && !agent.stale && stale_after_ms != 0)
    at(agent.bucket_since_ts + stale_after_ms, DueKind::stale);
}

Due look_due(const Call& call) { return Due{call.next_look_ts, call.seq, DueKind::look, call.id.value, {}}; }
Due max_wait_due(const Call& call) {
  return Due{call.arrival.max_wait_until_ts, call.seq, DueKind::max_wait, call.id.value, {}};
}
Due lease_due(const Reservation& r) {
  return Due{r.check_ts, r.offered_seq, DueKind::lease, r.offer.reservation.value, {}};
}
Due widen_due(const Call& call) { return Due{call.ask.next_step_ts, call.seq, DueKind::widen, call.id.value, {}}; }
Due release_due(const Call& call) { return Due{call.only_until_ts, call.seq, DueKind::release, call.id.value, {}}; }
Due exit_due(const Call& call) { return Due{0, call.seq, DueKind::exit, call.id.value, {}}; }
Due ring_step_due(const Call& call) { return Due{call.ring_step_ts, call.seq, DueKind::ring_step, call.id.value, {}}; }
Due edge_due(const Edge& edge) { return Due{0, edge.sweep_seq, DueKind::edge_sweep, {}, edge.name}; }
Due queue_due(const Queue& queue) { return Due{0, 0, DueKind::queue_sweep, queue.id.value, {}}; }

Due logoff_due(const Account& account) { return Due{std::max<Ms>(0, account.logoff_ts), 0, DueKind::logoff, {}, {}}; }

/// Answered reservations have no lease: only the edge's word or its loss frees the agent (R12).
bool has_lease(const Reservation& r) { return r.check_ts != never_ms && !is_call_leg(r.phase); }

template <class Map, class Key, class Value>
void erase_from(Map& map, const Key& key, const Value& value) {
  const auto it = map.find(key);
  if (it == map.end()) return;
  it->second.erase(value);
  if (it->second.empty()) map.erase(it);
}

/// Whether the edge carries the call: one without a caller only while an agent is in it.
bool at_edge(const Call& call) {
  return call.state != CallState::ended &&
         (call.place_uri.empty() || call.caller_there || call.state != CallState::waiting);
}

/// When the oldest call of a queue that nobody serves leaves it.
std::optional<Due> no_agent_due(const Account& account, const Queue& queue) {
  const auto arrivals = account.index.arrivals.find(queue.id);
  if (queue.empty_since_ts == 0 || arrivals == account.index.arrivals.end()) return std::nullopt;
  const Ms grace_over_ts = arrivals->second.begin()->first + queue.config.no_agent_grace_ms;
  return Due{std::max(queue.empty_since_ts + queue.config.no_agent_ms, grace_over_ts),
             0,
             DueKind::no_agent,
             queue.id.value,
             {}};
}

/// Adds or takes out a waiting call of a queue that its calls may leave, and moves the queue's deadline.
template <class Change>
void arrivals(Account& account, const Call& call, Change change) {
  const Queue* queue = find_queue(account, call.queue);
  if (queue == nullptr || leaves_when(queue->config) == 0 || call.callback) return;
  if (const auto due = no_agent_due(account, *queue)) account.index.due.erase(*due);
  change(account.index.arrivals[call.queue]);
  if (account.index.arrivals[call.queue].empty()) account.index.arrivals.erase(call.queue);
  if (const auto due = no_agent_due(account, *queue)) account.index.due.insert(*due);
}

bool is_busy(const Account& account, const Call& call) {
  const Queue* queue = find_queue(account, call.queue);
  if (queue == nullptr || queue->config.talking_max == 0) return false;
  // A conversation that is being hung up lasts until it is.
  const bool talks = call.state == CallState::answered || (call.state == CallState::closing && call.answered_by.set());
  return talks || (call.state == CallState::waiting && open_offers(account, call) > 0);
}

/// Derives who of the queue's members was offered a call last.
void find_newest(Account& account, QueueId queue) {
  LastOffered newest;
  if (const auto members = account.index.members.find(queue); members != account.index.members.end()) {
    for (AgentId id : members->second) {
      const Membership& m = *find_membership(*find_agent(account, id), queue);
      newest = std::max(newest, LastOffered{m.last_offered_seq, m.tier_level, m.position, id});
    }
  }
  if (newest.seq == 0)
    account.index.newest.erase(queue);
  else
    account.index.newest[queue] = newest;
}

bool is_present(const Agent& agent, const Membership& m) { return m.active && agent.status != Status::offline; }

template <class Map>
void erase_owned(Map& map, const std::string& key, const typename Map::mapped_type& owner) {
  const auto it = map.find(key);
  if (it != map.end() && it->second == owner) map.erase(it);
}

}  // namespace

void index_own(Account& account) {
  if (account.day_end_ts != 0) account.index.due.insert(Due{account.day_end_ts, 0, DueKind::day_end, {}, {}});
  if (account.logoff_ts != 0) account.index.due.insert(logoff_due(account));
}

void unindex_own(Account& account) {
  if (account.day_end_ts != 0) account.index.due.erase(Due{account.day_end_ts, 0, DueKind::day_end, {}, {}});
  if (account.logoff_ts != 0) account.index.due.erase(logoff_due(account));
}

void index(Account& account, const Agent& agent) {
  each_deadline(account, agent, [&](const Due& due) { account.index.due.insert(due); });
}

void unindex(Account& account, const Agent& agent) {
  each_deadline(account, agent, [&](const Due& due) { account.index.due.erase(due); });
}

void index_presence(Account& account, const Agent& agent) {
  if (agent.removed) return;
  Index& ix = account.index;
  (agent.status == Status::offline ? ix.logged_out : ix.logged_in).insert(agent.id);
  for (const Membership& m : agent.memberships)
    if (is_present(agent, m)) ++ix.tiers[m.queue][m.tier_level].present;
}

void unindex_presence(Account& account, const Agent& agent) {
  if (agent.removed) return;
  Index& ix = account.index;
  (agent.status == Status::offline ? ix.logged_out : ix.logged_in).erase(agent.id);
  for (const Membership& m : agent.memberships)
    if (is_present(agent, m)) --ix.tiers[m.queue][m.tier_level].present;
}

void index_config(Account& account, const Agent& agent) {
  if (agent.removed) return;
  Index& ix = account.index;
  ix.agent_by_key[agent.config.key] = agent.id;
  if (!agent.config.extension.empty()) ix.agent_by_extension[agent.config.extension] = agent.id;
  if (!agent.config.follow_me.empty()) ix.agents_by_follow_me.emplace(agent.config.follow_me, agent.id);
  if (!agent.username.empty()) ix.agent_by_username[agent.username] = agent.id;
  for (const Membership& m : agent.memberships) {
    ix.members[m.queue].insert(agent.id);
    ++ix.delays[m.queue][m.delay_ms];
    ++ix.tiers[m.queue][m.tier_level].members;
    note_offered(account, agent, m);
  }
  index_presence(account, agent);
}

void unindex_config(Account& account, const Agent& agent) {
  if (agent.removed) return;
  unindex_presence(account, agent);
  Index& ix = account.index;
  erase_owned(ix.agent_by_key, agent.config.key, agent.id);
  erase_owned(ix.agent_by_extension, agent.config.extension, agent.id);
  ix.agents_by_follow_me.erase({agent.config.follow_me, agent.id});
  erase_owned(ix.agent_by_username, agent.username, agent.id);
  for (const Membership& m : agent.memberships) {
    erase_from(ix.members, m.queue, agent.id);
    auto& delays = ix.delays[m.queue];
    if (--delays[m.delay_ms] == 0) delays.erase(m.delay_ms);
    if (delays.empty()) ix.delays.erase(m.queue);
    auto& tiers = ix.tiers[m.queue];
    if (--tiers[m.tier_level].members == 0) tiers.erase(m.tier_level);
    if (tiers.empty()) ix.tiers.erase(m.queue);
    if (const auto newest = ix.newest.find(m.queue); newest != ix.newest.end() && newest->second.agent == agent.id)
      find_newest(account, m.queue);
  }
}

void note_offered(Account& account, const Agent& agent, const Membership& m) {
  if (m.last_offered_seq == 0) return;
  LastOffered& newest = account.index.newest[m.queue];
  newest = std::max(newest, LastOffered{m.last_offered_seq, m.tier_level, m.position, agent.id});
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
  if (!queue.removed && leaves_when(queue.config) != 0) account.index.may_empty.insert(queue.id);
  if (const auto due = no_agent_due(account, queue)) account.index.due.insert(*due);
}

void unindex(Account& account, const Queue& queue) {
  if (!queue.removed) erase_owned(account.index.queue_by_key, queue.config.key, queue.id);
  if (queue.draining) account.index.due.erase(queue_due(queue));
  account.index.may_empty.erase(queue.id);
  if (const auto due = no_agent_due(account, queue)) account.index.due.erase(*due);
}

void index(Account& account, const Call& call) {
  Index& ix = account.index;
  if (at_edge(call)) ix.edge_calls[call.arrival.edge].insert(call.id);
  if (is_busy(account, call)) ++ix.busy_calls[call.queue];
  if (call.state != CallState::waiting) return;
  ++ix.lengths[call.queue];
  if (seeks(account, call)) {
    WaitingClasses& classes = ix.waiting[call.queue];
    auto places = classes.find(class_view(call));
    if (places == classes.end()) places = classes.try_emplace(class_of(call)).first;
    places->second.insert(place_of(call));
    if (call.next_look_ts != never_ms) ix.due.insert(look_due(call));
  }
  if (call.ask.next_step_ts != 0) ix.due.insert(widen_due(call));
  if (call.ring_step_ts != 0) ix.due.insert(ring_step_due(call));
  if (call.only_until_ts != 0) {
    ix.waiting_for[call.sticky].insert(call.id);
    if (call.only_until_ts != never_ms) ix.due.insert(release_due(call));
  }
  // A deadline of a call with a live offer waits for the offer to close (R14).
  if (open_offers(account, call) != 0) return;
  if (call.exits) ix.due.insert(exit_due(call));
  if (call.arrival.max_wait_until_ts != never_ms) ix.due.insert(max_wait_due(call));
  arrivals(account, call, [&](auto& all) { all.emplace(call.arrived_ts, call.id); });
}

void unindex(Account& account, const Call& call) {
  Index& ix = account.index;
  if (at_edge(call)) erase_from(ix.edge_calls, call.arrival.edge, call.id);
  if (is_busy(account, call) && --ix.busy_calls[call.queue] == 0) ix.busy_calls.erase(call.queue);
  if (call.state != CallState::waiting) return;
  if (--ix.lengths[call.queue] == 0) ix.lengths.erase(call.queue);
  const auto queue = ix.waiting.find(call.queue);
  if (queue != ix.waiting.end()) {
    erase_from(queue->second, class_view(call), place_of(call));
    if (queue->second.empty()) ix.waiting.erase(queue);
  }
  if (call.ask.next_step_ts != 0) ix.due.erase(widen_due(call));
  if (call.ring_step_ts != 0) ix.due.erase(ring_step_due(call));
  if (call.only_until_ts != 0) {
    erase_from(ix.waiting_for, call.sticky, call.id);
    ix.due.erase(release_due(call));
  }
  if (call.next_look_ts != never_ms) ix.due.erase(look_due(call));
  if (call.exits) ix.due.erase(exit_due(call));
  if (call.arrival.max_wait_until_ts != never_ms) ix.due.erase(max_wait_due(call));
  arrivals(account, call, [&](auto& all) { all.erase({call.arrived_ts, call.id}); });
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

void index(Account& account, const StickyEntry& entry) { account.index.sticky_by_age.emplace(entry.ts, entry.key); }
void unindex(Account& account, const StickyEntry& entry) { account.index.sticky_by_age.erase({entry.ts, entry.key}); }

void index(Account& account, const KeptPlace& place) { account.index.places_by_age.emplace(place.until_ts, place.key); }
void unindex(Account& account, const KeptPlace& place) {
  account.index.places_by_age.erase({place.until_ts, place.key});
}

void index(Account& account, const DispositionEntry& entry) {
  account.index.dispositions_by_age.emplace(entry.ts, entry.call);
}
void unindex(Account& account, const DispositionEntry& entry) {
  account.index.dispositions_by_age.erase({entry.ts, entry.call});
}

void rebuild_index(Account& account) {
  account.index = Index{};
  index_own(account);
  for (const auto& [id, queue] : account.queues) index(account, queue);
  for (const auto& [id, agent] : account.agents) {
    index_config(account, agent);
    index_bindings(account, agent);
    index(account, agent);
  }
  for (const auto& [id, reservation] : account.reservations) index(account, reservation);
  for (const auto& [id, call] : account.calls) index(account, call);
  for (const auto& [name, edge] : account.edges) index(account, edge);
  for (const auto& [key, entry] : account.sticky) index(account, entry);
  for (const auto& [key, place] : account.places) index(account, place);
  for (const auto& [call, entry] : account.dispositions) index(account, entry);
}

}  // namespace rf::core
