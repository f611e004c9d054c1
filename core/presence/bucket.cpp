#include "core/presence/bucket.hpp"

#include <algorithm>

namespace rf::core {

namespace {

bool any_open_membership(const Agent& agent) {
  return std::any_of(agent.memberships.begin(), agent.memberships.end(),
                     [](const Membership& m) { return m.active && !m.paused; });
}

/// What a queue's call and a direct one ask of an agent alike.
bool free_for_calls(const Agent& agent) {
  return !agent.removed && agent.config.role != Role::admin && reachable(agent) && agent.external_calls == 0 &&
         agent.wrapup_until_ts == 0 && agent.live.size() < agent.config.max_concurrent &&
         (!agent.next.set || agent.next.status == Status::available);
}

/// In conversation with the caller of a direct call (PD-7: extcall).
bool in_direct_call(const Account& account, const Agent& agent) {
  return std::any_of(agent.live.begin(), agent.live.end(), [&](ReservationId id) {
    const Reservation* r = find_reservation(account, id);
    return is_call_leg(r->phase) && !r->offer.queue.set();
  });
}

}  // namespace

WorkState work_state(const Account& account, const Agent& agent) {
  WorkState state = agent.wrapup_until_ts != 0 ? WorkState::wrap_up : WorkState::waiting;
  for (ReservationId id : agent.live) {
    if (is_call_leg(find_reservation(account, id)->phase)) return WorkState::in_call;
    state = WorkState::offering;
  }
  return state;
}

bool follows(const Account& account, const AgentConfig& config) {
  return config.participant || config.kind == AgentKind::bot ||
         account.settings.availability == AvailabilityMode::follow_reachability;
}

bool reachable(const Agent& agent) {
  return agent.config.external_endpoint || !agent.bindings.empty() || !agent.config.follow_me.empty() ||
         !agent.config.uri.empty();
}

bool ready(const Agent& agent) {
  return agent.status == Status::available && free_for_calls(agent) && any_open_membership(agent);
}

bool calls_while_paused(const Account& account, const Agent& agent) {
  return agent.config.participant ? !account.settings.paused_participants_may_not_call
                                  : account.settings.paused_agents_may_call;
}

bool takes_direct_calls(const Account& account, const Agent& agent) {
  const bool away = agent.status == Status::on_break && !calls_while_paused(account, agent);
  return agent.status != Status::offline && !away && free_for_calls(agent);
}

Bucket bucket_of(const Account& account, const Agent& agent) {
  const WorkState state = work_state(account, agent);
  if (agent.external_calls > 0) return Bucket::extcall;
  if (state == WorkState::in_call && in_direct_call(account, agent)) return Bucket::extcall;
  if (state == WorkState::in_call) return Bucket::incall;
  if (agent.status == Status::offline) return Bucket::offline;
  if (!reachable(agent)) return Bucket::unreachable;
  if (state == WorkState::offering) return Bucket::ring;
  if (agent.status == Status::on_break) return Bucket::paused;
  if (state == WorkState::wrap_up) return Bucket::wrapup;
  if (ready(agent)) return Bucket::ready;
  return Bucket::idle;
}

}  // namespace rf::core
