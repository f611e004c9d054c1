#include "core/account/assign.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/plant.hpp"
#include "core/state/index.hpp"

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

}  // namespace

Call Assign::new_call(const fact::CallArrived& f) const {
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

void Assign::operator()(const fact::CallArrived& f) const {
  const auto [it, created] = account.calls.emplace(f.call, new_call(f));
  RF_ASSERT(created);
  index(account, it->second);
}

void Assign::operator()(const fact::LookSet& f) const {
  call(f.call, [&](Call& c) { c.next_look_ts = f.next_look_ts; });
}

void Assign::operator()(const fact::CallMoved& f) const {
  call(f.call, [&](Call& c) {
    c.queue = f.queue;
    c.ask = f.ask;
    c.only_until_ts = f.only.set() ? never_ms : 0;
    // Where the other queue's strategy went on says nothing here.
    c.sticky = f.only;
    c.last_agent = AgentId();
    c.last_tier_level = c.last_position = 0;
    c.exits = false;
    if (f.max_wait_until_ts != 0) c.arrival.max_wait_until_ts = f.max_wait_until_ts;
    c.ring_width = 0;
    c.ring_step_ts = 0;
  });
}

void Assign::operator()(const fact::CallWidened& f) const {
  call(f.call, [&](Call& c) { c.ask = f.ask; });
}

void Assign::operator()(const fact::CallReleased& f) const {
  call(f.call, [](Call& c) { c.only_until_ts = 0; });
}

void Assign::operator()(const fact::RingStep& f) const {
  call(f.call, [&](Call& c) {
    c.ring_width = f.width;
    c.ring_step_ts = f.next_ts;
  });
}

void Assign::operator()(const fact::ExitWanted& f) const {
  call(f.call, [&](Call& c) {
    c.exits = true;
    c.exit = f.rule;
  });
}

void Assign::operator()(const fact::CallForwarded& f) const {
  call(f.call, [&](Call& c) {
    c.state = CallState::forwarded;
    c.outcome = Outcome::overflow;
    c.forwarded_to = f.address;
  });
}

void Assign::operator()(const fact::CallbackSet& f) const {
  call(f.call, [&](Call& c) {
    c.callback = true;
    c.caller_there = c.arrival.edge != api_edge && c.place_uri.empty();
    if (RF_PLANT(callback_loses_place)) c.arrived_ts = c.arrived_at = fact.ts;
    if (c.caller_there) c.next_look_ts = never_ms;
    c.arrival.max_wait_until_ts = never_ms;
    c.exits = false;
    c.place_uri = f.uri;
    c.place_caller = c.arrival.number;
  });
}

void Assign::operator()(const fact::CallerGone& f) const {
  call(f.call, [](Call& c) { c.caller_there = false; });
}

void Assign::operator()(const fact::StickySet& f) const {
  forget(account.sticky, f.forgotten);
  forget(account.sticky, f.key);
  index(account, account.sticky[f.key] = StickyEntry{f.key, f.agent, fact.ts});
}

void Assign::operator()(const fact::PlaceKept& f) const {
  forget(account.places, f.forgotten);
  forget(account.places, f.key);
  if (f.until_ts != 0) index(account, account.places[f.key] = KeptPlace{f.key, f.place_ts, f.until_ts});
}

void Assign::operator()(const fact::CallClosing& f) const {
  call(f.call, [&](Call& c) {
    c.state = CallState::closing;
    c.outcome = f.outcome;
  });
}

void Assign::operator()(const fact::CallEnded& f) const {
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

void Assign::today(Agent& a) const {
  if (a.day == account.day) return;
  a.day = account.day;
  a.calls_today = 0;
  a.talk_today_ms = 0;
}

void Assign::reserve(const fact::Offered& f, Phase phase) const {
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

void Assign::operator()(const fact::Offered& f) const { reserve(f, Phase::offered); }

void Assign::operator()(const fact::OfferClosing& f) const {
  reservation(f.reservation, [&](Reservation& r, Call&, Agent&) {
    r.phase = Phase::closing;
    r.cause = f.cause;
  });
}

void Assign::operator()(const fact::OfferClosed& f) const {
  reservation(f.reservation, [&](Reservation& r, Call& c, Agent& a) {
    r.phase = Phase::releasing;
    r.cause = f.cause;
    a.no_offer_until_ts = f.no_offer_until_ts;
    a.misses = f.misses;
    if (f.tried) ++entry_of(c.tried, a.id).count;
    if (f.pair_until_ts != 0) entry_of(c.pair_waits, a.id).until_ts = f.pair_until_ts;
  });
}

void Assign::operator()(const fact::Answered& f) const {
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
    if (!(RF_PLANT(callbacks_not_counted) && c.callback)) ++a.calls_answered;
    a.misses = 0;
    today(a);
    ++a.calls_today;
  });
}

void Assign::operator()(const fact::LegGone& f) const {
  Reservation& r = row(account.reservations, f.reservation);
  Call& c = row(account.calls, r.offer.call);
  Agent& a = row(account.agents, r.offer.agent);
  unindex(account, c);
  unindex(account, r);
  unindex(account, a);
  remove_value(a.live, f.reservation);
  remove_value(c.offers, f.reservation);
  if (is_call_leg(r.phase)) {
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

void Assign::operator()(const fact::LeaseSet& f) const {
  reservation(f.reservation, [&](Reservation& r, Call&, Agent&) {
    r.hold = f.hold;
    r.check_ts = f.check_ts;
  });
}

void Assign::operator()(const fact::CallAdopted& f) const {
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
    // Who wants to be called back is sent away first.
    c.caller_there = c.callback;
    if (c.caller_there) c.next_look_ts = never_ms;
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

}  // namespace rf::core
