#include "core/account/apply.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/presence/bucket.hpp"
#include "core/state/index.hpp"
#include "core/state/touched.hpp"

namespace rf::core {

namespace {

template <class T>
void remove_value(std::vector<T>& values, const T& value) {
  values.erase(std::remove(values.begin(), values.end(), value), values.end());
}

/// The agent's entry of a short list, made if missing.
template <class Entry>
Entry& entry_of(std::vector<Entry>& entries, AgentId agent) {
  for (Entry& entry : entries)
    if (entry.agent == agent) return entry;
  entries.push_back(Entry{agent, 0});
  return entries.back();
}

/// A committed batch names only rows that exist: anything else is corruption found too late.
template <class Map, class Key>
typename Map::mapped_type& row(Map& map, const Key& key) {
  const auto it = map.find(key);
  RF_ASSERT(it != map.end());
  return it->second;
}

/// Takes rows out of the index, lets `change` assign, puts them back.
struct Assign {
  Account& account;
  const Fact& fact;

  template <class Change>
  void agent(AgentId id, Change change) const {
    Agent& a = row(account.agents, id);
    unindex(account, a);
    change(a);
    index(account, a);
  }

  template <class Change>
  void bindings(AgentId id, Change change) const {
    Agent& a = row(account.agents, id);
    unindex_bindings(account, a);
    change(a);
    index_bindings(account, a);
  }
  static void erase_binding(Agent& a, BindingId id) {
    a.bindings.erase(std::remove_if(a.bindings.begin(), a.bindings.end(), [&](const Binding& b) { return b.id == id; }),
                     a.bindings.end());
  }

  template <class Change>
  void call(CallId id, Change change) const {
    Call& c = row(account.calls, id);
    unindex(account, c);
    change(c);
    index(account, c);
  }

  /// The reservation with its call and agent, which are indexed by what their reservations are.
  template <class Change>
  void reservation(ReservationId id, Change change) const {
    Reservation& r = row(account.reservations, id);
    Call& c = row(account.calls, r.offer.call);
    Agent& a = row(account.agents, r.offer.agent);
    unindex(account, c);
    unindex(account, r);
    unindex(account, a);
    change(r, c, a);
    index(account, a);
    index(account, r);
    index(account, c);
  }

  template <class Change>
  void edge(const EdgeName& name, Change change) const {
    Edge& e = account.edges[name];
    unindex(account, e);
    e.name = name;
    change(e);
    index(account, e);
  }

  template <class Change>
  void queue(QueueId id, Change change) const {
    Queue& q = account.queues[id];
    unindex(account, q);
    q.id = id;
    change(q);
    index(account, q);
  }

  void operator()(const fact::SettingsSet& f) const { account.settings = f.settings; }
  void operator()(const fact::NumberSet& f) const { account.numbers[f.number] = f.queue; }
  void operator()(const fact::NumberRemoved& f) const { account.numbers.erase(f.number); }
  void operator()(const fact::DomainSet& f) const { account.domains.insert(f.domain); }
  void operator()(const fact::DomainRemoved& f) const { account.domains.erase(f.domain); }
  void operator()(const fact::TrunkSet& f) const { account.trunks[f.trunk.name] = f.trunk; }
  void operator()(const fact::TrunkRemoved& f) const { account.trunks.erase(f.name); }

  void operator()(const fact::QueueSet& f) const {
    // How many agents a call may ring, and so whether it still seeks, follows from the queue's strategy.
    std::vector<Call*> waiting;
    for (auto& [id, c] : account.calls)
      if (c.queue == f.queue && c.state == CallState::waiting) waiting.push_back(&c);
    for (Call* c : waiting) unindex(account, *c);
    queue(f.queue, [&](Queue& q) {
      q.config = f.config;
      q.removed = false;
      q.draining = false;
      q.drain_to = QueueId();
    });
    for (Call* c : waiting) index(account, *c);
  }
  void operator()(const fact::QueueRemoved& f) const {
    queue(f.queue, [&](Queue& q) {
      q.removed = true;
      q.drain_to = f.drain_to;
      q.draining = f.drain_to.set();
    });
  }
  void operator()(const fact::QueueSwept& f) const {
    queue(f.queue, [](Queue& q) { q.draining = false; });
  }

