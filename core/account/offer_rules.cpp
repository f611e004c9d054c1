#include <algorithm>

#include "core/account/draft.hpp"
#include "core/base/limits.hpp"
#include "core/base/plant.hpp"
#include "core/queue/eligible.hpp"

namespace rf::core {

namespace {

Ms reoffer_delay_ms(const QueueConfig& config, CloseCause cause) {
  switch (cause) {
    case CloseCause::no_answer: return config.no_answer_delay_ms;
    case CloseCause::rejected: return config.reject_delay_ms;
    case CloseCause::busy: return config.busy_delay_ms;
    case CloseCause::withdrawn: return limits::withdrawn_wait_ms;
    case CloseCause::unreachable:
    case CloseCause::failed: return limits::unreachable_wait_ms;
    case CloseCause::not_rung:
    case CloseCause::lost_race:
    case CloseCause::caller_gone: return 0;
  }
  return 0;
}

/// Participants and bots are asked for no outcome (TM-2).
bool wants_disposition(const Account& account, const Reservation& r, const Agent& agent) {
  const Queue* queue = find_queue(account, r.offer.queue);
  return queue != nullptr && queue->config.dispositions && !agent.config.participant &&
         agent.config.kind == AgentKind::human && !agent.removed;
}

/// Whether this decision closes the offer already.
bool closes(const Draft& draft, ReservationId id) {
  return std::any_of(draft.decision.facts.begin(), draft.decision.facts.end(), [&](const Fact& fact) {
    const auto* closed = std::get_if<fact::OfferClosed>(&fact.body);
    return closed != nullptr && closed->reservation == id;
  });
}

/// A lost race, a withdrawal and a ring that never reached a phone are no misses (R15).
bool counts_as_tried(CloseCause cause) {
  return cause == CloseCause::no_answer || cause == CloseCause::rejected || cause == CloseCause::busy ||
         cause == CloseCause::unreachable || cause == CloseCause::failed;
}

}  // namespace

void offer(Draft& draft, const Call& call, const Agent& agent) {
  const Queue* queue = find_queue(draft.account, call.queue);
  const Settings& settings = draft.account.settings;
  const Ms ts = draft.now.ts;
  const std::uint64_t account_hash = mix64(draft.account.id.value.high) ^ draft.account.id.value.low;
  fact::Offered f;
  f.reservation = ReservationId(derived_ulid(ts, account_hash, draft.next_seq()));
  f.call = call.id;
  f.agent = agent.id;
  f.queue = call.queue;
  f.edge = call.arrival.edge;
  f.ring_ms = queue != nullptr ? queue->config.ring_timeout_ms : direct_ring_ms(settings);
  f.wrapup_ms = wrapup_ms_of(draft.account, call, agent);
  f.auto_answer = agent.config.auto_answer == AutoAnswer::on;
  f.max_concurrent = agent.config.max_concurrent;
  if (const Membership* m = find_membership(agent, call.queue)) {
    f.tier_level = m->tier_level;
    f.position = m->position;
  }
  if (f.edge == api_edge) {
    f.ring_until = ts + f.ring_ms;
    f.confirm_until = f.ring_until;
    f.check_ts = f.ring_until;
  } else {
    const EdgeClock& clock = *draft.now.edge(f.edge);
    f.edge_epoch = clock.epoch;
    f.boot_id = clock.boot_id;
    for (const Binding& b : agent.bindings)
      if (b.edge == f.edge) f.bindings.push_back(b.id);
    f.endpoints = endpoints_of(draft.account, agent);
    f.ring_until = clock.estimate_edge_ms() + limits::lease_slack_ms + f.ring_ms;
    f.confirm_until = f.ring_until + limits::confirm_ms;
    const Ms margin_ms = RF_PLANT(confirm_bound_off) ? 0 : limits::lease_margin_ms;
    f.check_ts = ts + f.ring_ms + margin_ms + (f.ring_ms + margin_ms) / 100 + 1;
  }
  draft.add(std::move(f));
  if (queue != nullptr && queue->config.strategy == StrategyKind::ring_progressively && call.ring_width == 0)
    draft.add(fact::RingStep{call.id, 1, queue->config.ring_all_width > 1 ? ts + ring_step_ms(queue->config) : 0});
}

void close_offer(Draft& draft, const Reservation& r, CloseCause cause) {
  const Agent& agent = *find_agent(draft.account, r.offer.agent);
  const QueueConfig& config = config_of(draft.account, r.offer.queue);
  fact::OfferClosed f;
  f.reservation = r.offer.reservation;
  f.cause = cause;
  f.tried = counts_as_tried(cause);
  const bool miss = cause == CloseCause::no_answer || cause == CloseCause::unreachable;
  f.misses = agent.misses + (miss ? 1 : 0);
  const Ms delay_ms = reoffer_delay_ms(config, cause);
  // One that may take two calls may have been left alone for another offer's sake already.
  f.no_offer_until_ts = std::max(agent.no_offer_until_ts, delay_ms > 0 ? draft.now.ts + delay_ms : 0);
  if (cause == CloseCause::not_rung) f.pair_until_ts = draft.now.ts + limits::not_rung_wait_ms;
  draft.add(f);
  const Call& call = *find_call(draft.account, r.offer.call);
  look_for_capacity(draft, call.queue);
  if (miss && config.no_answer_max != 0 && f.misses >= config.no_answer_max && stays_available(agent)) {
    const std::string_view why = cause == CloseCause::no_answer ? reason::missed : reason::not_responding;
    change_status(draft, agent, NextStatus{true, Status::on_break, std::string(why), draft.now.ts});
  }
  if (f.tried && call.only_until_ts != 0 && call.only_until_ts != never_ms && call.sticky == r.offer.agent)
    draft.add(fact::CallReleased{call.id});
  if (r.offer.edge == api_edge) end_leg(draft, r, false, 0);
}

void end_leg(Draft& draft, const Reservation& r, bool call_ends, std::size_t others_gone) {
  const Call& call = *find_call(draft.account, r.offer.call);
  const Agent& agent = *find_agent(draft.account, r.offer.agent);
  const bool in_call = is_call_leg(r.phase);
  fact::LegGone f;
  f.reservation = r.offer.reservation;
  // A second call's end neither cuts the wrap-up of the first nor takes its outcome.
  if (in_call && agent.disposition_due) miss_disposition(draft, agent.wrapup_call, agent.id, agent.wrapup_queue);
  const Ms wrapup_until_ts = std::max(agent.wrapup_until_ts, draft.at_ts + r.offer.wrapup_ms);
  const bool wraps_up = r.offer.wrapup_ms > 0 || agent.wrapup_until_ts != 0;
  if (in_call && agent.status != Status::offline && !agent.removed && wraps_up && wrapup_until_ts > draft.now.ts)
    f.wrapup_until_ts = wrapup_until_ts;
  const bool outcome_asked = in_call && wants_disposition(draft.account, r, agent);
  // The day's end waits for the wrap-up as for the call; an agent who wants to go goes.
  const bool leaves = agent.next.set && agent.next.status == Status::offline && agent.next.reason != reason::day_end;
  if (leaves && !outcome_asked) f.wrapup_until_ts = 0;
  f.disposition_due = outcome_asked && f.wrapup_until_ts != 0;
  if (in_call) f.talk_ms = std::max<Ms>(0, draft.at_ts - r.answered_ts);
  f.drop_call = (call_ends || call.state == CallState::ended) && call.offers.size() == others_gone + 1;
  draft.add(f);
  if (in_call) note_pace(draft, r.offer.queue, f.talk_ms + r.offer.wrapup_ms);
  look_for_capacity(draft, r.offer.queue);
  if (outcome_asked && !f.disposition_due) miss_disposition(draft, call.id, agent.id, r.offer.queue);
  const bool in_wrapup = f.wrapup_until_ts != 0 || (!in_call && agent.wrapup_until_ts != 0);
  if (agent.live.size() == 1 && !in_wrapup) come_to_next(draft, agent);
}

void withdraw(Draft& draft, const Reservation& r) {
  if (r.offer.edge == api_edge)
    close_offer(draft, r, CloseCause::withdrawn);
  else
    draft.add(fact::OfferClosing{r.offer.reservation, CloseCause::withdrawn});
}

void withdraw_offers(Draft& draft, const Agent& agent, QueueId queue) {
  for (ReservationId id : agent.live) {
    const Reservation& r = *find_reservation(draft.account, id);
    if (r.phase == Phase::offered && (!queue.set() || r.offer.queue == queue) && !closes(draft, id)) withdraw(draft, r);
  }
}

void answer(Draft& draft, const Reservation& reservation, BindingId binding) {
  const Call& call = *find_call(draft.account, reservation.offer.call);
  draft.add(fact::Answered{reservation.offer.reservation, binding});
  remember(draft, call, reservation.offer.agent);
  for (ReservationId id : call.offers) {
    const Reservation& other = *find_reservation(draft.account, id);
    if (id != reservation.offer.reservation && is_open(other.phase)) close_offer(draft, other, CloseCause::lost_race);
  }
}

void end_call(Draft& draft, const Call& call, EndCause cause, Outcome outcome, Legs legs, OverflowWhen when) {
  draft.add(fact::CallEnded{call.id, cause, outcome, call.offers.empty(), when});
  if (outcome == Outcome::abandoned) keep_place(draft, call);
  look_for_capacity(draft, call.queue);
  std::size_t gone = 0;
  for (ReservationId id : call.offers) {
    const Reservation& r = *find_reservation(draft.account, id);
    const bool api = r.offer.edge == api_edge;
    if (is_open(r.phase)) {
      fact::OfferClosed closed;
      closed.reservation = id;
      closed.cause = CloseCause::caller_gone;
      const Agent& agent = *find_agent(draft.account, r.offer.agent);
      closed.misses = agent.misses;
      closed.no_offer_until_ts = agent.no_offer_until_ts;
      draft.add(closed);
    }
    if (api || (legs == Legs::gone && is_call_leg(r.phase))) end_leg(draft, r, true, gone++);
  }
}

void hang_up(Draft& draft, const Call& call, Outcome outcome, OverflowWhen when) {
  const Edge* edge = find_edge(draft.account, call.arrival.edge);
  const bool nobody_to_order = call.arrival.edge == api_edge || edge == nullptr || edge->health == EdgeHealth::lost ||
                               (!call.place_uri.empty() && !call.caller_there && call.state == CallState::waiting);
  if (nobody_to_order)
    end_call(draft, call, EndCause::ordered, outcome, Legs::report_later, when);
  else
    draft.add(fact::CallClosing{call.id, outcome, when});
}

}  // namespace rf::core
