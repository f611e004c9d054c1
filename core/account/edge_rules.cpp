#include <algorithm>

#include "core/account/draft.hpp"
#include "core/base/plant.hpp"
#include "core/queue/eligible.hpp"

namespace rf::core {

namespace {

/// The reservation an edge event names, if it is that edge's own of the running epoch (R13).
const Reservation* own_reservation(const Draft& draft, const EdgeName& edge, std::uint64_t epoch, ReservationId id) {
  const Reservation* r = find_reservation(draft.account, id);
  if (r == nullptr || r->offer.edge != edge) return nullptr;
  return r->offer.edge_epoch == epoch ? r : nullptr;
}

const Call* own_call(const Draft& draft, const EdgeName& edge, CallId id) {
  const Call* call = find_call(draft.account, id);
  return call == nullptr || call->arrival.edge != edge ? nullptr : call;
}

struct EventRule {
  Draft& draft;
  const EdgeName& edge;
  const link::Event& event;

  void operator()(const link::CallArrived& e) const {
    if (find_call(draft.account, e.call) != nullptr) return;
    fact::CallArrived f;
    f.call = e.call;
    f.edge = edge;
    f.edge_epoch = event.epoch;
    f.number = e.number;
    f.caller = e.caller;
    f.caller_name = e.caller_name;
    route(draft, f);
    const bool routed = f.queue.set() || f.agent.set();
    if (routed)
      arrive(draft, std::move(f), draft.at_ts);
    else
      draft.add(std::move(f));
    // The edge took the number from an older copy of the directory: the call exists, so it is ended in order.
    if (!routed) draft.add(fact::CallClosing{e.call, Outcome::failed, {}});
  }

  void operator()(const link::OfferClosed& e) const {
    const Reservation* r = own_reservation(draft, edge, event.epoch, e.reservation);
    if (r == nullptr || !is_open(r->phase)) return;
    close_offer(draft, *r, r->phase == Phase::closing && e.cause == CloseCause::no_answer ? r->cause : e.cause);
  }

  void operator()(const link::Answered& e) const {
    const Reservation* r = own_reservation(draft, edge, event.epoch, e.reservation);
    if (r == nullptr || !is_open(r->phase)) return;
    answer(draft, *r, e.binding);
  }

  void operator()(const link::LegGone& e) const {
    const Reservation* r = own_reservation(draft, edge, event.epoch, e.reservation);
    if (r == nullptr && RF_PLANT(stale_release)) r = any_reservation();
    if (r == nullptr) return;
    if (is_open(r->phase)) close_offer(draft, *r, CloseCause::failed);
    const Call& call = *find_call(draft.account, r->offer.call);
    const bool ends = r->phase == Phase::answered;
    if (ends) {
      draft.add(fact::CallEnded{call.id, EndCause::agent_hangup, Outcome::answered, false, {}});
    }
    end_leg(draft, *r, ends, 0);
  }

  void operator()(const link::CallEnded& e) const {
    const Call* call = own_call(draft, edge, e.call);
    if (call == nullptr || call->state == CallState::ended) return;
    // The caller's leg of a call that is called back: the call goes on without it.
    if (call->callback && call->state == CallState::waiting) {
      if (call->caller_there) draft.add(fact::CallerGone{call->id});
      return;
    }
    Outcome outcome = Outcome::abandoned;
    if (call->state == CallState::answered)
      outcome = Outcome::answered;
    else if (call->state == CallState::closing || call->state == CallState::forwarded)
      outcome = call->outcome;
    else if (e.cause != EndCause::caller_hangup)
      outcome = Outcome::failed;
    end_call(draft, *call, e.cause, outcome, Legs::report_later);
  }

  void operator()(const link::BindingUp& e) const {
    const Agent* agent = find_agent(draft.account, e.agent);
    if (agent == nullptr || agent->removed) return;
    const auto held = draft.account.index.agent_by_binding.find(e.binding);
    if (held != draft.account.index.agent_by_binding.end() && held->second != e.agent)
      draft.add(fact::BindingDown{held->second, e.binding, "registered by another agent"});
    draft.add(fact::BindingUp{e.agent, e.binding, edge, e.contact});
    follow_up(draft, *agent);
  }

  void operator()(const link::BindingDown& e) const {
    const auto owner = draft.account.index.agent_by_binding.find(e.binding);
    if (owner == draft.account.index.agent_by_binding.end()) return;
    const Agent& agent = *find_agent(draft.account, owner->second);
    for (const Binding& b : agent.bindings) {
      // A phone that moved to another edge: the old edge's expiry comes later and means nothing (R18).
      if (b.id != e.binding || (b.edge != edge && !RF_PLANT(down_from_any_edge))) continue;
      draft.add(fact::BindingDown{owner->second, e.binding, e.reason});
      if (agent.bindings.size() == 1) follow_down(draft, agent);
    }
  }

