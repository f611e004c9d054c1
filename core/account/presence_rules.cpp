#include <algorithm>

#include "core/account/draft.hpp"
#include "core/assignment/assignment.hpp"

namespace rf::core {

namespace {

const Agent* live_agent(Draft& draft, AgentId id) {
  const Agent* agent = find_agent(draft.account, id);
  if (agent != nullptr && !agent->removed) return agent;
  draft.refuse(Code::not_found, "there is no agent " + id.text() + " in this account: check the id or key");
  return nullptr;
}

void illegal(Draft& draft, Status from, std::string_view to, std::string_view why) {
  draft.refuse(Code::failed_precondition,
               std::string(name_of(from)) + " -> " + std::string(to) + " is not possible: " + std::string(why));
}

}  // namespace

void decide_rule(Draft& draft, const command::Login& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  if (agent->status != Status::offline)
    return illegal(draft, agent->status, "logged in", "the agent is logged in already; use SetStatus");
  const auto active = queues_at_login(draft.account.settings, *agent, c.queues);
  if (!active) return draft.refuse(active.error().code, active.error().what);
  const Status status = draft.account.settings.auto_ready_on_login ? Status::available : Status::not_ready;
  draft.add(fact::LoggedIn{c.agent, status, *active});
  draft.decision.reply.id = c.agent.value;
}

void decide_rule(Draft& draft, const command::Logout& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->status == Status::offline)
    return illegal(draft, agent->status, "offline", "the agent is logged out already");
  draft.add(fact::LoggedOut{c.agent, c.reason});
  withdraw_offers(draft, *agent, QueueId());
}

void decide_rule(Draft& draft, const command::SetStatus& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (c.status == Status::offline) return decide_rule(draft, command::Logout{c.agent, c.reason});
  if (agent->status == Status::offline)
    return illegal(draft, agent->status, name_of(c.status), "the agent is logged out; log in first");
  if (c.status == Status::on_break && c.reason.empty())
    return draft.refuse(Code::invalid_argument, "on_break needs a reason: choose one, e.g. lunch");
  const std::string reason = c.status == Status::on_break ? c.reason : std::string();
  if (agent->status == c.status && agent->reason == reason) return;
  draft.add(fact::StatusSet{c.agent, c.status, reason});
  if (c.status != Status::available) withdraw_offers(draft, *agent, QueueId());
}

void decide_rule(Draft& draft, const command::SetMembershipActive& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  const auto m = std::find_if(agent->memberships.begin(), agent->memberships.end(),
                              [&](const Membership& membership) { return membership.queue == c.queue; });
  if (m == agent->memberships.end())
    return draft.refuse(Code::not_found, "the agent has no membership in queue " + c.queue.text() + ": add one first");
  if (m->active == c.active) return;
  if (agent->status == Status::offline)
    return illegal(draft, agent->status, "queue selection", "the agent is logged out; log in first");
  if (const auto allowed = may_switch(*m, c.active, c.asker); !allowed)
    return draft.refuse(allowed.error().code, allowed.error().what);
  draft.add(fact::MembershipActive{c.agent, c.queue, c.active});
  if (!c.active) withdraw_offers(draft, *agent, c.queue);
}

void decide_rule(Draft& draft, const command::SetExternalCalls& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->external_calls == c.count) return;
  draft.add(fact::ExternalCallsSet{c.agent, c.count});
  if (c.count > 0) withdraw_offers(draft, *agent, QueueId());
}

void decide_rule(Draft& draft, const command::EndWrapup& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->wrapup_until_ts == 0)
    return draft.refuse(Code::failed_precondition,
                        std::string(name_of(agent->bucket)) +
                            " -> end of wrap-up is not possible: the agent is not in wrap-up");
  draft.add(fact::WrapupEnded{c.agent, true});
}

}  // namespace rf::core
