#include <algorithm>

#include "core/account/checks.hpp"
#include "core/account/draft.hpp"
#include "core/presence/bucket.hpp"

namespace rf::core {

namespace {

void set_external(Draft& draft, const Agent& agent, fact::ExternalCallsSet f) {
  f.agent = agent.id;
  const bool begins = f.count > agent.external_calls;
  draft.add(std::move(f));
  if (begins) withdraw_offers(draft, agent, QueueId());
}

bool outbound_resets_idle(const Account& account, const Agent& agent) {
  const Queue* queue = find_queue(account, agent.config.outbound_queue);
  return queue != nullptr && queue->config.outbound_resets_idle;
}

/// Whether an outbound call among the agent's external calls counts for its idle time. Placing one sets that time; so does
/// the end of a queue's call, together with wrap-up. Which of several calls ends is not told.
bool counts_for_idle(const Agent& agent) {
  return agent.last_call_end_ts >= agent.bucket_since_ts && agent.last_call_end_ts != agent.wrapup_since_ts;
}

}  // namespace

void decide_rule(Draft& draft, const command::SetExternalCalls& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->external_calls == c.count) return;
  fact::ExternalCallsSet f;
  f.count = c.count;
  set_external(draft, *agent, std::move(f));
}

void decide_rule(Draft& draft, const command::BeginExternalCall& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr || !fits(draft, "number", c.number, false)) return;
  draft.decision.reply.id = c.agent.value;
  const AgentConfig& config = agent->config;
  if (!config.participant && agent->status == Status::offline)
    return refuse_step(draft, agent->status, "external call", "the agent is logged out; log in first");
  if (agent->status == Status::on_break && !calls_while_paused(draft.account, *agent))
    return refuse_step(draft, agent->status, "external call",
                       "the agent is paused (" + agent->reason + "); end the pause first");
  if (c.outbound && !config.participant && !config.outbound_queue.set())
    return draft.refuse(Code::failed_precondition,
                        "the agent has no outbound queue that could count the call: give it one");
  if (c.outbound && !c.caller_id.empty() &&
      std::find(config.caller_ids.begin(), config.caller_ids.end(), c.caller_id) == config.caller_ids.end())
    return draft.refuse(Code::permission_denied,
                        "the agent may not show the caller id " + c.caller_id + ": choose one of the agent's");
  fact::ExternalCallsSet f;
  f.count = agent->external_calls + 1;
  f.number = c.number;
  f.outbound = c.outbound;
  if (c.outbound) f.queue = config.outbound_queue;
  f.resets_idle = c.outbound && outbound_resets_idle(draft.account, *agent);
  set_external(draft, *agent, std::move(f));
}

void decide_rule(Draft& draft, const command::EndExternalCall& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->external_calls == 0)
    return draft.refuse(Code::failed_precondition, "the agent is on no external call: there is none to end");
  fact::ExternalCallsSet f;
  f.count = agent->external_calls - 1;
  f.resets_idle = counts_for_idle(*agent);
  set_external(draft, *agent, std::move(f));
}

}  // namespace rf::core