  void operator()(const fact::AgentSet& f) const {
    const auto [it, created] = account.agents.try_emplace(f.agent);
    Agent& a = it->second;
    if (created) {
      a.id = f.agent;
      a.bucket_since_ts = fact.ts;
      a.status_since_ts = fact.ts;
    } else {
      unindex_config(account, a);
    }
    a.config = f.config;
    a.memberships = f.memberships;
    a.removed = false;
    index_config(account, a);
  }
  void operator()(const fact::AgentRemoved& f) const {
    unindex_config(account, row(account.agents, f.agent));
    agent(f.agent, [&](Agent& a) {
      a.removed = true;
      a.status = Status::offline;
      a.status_since_ts = fact.ts;
      a.memberships.clear();
      a.wrapup_until_ts = 0;
    });
  }
  void operator()(const fact::CredentialSet& f) const {
    Agent& a = row(account.agents, f.agent);
    unindex_config(account, a);
    a.username = f.username;
    a.credential_version = f.version;
    index_config(account, a);
  }

  void operator()(const fact::LoggedIn& f) const {
    agent(f.agent, [&](Agent& a) {
      a.status = f.status;
      a.reason.clear();
      a.status_since_ts = fact.ts;
      for (Membership& m : a.memberships)
        m.active = std::find(f.active.begin(), f.active.end(), m.queue) != f.active.end();
    });
  }
  void operator()(const fact::LoggedOut& f) const {
    agent(f.agent, [&](Agent& a) {
      a.status = Status::offline;
      a.reason = f.reason;
      a.status_since_ts = fact.ts;
      a.wrapup_until_ts = 0;
      for (Membership& m : a.memberships) m.active = false;
    });
  }
  void operator()(const fact::StatusSet& f) const {
    agent(f.agent, [&](Agent& a) {
      a.status = f.status;
      a.reason = f.reason;
      a.status_since_ts = fact.ts;
    });
  }
  void operator()(const fact::MembershipActive& f) const {
    agent(f.agent, [&](Agent& a) {
      for (Membership& m : a.memberships)
        if (m.queue == f.queue) m.active = f.active;
    });
  }
  void operator()(const fact::BindingUp& f) const {
    bindings(f.agent, [&](Agent& a) {
      erase_binding(a, f.binding);
      a.bindings.push_back(Binding{f.binding, f.edge, f.contact, fact.seq});
    });
  }
  void operator()(const fact::BindingDown& f) const {
    bindings(f.agent, [&](Agent& a) { erase_binding(a, f.binding); });
  }
  void operator()(const fact::ExternalCallsSet& f) const {
    agent(f.agent, [&](Agent& a) { a.external_calls = f.count; });
  }
  void operator()(const fact::WrapupEnded& f) const {
    agent(f.agent, [](Agent& a) { a.wrapup_until_ts = 0; });
  }
  void operator()(const fact::OfferGateOpened& f) const {
    agent(f.agent, [](Agent& a) { a.no_offer_until_ts = 0; });
  }

  Call new_call(const fact::CallArrived& f) const {
    Call c;
    c.id = f.call;
    c.arrival = f;
    c.queue = f.queue;
    c.seq = fact.seq;
    c.arrived_ts = fact.at;
    c.arrived_at = fact.at;
    return c;
  }
  void operator()(const fact::CallArrived& f) const {
    const auto [it, created] = account.calls.emplace(f.call, new_call(f));
    RF_ASSERT(created);
    index(account, it->second);
  }
  void operator()(const fact::LookSet& f) const {
    call(f.call, [&](Call& c) { c.next_look_ts = f.next_look_ts; });
  }
  void operator()(const fact::CallMoved& f) const {
    call(f.call, [&](Call& c) { c.queue = f.queue; });
  }
  void operator()(const fact::CallClosing& f) const {
    call(f.call, [&](Call& c) {
      c.state = CallState::closing;
      c.outcome = f.outcome;
    });
  }
  void operator()(const fact::CallEnded& f) const {
    Call& c = row(account.calls, f.call);
    unindex(account, c);
    if (c.answered_by.set()) {
      if (const auto it = account.reservations.find(c.answered_by); it != account.reservations.end()) {
        unindex(account, it->second);
        it->second.phase = Phase::ending;
        index(account, it->second);
      }
    }
    c.state = CallState::ended;
    c.outcome = f.outcome;
    if (f.drop_call)
      account.calls.erase(f.call);
    else
      index(account, c);
  }

