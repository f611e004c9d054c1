#include <algorithm>

#include "core/account/draft.hpp"
#include "core/base/limits.hpp"
#include "core/base/plant.hpp"
#include "core/queue/ask.hpp"

namespace rf::core {

namespace {

/// A sweep step writes at most about this many facts, so that a turn stays under its limit (R6).
constexpr std::size_t sweep_facts_max = 96;

void wrapup_over(Draft& draft, AgentId id) {
  const Agent* agent = find_agent(draft.account, id);
  if (agent != nullptr && agent->wrapup_until_ts != 0 && draft.now.ts >= agent->wrapup_until_ts)
    end_wrapup(draft, *agent, false);
}

void gate_over(Draft& draft, AgentId id) {
  const Agent* agent = find_agent(draft.account, id);
  if (agent != nullptr && agent->no_offer_until_ts != 0 && draft.now.ts >= agent->no_offer_until_ts)
    draft.add(fact::OfferGateOpened{id});
}

void free_by_lease(Draft& draft, const Reservation& r) {
  if (is_open(r.phase)) close_offer(draft, r, CloseCause::failed);
  end_leg(draft, r, false, 0);
}

/// When the leader may free the agent without the edge's word (R12).
enum class Lease : std::uint8_t { over, look_again };
struct LeaseState {
  Lease lease;
  Ms next_check_ts;
};

LeaseState lease_state(const Draft& draft, const Reservation& r) {
  const Ms bound_ms = r.offer.ring_ms + limits::lease_margin_ms + (r.offer.ring_ms + limits::lease_margin_ms) / 100;
  const Ms bound_ts = std::max(r.offered_ts, draft.now.epoch_start_ts) + bound_ms;
  const EdgeClock* clock = draft.now.edge(r.offer.edge);
  const bool same_boot = clock != nullptr && (clock->boot_id == r.offer.boot_id || RF_PLANT(bound_a_across_boots));
  const bool heard = same_boot && clock->age_ms < limits::edge_silent_ms;
  const Ms soon_ts = draft.now.ts + second_ms;

  if (r.hold == Hold::to_ring_until && heard)
    return clock->heartbeat_edge_ms > r.offer.ring_until ? LeaseState{Lease::over, 0}
                                                         : LeaseState{Lease::look_again, soon_ts};
  if (r.hold == Hold::none && heard) {
    const Ms until = RF_PLANT(confirm_bound_off) ? r.offer.ring_until : r.offer.confirm_until + limits::linger_ms;
    return clock->heartbeat_edge_ms > until ? LeaseState{Lease::over, 0} : LeaseState{Lease::look_again, soon_ts};
  }
  if (draft.now.ts > bound_ts) return {Lease::over, 0};
  return {Lease::look_again, std::max(soon_ts, bound_ts + 1)};
}

void lease_due(Draft& draft, ReservationId id) {
  const Reservation* r = find_reservation(draft.account, id);
  if (r == nullptr || is_call_leg(r->phase) || draft.now.ts < r->check_ts) return;
  if (r->offer.edge == api_edge) {
    if (r->phase == Phase::offered) close_offer(draft, *r, CloseCause::no_answer);
    return;
  }
  const LeaseState state = lease_state(draft, *r);
  if (state.lease == Lease::over)
    free_by_lease(draft, *r);
  else
    draft.add(fact::LeaseSet{id, r->hold, state.next_check_ts});
}

void edge_sweep_due(Draft& draft, const EdgeName& name) {
  const Edge* edge = find_edge(draft.account, name);
  if (edge == nullptr || edge->sweep == Edge::Sweep::none) return;
  if (!sweep_edge(draft, *edge, sweep_facts_max)) return;
  // Adoptions and bindings just drafted are not in the account yet: a further step looks whether all is done.
  if (!draft.decision.facts.empty()) return;
  draft.add(fact::EdgeSwept{name});
  for (const auto& [queue, classes] : draft.account.index.waiting)
    for (const auto& [asked, places] : classes)
      if (asked.edge == name) draft.decision.classes.push_back(ClassLook{queue, asked});
}

void widen_due(Draft& draft, CallId id) {
  const Call* call = find_call(draft.account, id);
  if (call == nullptr || call->ask.next_step_ts == 0 || draft.now.ts < call->ask.next_step_ts) return;
  const QueueConfig& config = config_of(draft.account, call->queue);
  draft.add(fact::CallWidened{
      id, ask_in(config, call->arrival.required, call->arrival.preferred, call->arrived_ts, draft.now.ts)});
}

void release_due(Draft& draft, CallId id) {
  const Call* call = find_call(draft.account, id);
  if (call != nullptr && call->only_until_ts != 0 && draft.now.ts >= call->only_until_ts)
    draft.add(fact::CallReleased{id});
}

void ring_step_due(Draft& draft, CallId id) {
  const Call* call = find_call(draft.account, id);
  if (call == nullptr || call->ring_step_ts == 0 || draft.now.ts < call->ring_step_ts) return;
  const QueueConfig& config = config_of(draft.account, call->queue);
  const bool grows = config.strategy == StrategyKind::ring_progressively && call->ring_width < config.ring_all_width;
  const std::uint32_t width = call->ring_width + (grows ? 1 : 0);
  const bool more = grows && width < config.ring_all_width;
  draft.add(fact::RingStep{id, width, more ? draft.now.ts + ring_step_ms(config) : 0});
}

void queue_sweep_due(Draft& draft, QueueId id) {
  const Queue* queue = find_queue(draft.account, id);
  if (queue == nullptr || !queue->draining) return;
  if (const auto waiting = draft.account.index.waiting.find(id); waiting != draft.account.index.waiting.end()) {
    for (const auto& [asked, places] : waiting->second) {
      for (const Place& place : places) {
        if (draft.decision.facts.size() >= sweep_facts_max) return;
        move_call(draft, *find_call(draft.account, place.call), queue->drain_to, 0);
      }
    }
  }
  // Calls that ring now move when their offer closes.
  if (draft.decision.facts.empty()) draft.add(fact::QueueSwept{id});
}

}  // namespace

void decide_rule(Draft& draft, const command::TakeDue& c) {
  switch (c.due.kind) {
    case DueKind::wrapup: return wrapup_over(draft, AgentId(c.due.id));
    case DueKind::offer_gate: return gate_over(draft, AgentId(c.due.id));
    // The turn makes the call look; there is nothing to decide before its ranking.
    case DueKind::look: return;
    case DueKind::max_wait: return decide_rule(draft, command::Look{CallId(c.due.id)});
    case DueKind::lease: return lease_due(draft, ReservationId(c.due.id));
    case DueKind::edge_sweep: return edge_sweep_due(draft, c.due.edge);
    case DueKind::queue_sweep: return queue_sweep_due(draft, QueueId(c.due.id));
    case DueKind::widen: return widen_due(draft, CallId(c.due.id));
    case DueKind::release: return release_due(draft, CallId(c.due.id));
    case DueKind::ring_step: return ring_step_due(draft, CallId(c.due.id));
    case DueKind::day_end: return day_due(draft);
    case DueKind::logoff: return logoff_due(draft);
    case DueKind::break_end: return break_due(draft, AgentId(c.due.id));
    case DueKind::stale: return stale_due(draft, AgentId(c.due.id));
    case DueKind::activity: return activity_due(draft, AgentId(c.due.id));
    case DueKind::no_agent: return no_agent_due(draft, QueueId(c.due.id));
    case DueKind::exit: return exit_due(draft, CallId(c.due.id));
  }
}

}  // namespace rf::core
