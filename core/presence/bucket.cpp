#include "core/presence/bucket.hpp"

#include <algorithm>

namespace rf::core {

namespace {

bool any_active_membership(const Agent& agent) {
  return std::any_of(agent.memberships.begin(), agent.memberships.end(), [](const Membership& m) { return m.active; });
}

}  // namespace

WorkState work_state(const Account& account, const Agent& agent) {
  WorkState state = agent.wrapup_until_ts != 0 ? WorkState::wrap_up : WorkState::waiting;
  for (ReservationId id : agent.live) {
    const Phase phase = find_reservation(account, id)->phase;
    if (phase == Phase::answered || phase == Phase::ending) return WorkState::in_call;
    state = WorkState::offering;
  }
  return state;
}

bool reachable(const Agent& agent) { return agent.config.external_endpoint || !agent.bindings.empty(); }

bool ready(const Agent& agent) {
  return !agent.removed && agent.config.role != Role::admin && agent.status == Status::available && reachable(agent) &&
         agent.external_calls == 0 && agent.wrapup_until_ts == 0 && agent.live.size() < agent.config.max_concurrent &&
         any_active_membership(agent);
}

Bucket bucket_of(const Account& account, const Agent& agent) {
  const WorkState state = work_state(account, agent);
  if (agent.external_calls > 0) return Bucket::extcall;
  if (state == WorkState::in_call) return Bucket::incall;
  if (agent.status == Status::offline) return Bucket::offline;
  if (!reachable(agent)) return Bucket::unreachable;
  if (state == WorkState::offering) return Bucket::ring;
  if (agent.status == Status::on_break) return Bucket::paused;
  if (state == WorkState::wrap_up) return Bucket::wrapup;
  if (ready(agent)) return Bucket::ready;
  return Bucket::idle;
}

std::vector<std::string> explain_readiness(const Account& account, const Agent& agent) {
  std::vector<std::string> reasons;
  if (agent.removed) reasons.emplace_back("the agent was removed: create it again");
  if (agent.config.role == Role::admin)
    reasons.emplace_back("the role is admin: give the user the role agent or supervisor to take calls");
  switch (agent.status) {
    case Status::offline: reasons.emplace_back("the agent is logged out: log in"); break;
    case Status::not_ready: reasons.emplace_back("the status is not_ready: set it to available"); break;
    case Status::on_break:
      reasons.emplace_back("the agent is on break (" + agent.reason + "): set the status to available");
      break;
    case Status::available: break;
  }
  if (!reachable(agent))
    reasons.emplace_back(agent.config.extension.empty()
                             ? "no extension is set: give the agent one and register its phone"
                             : "no phone is registered for extension " + agent.config.extension + ": register it");
  if (agent.memberships.empty())
    reasons.emplace_back("the agent belongs to no queue: add a membership");
  else if (!any_active_membership(agent))
    reasons.emplace_back("no queue is active for the agent: select queues at login or activate a membership");
  if (agent.external_calls > 0) reasons.emplace_back("the agent is on an external call: wait until it ends");
  switch (work_state(account, agent)) {
    case WorkState::offering: reasons.emplace_back("the agent is being offered a call: wait for its outcome"); break;
    case WorkState::in_call: reasons.emplace_back("the agent is on a call: wait until it ends"); break;
    case WorkState::wrap_up: reasons.emplace_back("the agent is in wrap-up: end it or wait for its timer"); break;
    case WorkState::waiting: break;
  }
  if (ready(agent)) reasons.clear();
  return reasons;
}

}  // namespace rf::core
