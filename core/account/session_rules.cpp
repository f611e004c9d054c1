#include <algorithm>

#include "core/account/checks.hpp"
#include "core/account/draft.hpp"
#include "core/assignment/assignment.hpp"
#include "core/presence/bucket.hpp"

namespace rf::core {

namespace {

constexpr const char* unreachable_reason = "unreachable";

bool in_call(const Draft& draft, const Agent& agent) { return work_state(draft.account, agent) == WorkState::in_call; }

Ms break_until_ts(const Draft& draft, const NextStatus& next) {
  if (next.status != Status::on_break) return 0;
  for (const BreakReason& reason : draft.account.settings.break_reasons)
    if (reason.id == next.reason && reason.max_ms > 0) return draft.now.ts + reason.max_ms;
  return 0;
}

/// Writes the status, whatever the agent is doing.
void write_status(Draft& draft, const Agent& agent, const NextStatus& next) {
  if (next.status == Status::offline) {
    draft.add(fact::LoggedOut{agent.id, next.reason});
    look_at_tiers(draft, agent);
  } else {
    draft.add(fact::StatusSet{agent.id, next.status, next.reason, break_until_ts(draft, next)});
  }
}

/// Of a participant the phone alone says whether it is there (TM-2).
bool has_a_login(Draft& draft, const Agent& agent) {
  if (!agent.config.participant) return true;
  draft.refuse(Code::failed_precondition,
               "a participant neither logs in nor out: it is there while its phone is registered; pause it in a queue");
  return false;
}

}  // namespace

const Agent* live_agent(Draft& draft, AgentId id) {
  const Agent* agent = find_agent(draft.account, id);
  if (agent != nullptr && !agent->removed) return agent;
  draft.refuse(Code::not_found, "there is no agent " + id.text() + " in this account: check the id or key");
  return nullptr;
}

void refuse_step(Draft& draft, Status from, std::string_view to, std::string_view why) {
  draft.refuse(Code::failed_precondition,
               std::string(name_of(from)) + " -> " + std::string(to) + " is not possible: " + std::string(why));
}

void change_status(Draft& draft, const Agent& agent, NextStatus next) {
  const bool same = agent.status == next.status && agent.reason == next.reason;
  if (in_call(draft, agent)) {
    if (same ? agent.next.set : agent.next != next)
      draft.add(fact::NextStatusSet{agent.id, same ? NextStatus{} : next});
  } else if (!same) {
    if (next.status == Status::offline && agent.disposition_due)
      miss_disposition(draft, agent.wrapup_call, agent.id, agent.wrapup_queue);
    write_status(draft, agent, next);
  } else if (agent.next.set) {
    draft.add(fact::NextStatusSet{agent.id, NextStatus{}});
  }
  if (next.status == Status::available) return;
  withdraw_offers(draft, agent, QueueId());
  release_waiters(draft, agent, QueueId());
}

bool stays_available(const Agent& agent) {
  return agent.status == Status::available && (!agent.next.set || agent.next.status == Status::available);
}

void come_to_next(Draft& draft, const Agent& agent) {
  if (agent.next.set) write_status(draft, agent, agent.next);
}

void follow_up(Draft& draft, const Agent& agent) {
  if (agent.removed) return;
  // Whose phone did not answer at all has one again.
  if (agent.status == Status::on_break && agent.reason == reason::not_responding)
    draft.add(fact::StatusSet{agent.id, Status::available, {}, 0});
  if (!follows(draft.account, agent.config) || agent.config.role == Role::admin) return;
  if (agent.status == Status::offline) {
    draft.add(fact::LoggedIn{agent.id, Status::available, queues_always(agent)});
    return;
  }
  if (agent.next.set && agent.next.reason == unreachable_reason) draft.add(fact::NextStatusSet{agent.id, NextStatus{}});
  // Nobody may be there to end a pause by hand, and a phone that comes back is a sign of somebody.
  if (agent.status == Status::on_break && agent.reason == reason::missed)
    draft.add(fact::StatusSet{agent.id, Status::available, {}, 0});
}

void follow_down(Draft& draft, const Agent& agent) {
  release_waiters(draft, agent, QueueId());
  if (!follows(draft.account, agent.config) || agent.status == Status::offline) return;
  const bool elsewhere = agent.config.external_endpoint || !agent.config.follow_me.empty() || !agent.config.uri.empty();
  // Who goes on a break after the call does; a log-out in its place would be taken back with the next registration.
  const bool leaves = agent.next.set && agent.next.status != Status::available;
  if (!elsewhere && !leaves)
    change_status(draft, agent, NextStatus{true, Status::offline, unreachable_reason, draft.now.ts});
}

void decide_rule(Draft& draft, const command::Login& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr || !has_a_login(draft, *agent)) return;
  if (agent->status != Status::offline)
    return refuse_step(draft, agent->status, "logged in", "the agent is logged in already; use SetStatus");
  const auto active = queues_at_login(draft.account.settings, *agent, c.queues);
  if (!active) return draft.refuse(active.error().code, active.error().what);
  const Status status = draft.account.settings.auto_ready_on_login ? Status::available : Status::not_ready;
  draft.add(fact::LoggedIn{c.agent, status, *active});
  draft.decision.reply.id = c.agent.value;
}

void decide_rule(Draft& draft, const command::Logout& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr || !has_a_login(draft, *agent) || !fits(draft, "reason", c.reason, false)) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->status == Status::offline)
    return refuse_step(draft, agent->status, "offline", "the agent is logged out already");
  change_status(draft, *agent, NextStatus{true, Status::offline, c.reason, draft.now.ts});
}

void decide_rule(Draft& draft, const command::SetStatus& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (c.status == Status::offline && !has_a_login(draft, *agent)) return;
  if (c.status == Status::offline && (!c.at_end_of_call || agent->status == Status::offline))
    return decide_rule(draft, command::Logout{c.agent, c.reason});
  if (agent->status == Status::offline)
    return refuse_step(draft, agent->status, name_of(c.status), "the agent is logged out; log in first");
  if (c.status == Status::on_break && c.reason.empty())
    return draft.refuse(Code::invalid_argument, "on_break needs a reason: choose one, e.g. lunch");
  if (c.status == Status::on_break && !valid_reason(draft, c.reason)) return;
  const bool has_reason = c.status == Status::on_break || c.status == Status::offline;
  const NextStatus next{true, c.status, has_reason ? c.reason : std::string(), draft.now.ts};
  if (c.at_end_of_call && !agent->live.empty()) {
    draft.add(fact::NextStatusSet{c.agent, next});
    release_waiters(draft, *agent, QueueId());
    return;
  }
  change_status(draft, *agent, next);
}

void decide_rule(Draft& draft, const command::ClearNextStatus& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (!agent->next.set)
    return draft.refuse(Code::failed_precondition, "no status is to come after the call: there is nothing to clear");
  draft.add(fact::NextStatusSet{c.agent, NextStatus{}});
}

void decide_rule(Draft& draft, const command::ResetAgent& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr || !fits(draft, "reason", c.reason, false)) return;
  draft.decision.reply.id = c.agent.value;
  withdraw_offers(draft, *agent, QueueId());
  if (agent->wrapup_until_ts != 0) end_wrapup(draft, *agent, true);
  for (ReservationId id : agent->live) {
    const Reservation& r = *find_reservation(draft.account, id);
    const Call& call = *find_call(draft.account, r.offer.call);
    if (r.phase == Phase::answered && call.state == CallState::answered) hang_up(draft, call, Outcome::answered);
  }
  draft.add(fact::AgentReset{c.agent, c.reason});
}

}  // namespace rf::core