  void reserve(const fact::Offered& f, Phase phase) const {
    Call& c = row(account.calls, f.call);
    Agent& a = row(account.agents, f.agent);
    unindex(account, c);
    unindex(account, a);
    Reservation r;
    r.offer = f;
    r.phase = phase;
    r.offered_ts = fact.ts;
    r.offered_seq = fact.seq;
    r.check_ts = f.check_ts;
    const auto [it, created] = account.reservations.emplace(f.reservation, std::move(r));
    RF_ASSERT(created);
    a.live.push_back(f.reservation);
    a.last_offered_ts = fact.ts;
    a.no_offer_until_ts = 0;
    c.offers.push_back(f.reservation);
    c.next_look_ts = never_ms;
    index(account, it->second);
    index(account, a);
    index(account, c);
  }
  void operator()(const fact::Offered& f) const { reserve(f, Phase::offered); }

  void operator()(const fact::OfferClosing& f) const {
    reservation(f.reservation, [&](Reservation& r, Call&, Agent&) {
      r.phase = Phase::closing;
      r.cause = f.cause;
    });
  }
  void operator()(const fact::OfferClosed& f) const {
    reservation(f.reservation, [&](Reservation& r, Call& c, Agent& a) {
      r.phase = Phase::releasing;
      r.cause = f.cause;
      a.no_offer_until_ts = f.no_offer_until_ts;
      if (f.tried) ++entry_of(c.tried, a.id).count;
      if (f.pair_until_ts != 0) entry_of(c.pair_waits, a.id).until_ts = f.pair_until_ts;
    });
  }
  void operator()(const fact::Answered& f) const {
    reservation(f.reservation, [&](Reservation& r, Call& c, Agent& a) {
      r.phase = Phase::answered;
      r.answered_ts = fact.ts;
      r.answered_by = f.binding;
      c.state = CallState::answered;
      c.outcome = Outcome::answered;
      c.answered_ts = fact.ts;
      c.answered_by = f.reservation;
      c.agent = a.id;
      c.pair_waits.clear();
      ++a.calls_answered;
    });
  }
  void operator()(const fact::LegGone& f) const {
    Reservation& r = row(account.reservations, f.reservation);
    Call& c = row(account.calls, r.offer.call);
    Agent& a = row(account.agents, r.offer.agent);
    unindex(account, c);
    unindex(account, r);
    unindex(account, a);
    remove_value(a.live, f.reservation);
    remove_value(c.offers, f.reservation);
    if (r.phase == Phase::answered || r.phase == Phase::ending) {
      a.last_call_end_ts = fact.ts;
      a.wrapup_until_ts = f.wrapup_until_ts;
      a.wrapup_call = c.id;
    }
    index(account, a);
    account.reservations.erase(f.reservation);
    if (f.drop_call)
      account.calls.erase(c.id);
    else
      index(account, c);
  }
  void operator()(const fact::LeaseSet& f) const {
    reservation(f.reservation, [&](Reservation& r, Call&, Agent&) {
      r.hold = f.hold;
      r.check_ts = f.check_ts;
    });
  }
  void operator()(const fact::CallAdopted& f) const {
    if (const auto it = account.calls.find(f.arrival.call); it == account.calls.end()) {
      Call c = new_call(f.arrival);
      c.arrived_ts = f.arrived_ts;
      account.calls.emplace(c.id, c);
    } else {
      unindex(account, it->second);
    }
    Call& c = account.calls.at(f.arrival.call);
    c.arrival = f.arrival;
    if (!f.offer.reservation.set()) {
      c.state = CallState::waiting;
      index(account, c);
      return;
    }
    c.state = CallState::answered;
    c.outcome = Outcome::answered;
    c.answered_by = f.offer.reservation;
    c.agent = f.offer.agent;
    if (c.answered_ts == 0) c.answered_ts = fact.ts;
    if (const auto held = account.reservations.find(f.offer.reservation); held != account.reservations.end()) {
      unindex(account, held->second);
      held->second.offer = f.offer;
      held->second.phase = Phase::answered;
      held->second.hold = Hold::none;
      index(account, held->second);
      index(account, c);
    } else {
      index(account, c);
      reserve(f.offer, Phase::answered);
    }
  }

