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

  /// What decides whether the agent is present in its queues' tiers.
  template <class Change>
  void presence(AgentId id, Change change) const {
    Agent& a = row(account.agents, id);
    unindex(account, a);
    unindex_config(account, a);
    change(a);
    index_config(account, a);
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

  void operator()(const fact::SettingsSet& f) const {
    const bool other_deadlines = f.settings.stale_after_ms != account.settings.stale_after_ms;
    if (other_deadlines)
      for (const auto& [id, a] : account.agents) unindex(account, a);
    account.settings = f.settings;
    if (other_deadlines)
      for (const auto& [id, a] : account.agents) index(account, a);
  }
  template <class Change>
  void own(Change change) const {
    unindex_own(account);
    change();
    index_own(account);
  }
  void operator()(const fact::DayBegan& f) const {
    own([&] {
      account.day = f.day;
      account.day_end_ts = f.next_ts;
      account.logoff_ts = f.log_off_ts;
      account.logoff_after = AgentId();
    });
  }
  void operator()(const fact::LogoffSwept& f) const {
    own([&] {
      if (!f.after.set()) account.logoff_ts = 0;
      account.logoff_after = f.after;
    });
  }
  void operator()(const fact::NumberSet& f) const { account.numbers[f.number] = f.route; }
  void operator()(const fact::NumberRemoved& f) const { account.numbers.erase(f.number); }
  void operator()(const fact::DomainSet& f) const { account.domains.insert(f.domain); }
  void operator()(const fact::DomainRemoved& f) const { account.domains.erase(f.domain); }
  void operator()(const fact::TrunkSet& f) const { account.trunks[f.trunk.name] = f.trunk; }
  void operator()(const fact::TrunkRemoved& f) const { account.trunks.erase(f.name); }

  void operator()(const fact::QueueSet& f) const {
    // How many agents a call may ring, whether it may leave and whether it counts as busy follow from the queue's config.
    std::vector<Call*> waiting;
    for (auto& [id, c] : account.calls)
      if (c.queue == f.queue) waiting.push_back(&c);
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
  void operator()(const fact::QueueEmpty& f) const {
    queue(f.queue, [&](Queue& q) { q.empty_since_ts = f.empty ? fact.ts : 0; });
  }
  void operator()(const fact::PaceSet& f) const {
    queue(f.queue, [&](Queue& q) { q.handle_ms = f.handle_ms; });
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
      a.shifts.clear();
      a.activity.clear();
      a.next_activity_ts = 0;
      at_ease(a);
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
    presence(f.agent, [&](Agent& a) {
      a.status = f.status;
      a.reason.clear();
      a.status_since_ts = fact.ts;
      a.logged_in_ts = fact.ts;
      at_ease(a);
      for (Membership& m : a.memberships)
        m.active = std::find(f.active.begin(), f.active.end(), m.queue) != f.active.end();
    });
  }
  void operator()(const fact::LoggedOut& f) const {
    presence(f.agent, [&](Agent& a) {
      a.status = Status::offline;
      a.reason = f.reason;
      a.status_since_ts = fact.ts;
      a.wrapup_until_ts = 0;
      at_ease(a);
      // What a supervisor locked stays as it was set.
      for (Membership& m : a.memberships) m.active = m.active && m.locked;
    });
  }
  void operator()(const fact::StatusSet& f) const {
    presence(f.agent, [&](Agent& a) {
      a.status = f.status;
      a.reason = f.reason;
      a.status_since_ts = fact.ts;
      at_ease(a);
      a.break_until_ts = f.break_until_ts;
      a.misses = 0;
    });
  }
  /// Nothing is left of what hung on the status before.
  static void at_ease(Agent& a) {
    a.next = NextStatus{};
    a.break_until_ts = 0;
    a.break_overran = false;
    a.stale = false;
  }
  void operator()(const fact::NextStatusSet& f) const {
    agent(f.agent, [&](Agent& a) { a.next = f.next; });
  }
  void operator()(const fact::MembershipActive& f) const {
    presence(f.agent, [&](Agent& a) {
      for (Membership& m : a.memberships) {
        if (m.queue != f.queue) continue;
        m.active = f.active;
        m.locked = f.locked;
      }
    });
  }
  void operator()(const fact::MembershipPaused& f) const {
    agent(f.agent, [&](Agent& a) {
      for (Membership& m : a.memberships) {
        if (m.queue != f.queue) continue;
        m.paused = f.paused;
        m.pause_reason = f.reason;
      }
    });
  }
  void operator()(const fact::BreakOverran& f) const {
    agent(f.agent, [](Agent& a) {
      a.break_until_ts = 0;
      a.break_overran = true;
    });
  }
  void operator()(const fact::AgentStale& f) const {
    agent(f.agent, [](Agent& a) { a.stale = true; });
  }
  void operator()(const fact::AgentReset& f) const {
    agent(f.agent, [](Agent& a) {
      a.next = NextStatus{};
      a.external_calls = 0;
      a.no_offer_until_ts = 0;
      a.misses = 0;
    });
  }
  void operator()(const fact::ShiftsSet& f) const {
    agent(f.agent, [&](Agent& a) { a.shifts = f.shifts; });
  }
  void operator()(const fact::ActivityBegan& f) const {
    agent(f.agent, [&](Agent& a) {
      a.activity = f.kind;
      a.next_activity_ts = f.next_ts;
    });
  }
  void operator()(const fact::BindingUp& f) const {
    bindings(f.agent, [&](Agent& a) {
      erase_binding(a, f.binding);
      a.bindings.push_back(Binding{f.binding, f.edge, f.contact, fact.seq});
    });
    agent(f.agent, [](Agent& a) { a.stale = false; });
  }
  void operator()(const fact::BindingDown& f) const {
    bindings(f.agent, [&](Agent& a) { erase_binding(a, f.binding); });
  }
  void operator()(const fact::ExternalCallsSet& f) const {
    agent(f.agent, [&](Agent& a) {
      a.external_calls = f.count;
      if (f.resets_idle) a.last_call_end_ts = fact.ts;
    });
  }
  void operator()(const fact::WrapupEnded& f) const {
    agent(f.agent, [](Agent& a) {
      a.wrapup_until_ts = 0;
      a.disposition_due = false;
    });
  }
  void operator()(const fact::WrapupExtended& f) const {
    agent(f.agent, [&](Agent& a) { a.wrapup_until_ts = f.until_ts; });
  }
  void operator()(const fact::DispositionSet& f) const {
    forget(account.dispositions, f.forgotten);
    forget(account.dispositions, f.call);
    index(account,
          account.dispositions[f.call] = DispositionEntry{f.call, f.agent, f.queue, f.version, f.by_system, fact.ts});
    agent(f.agent, [&](Agent& a) {
      if (a.wrapup_call == f.call) a.disposition_due = false;
    });
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
    c.arrived_ts = f.place_ts != 0 ? f.place_ts : fact.at;
    c.arrived_at = fact.at;
    c.place_uri = f.place_uri;
    c.place_caller = f.place_caller;
    c.ask = f.ask;
    c.sticky = f.sticky;
    c.only_until_ts = f.only_until_ts;
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
    call(f.call, [&](Call& c) {
      c.queue = f.queue;
      c.ask = f.ask;
      c.only_until_ts = f.only.set() ? never_ms : 0;
      if (f.only.set()) c.sticky = f.only;
      c.exits = false;
      if (f.max_wait_until_ts != 0) c.arrival.max_wait_until_ts = f.max_wait_until_ts;
      c.ring_width = 0;
      c.ring_step_ts = 0;
    });
  }
  void operator()(const fact::CallWidened& f) const {
    call(f.call, [&](Call& c) { c.ask = f.ask; });
  }
  void operator()(const fact::CallReleased& f) const {
    call(f.call, [](Call& c) { c.only_until_ts = 0; });
  }
  void operator()(const fact::RingStep& f) const {
    call(f.call, [&](Call& c) {
      c.ring_width = f.width;
      c.ring_step_ts = f.next_ts;
    });
  }
  void operator()(const fact::ExitWanted& f) const {
    call(f.call, [&](Call& c) {
      c.exits = true;
      c.exit = f.rule;
    });
  }
  void operator()(const fact::CallForwarded& f) const {
    call(f.call, [&](Call& c) {
      c.state = CallState::forwarded;
      c.outcome = Outcome::overflow;
      c.forwarded_to = f.address;
    });
  }
  void operator()(const fact::CallbackSet& f) const {
    call(f.call, [&](Call& c) {
      c.callback = true;
      c.arrival.max_wait_until_ts = never_ms;
      c.exits = false;
      c.place_uri = f.uri;
      c.place_caller = c.arrival.number;
    });
  }
  void operator()(const fact::StickySet& f) const {
    forget(account.sticky, f.forgotten);
    forget(account.sticky, f.key);
    index(account, account.sticky[f.key] = StickyEntry{f.key, f.agent, fact.ts});
  }
  void operator()(const fact::PlaceKept& f) const {
    forget(account.places, f.forgotten);
    forget(account.places, f.key);
    if (f.until_ts != 0) index(account, account.places[f.key] = KeptPlace{f.key, f.place_ts, f.until_ts});
  }
  template <class Table, class Key>
  void forget(Table& table, const Key& key) const {
    const auto it = table.find(key);
    if (it == table.end()) return;
    unindex(account, it->second);
    table.erase(it);
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

  /// Counters of another day are gone.
  void today(Agent& a) const {
    if (a.day == account.day) return;
    a.day = account.day;
    a.calls_today = 0;
    a.talk_today_ms = 0;
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
    if (phase == Phase::answered) r.answered_ts = c.answered_ts;
    const auto [it, created] = account.reservations.emplace(f.reservation, std::move(r));
    RF_ASSERT(created);
    a.live.push_back(f.reservation);
    a.last_offered_ts = fact.ts;
    a.no_offer_until_ts = 0;
    for (Membership& m : a.memberships) {
      if (m.queue != f.queue) continue;
      m.last_offered_seq = fact.seq;
      note_offered(account, a, m);
    }
    c.offers.push_back(f.reservation);
    c.next_look_ts = never_ms;
    c.last_agent = f.agent;
    c.last_tier_level = f.tier_level;
    c.last_position = f.position;
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
      a.misses = f.misses;
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
      a.misses = 0;
      today(a);
      ++a.calls_today;
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
      today(a);
      a.talk_today_ms += f.talk_ms;
      a.wrapup_until_ts = f.wrapup_until_ts;
      a.wrapup_call = c.id;
      a.wrapup_queue = r.offer.queue;
      a.wrapup_since_ts = fact.ts;
      a.disposition_due = f.disposition_due;
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
      if (held->second.answered_ts == 0) held->second.answered_ts = c.answered_ts;
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

void set_bucket(Account& account, Agent& agent, const Fact& fact) {
  unindex(account, agent);
  agent.bucket = fact.to;
  agent.bucket_since_ts = fact.ts;
  index(account, agent);
}

}  // namespace

void apply(Account& account, const Fact& fact) {
  RF_ASSERT(fact.seq == account.seq + 1);
  const AgentId touched_agent = fact.from != fact.to ? touched(fact.body, account).agent : AgentId();
  std::visit(Assign{account, fact}, fact.body);
  if (touched_agent.set()) set_bucket(account, row(account.agents, touched_agent), fact);
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
  if (fact.from != fact.to) set_bucket(account, agent, fact);
  return touched_rows;
}

}  // namespace rf::core