  void operator()(const link::CallerKey& e) const {
    const Call* call = own_call(draft, edge, e.call);
    if (call == nullptr || call->state != CallState::waiting) return;
    Draft pressed{draft.account, draft.now, draft.at_ts};
    decide_rule(pressed, command::PressKey{e.call, e.key});
    // A key that means nothing changes nothing; the event is seen all the same.
    if (!pressed.decision.reply.ok()) return;
    for (Fact& fact : pressed.decision.facts) draft.decision.facts.push_back(std::move(fact));
    for (const ClassLook& look : pressed.decision.classes) draft.decision.classes.push_back(look);
  }

  void operator()(const link::Snapshot& e) const {
    const Edge* known = find_edge(draft.account, edge);
    fact::EdgeSnapshot f;
    f.edge = edge;
    f.epoch = event.epoch;
    f.new_epoch = known == nullptr || known->epoch != event.epoch;
    f.snapshot = e;
    draft.add(std::move(f));
  }

  const Reservation* any_reservation() const {
    const auto held = draft.account.index.edge_reservations.find(edge);
    if (held == draft.account.index.edge_reservations.end()) return nullptr;
    return find_reservation(draft.account, *held->second.begin());
  }
};

/// What the edge said it carries, or that it carries nothing any more, is not carried through to every row yet.
bool being_told(const Edge& edge) { return edge.sweep == Edge::Sweep::snapshot || edge.sweep == Edge::Sweep::lost; }

bool concerns(const Account& account, const EdgeName& edge) {
  const Index& ix = account.index;
  return ix.edge_bindings.count(edge) > 0 || ix.edge_calls.count(edge) > 0 || ix.edge_reservations.count(edge) > 0;
}

}  // namespace

void decide_rule(Draft& draft, const command::EdgeEvent& c) {
  const Edge* known = find_edge(draft.account, c.edge);
  const std::uint64_t epoch = known == nullptr ? 0 : known->epoch;
  const std::uint64_t cursor = known == nullptr ? 0 : known->n;
  EdgeReply& reply = draft.decision.edge;
  if (c.event.epoch < epoch) {
    reply.acked = c.event.n;
    return;
  }
  if (known != nullptr && c.event.epoch == epoch) {
    reply.acked = cursor;
    if (c.event.n <= cursor) return;
    if (c.event.n != cursor + 1) {
      reply.expected = true;
      return;
    }
    // The sweep would undo what happened after the snapshot: the event comes again.
    if (being_told(*known)) {
      reply.expected = true;
      return;
    }
  } else if (c.event.n != 1 || !std::holds_alternative<link::Snapshot>(c.event.body)) {
    reply.expected = true;
    return;
  }
  draft.at_ts = draft.now.ts - std::max<Ms>(0, c.event.age_ms);
  draft.add(fact::EdgeSeen{c.edge, c.event.epoch, c.event.n});
  std::visit(EventRule{draft, c.edge, c.event}, c.event.body);
  reply.acked = c.event.n;
}

void decide_rule(Draft& draft, const command::DigestCheck& c) {
  const Edge* known = find_edge(draft.account, c.edge);
  const std::uint64_t epoch = known == nullptr ? 0 : known->epoch;
  const std::uint64_t cursor = known == nullptr ? 0 : known->n;
  const bool due = known != nullptr && known->snapshot_due;
  if (!due && epoch == c.epoch) {
    if (known != nullptr && known->sweep == Edge::Sweep::snapshot) return;
    if (cursor != c.digest.n && c.digest.n != 0) return;
  }
  std::uint64_t hash = 0;
  if (const auto calls = draft.account.index.edge_calls.find(c.edge); calls != draft.account.index.edge_calls.end())
    for (CallId id : calls->second) link::add_to_digest(hash, id);
  if (const auto held = draft.account.index.edge_bindings.find(c.edge); held != draft.account.index.edge_bindings.end())
    for (BindingId id : held->second) link::add_to_digest(hash, id);
  const bool restarted = c.epoch > epoch && concerns(draft.account, c.edge);
  draft.decision.edge.snapshot_wanted = restarted || (epoch == c.epoch && (due || hash != c.digest.hash));
}

void decide_rule(Draft& draft, const command::EdgeSilent& c) {
  const Edge* known = find_edge(draft.account, c.edge);
  if (known == nullptr || known->health != EdgeHealth::live || !concerns(draft.account, c.edge)) return;
  draft.add(fact::EdgeSilent{c.edge});
}

void decide_rule(Draft& draft, const command::EdgeBack& c) {
  const Edge* known = find_edge(draft.account, c.edge);
  // One that was given up is back by its snapshot, not by a heartbeat.
  if (known == nullptr || known->snapshot_due) return;
  bool waiting = false;
  for (const auto& [queue, classes] : draft.account.index.waiting)
    for (const auto& [asked, places] : classes) waiting = waiting || asked.edge == c.edge;
  if (known->health == EdgeHealth::live && !waiting) return;
  // A sweep under way ends in the same looks.
  if (known->health == EdgeHealth::live && known->sweep != Edge::Sweep::none) return;
  draft.add(fact::EdgeBack{c.edge});
}

void decide_rule(Draft& draft, const command::EdgeLost& c) {
  const Edge* known = find_edge(draft.account, c.edge);
  if (known == nullptr || known->health == EdgeHealth::lost || !concerns(draft.account, c.edge)) return;
  draft.add(fact::EdgeLost{c.edge});
}

}  // namespace rf::core
