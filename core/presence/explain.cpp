#include "core/presence/explain.hpp"

#include <algorithm>

#include "core/presence/bucket.hpp"

namespace rf::core {

namespace {

using Reasons = std::vector<std::string>;

/// What an administrator sets comes first: without it nothing that the agent does helps.
void add_setup(const Account& account, const Agent& agent, Reasons& reasons) {
  const AgentConfig& config = agent.config;
  if (agent.removed) reasons.emplace_back("the agent was removed: create it again");
  if (config.role == Role::admin)
    reasons.emplace_back("the role is admin: give the user the role agent or supervisor to take calls");
  const bool no_phone = config.extension.empty() && !config.external_endpoint && config.follow_me.empty() &&
                        config.uri.empty() && agent.bindings.empty();
  if (no_phone) reasons.emplace_back("no extension is set: give the agent one and register its phone");
  if (agent.memberships.empty()) reasons.emplace_back("the agent belongs to no queue: add a membership");
  const bool any_route = std::any_of(account.numbers.begin(), account.numbers.end(), [&](const auto& number) {
    return number.second.agent == agent.id || find_membership(agent, number.second.queue) != nullptr;
  });
  if (!account.numbers.empty() && !agent.memberships.empty() && !any_route && !config.external_endpoint)
    reasons.emplace_back(
        "no number leads to the agent or to one of its queues: point a number at them, or the calls go elsewhere");
}

void add_status(const Account& account, const Agent& agent, Reasons& reasons) {
  switch (agent.status) {
    case Status::offline:
      // Where a phone logs in, only a phone helps.
      if (!follows(account, agent.config) || reachable(agent)) reasons.emplace_back("the agent is logged out: log in");
      break;
    case Status::not_ready:
      reasons.emplace_back(agent.reason == reason::off_shift
                               ? "the agent's shift is over: set the status to available to work on"
                               : "the status is not_ready: set it to available");
      break;
    case Status::on_break:
      if (agent.reason == reason::missed)
        reasons.emplace_back("the agent missed calls and was paused: set the status to available");
      else if (agent.reason == reason::not_responding)
        reasons.emplace_back(
            "the agent's phone did not respond to calls and the agent was paused: register it again, or set the status "
            "to available");
      else
        reasons.emplace_back("the agent is on break (" + agent.reason + "): set the status to available");
      break;
    case Status::available: break;
  }
  if (agent.next.set && agent.next.status != Status::available)
    reasons.push_back("the status " + std::string(name_of(agent.next.status)) +
                      " is to come after the call: clear it to get further calls");
}

void add_memberships(const Agent& agent, Reasons& reasons) {
  const auto any = [&](const auto& fits) {
    return std::any_of(agent.memberships.begin(), agent.memberships.end(), fits);
  };
  if (agent.memberships.empty() || any([](const Membership& m) { return m.active && !m.paused; })) return;
  if (any([](const Membership& m) { return m.active; }))
    reasons.emplace_back("the agent is paused in every active queue: end the pause in one");
  else
    reasons.emplace_back("no queue is active for the agent: select queues at login or activate a membership");
}

}  // namespace

std::vector<std::string> explain_readiness(const Account& account, const Agent& agent) {
  Reasons reasons;
  if (ready(agent)) return reasons;
  add_setup(account, agent, reasons);
  add_status(account, agent, reasons);
  if (!reachable(agent) && !agent.config.extension.empty())
    reasons.push_back("no phone is registered for extension " + agent.config.extension + ": register it");
  add_memberships(agent, reasons);
  if (agent.external_calls > 0) reasons.emplace_back("the agent is on an external call: wait until it ends");
  switch (work_state(account, agent)) {
    case WorkState::offering: reasons.emplace_back("the agent is being offered a call: wait for its outcome"); break;
    case WorkState::in_call: reasons.emplace_back("the agent is on a call: wait until it ends"); break;
    case WorkState::wrap_up: reasons.emplace_back("the agent is in wrap-up: end it or wait for its timer"); break;
    case WorkState::waiting: break;
  }
  return reasons;
}

}  // namespace rf::core