  void operator()(const fact::EdgeSeen& f) const {
    edge(f.edge, [&](Edge& e) {
      e.epoch = f.epoch;
      e.n = f.n;
    });
  }
  void sweep(const EdgeName& name, EdgeHealth health, Edge::Sweep kind) const {
    edge(name, [&](Edge& e) {
      e.health = health;
      e.sweep = kind;
      e.sweep_seq = fact.seq;
      e.sweep_new_epoch = false;
      e.snapshot = link::Snapshot{};
    });
  }
  void operator()(const fact::EdgeSnapshot& f) const {
    sweep(f.edge, EdgeHealth::live, Edge::Sweep::snapshot);
    edge(f.edge, [&](Edge& e) {
      e.sweep_new_epoch = f.new_epoch;
      e.snapshot = f.snapshot;
      e.snapshot_due = false;
    });
  }
  void operator()(const fact::EdgeSilent& f) const {
    edge(f.edge, [](Edge& e) { e.health = EdgeHealth::silent; });
  }
  void operator()(const fact::EdgeBack& f) const {
    const Edge* known = find_edge(account, f.edge);
    // A sweep under way goes on, and ends in the same looks.
    if (known == nullptr || known->sweep == Edge::Sweep::none)
      return sweep(f.edge, EdgeHealth::live, Edge::Sweep::back);
    edge(f.edge, [](Edge& e) { e.health = EdgeHealth::live; });
  }
  void operator()(const fact::EdgeLost& f) const {
    sweep(f.edge, EdgeHealth::lost, Edge::Sweep::lost);
    edge(f.edge, [](Edge& e) { e.snapshot_due = true; });
  }
  void operator()(const fact::EdgeSwept& f) const {
    edge(f.edge, [](Edge& e) {
      e.sweep = Edge::Sweep::none;
      e.snapshot = link::Snapshot{};
    });
  }
};

}  // namespace

void apply(Account& account, const Fact& fact) {
  RF_ASSERT(fact.seq == account.seq + 1);
  const AgentId touched_agent = fact.from != fact.to ? touched(fact.body, account).agent : AgentId();
  std::visit(Assign{account, fact}, fact.body);
  if (touched_agent.set()) {
    Agent& agent = row(account.agents, touched_agent);
    agent.bucket = fact.to;
    agent.bucket_since_ts = fact.ts;
  }
  account.seq = fact.seq;
  account.last_ts = fact.ts;
}

Touched stamp_and_apply(Account& account, Fact& fact) {
  fact.seq = account.seq + 1;
  const Touched touched_rows = touched(fact.body, account);
  fact.from = fact.to = Bucket::offline;
  apply(account, fact);
  const auto it = account.agents.find(touched_rows.agent);
  if (it == account.agents.end()) return touched_rows;
  Agent& agent = it->second;
  fact.from = agent.bucket;
  fact.to = bucket_of(account, agent);
  if (fact.from != fact.to) {
    agent.bucket = fact.to;
    agent.bucket_since_ts = fact.ts;
  }
  return touched_rows;
}

}  // namespace rf::core
