#include <algorithm>
#include <array>

#include "core/account/checks.hpp"
#include "core/account/draft.hpp"
#include "core/assignment/assignment.hpp"

namespace rf::core {

namespace {

/// What an agent may always give as a reason, whatever the account configures.
constexpr std::array<std::string_view, 2> always = {reason::dnd, reason::away};
/// What only the system gives.
constexpr std::array<std::string_view, 4> systems = {reason::wrapup, reason::missed, reason::not_responding,
                                                     reason::off_shift};

const Membership* membership(Draft& draft, const Agent& agent, QueueId queue) {
  if (const Membership* m = find_membership(agent, queue)) return m;
  draft.refuse(Code::not_found, "the agent has no membership in queue " + queue.text() + ": add one first");
  return nullptr;
}

}  // namespace

bool valid_reason(Draft& draft, const std::string& text) {
  if (!fits(draft, "reason", text, false)) return false;
  if (std::find(systems.begin(), systems.end(), text) != systems.end()) {
    draft.refuse(Code::invalid_argument, "the reason \"" + text + "\" is the system's own: choose another");
    return false;
  }
  const std::vector<BreakReason>& kinds = draft.account.settings.break_reasons;
  if (kinds.empty() || std::find(always.begin(), always.end(), text) != always.end()) return true;
  std::string names;
  for (const BreakReason& kind : kinds) {
    if (kind.id == text) return true;
    names += (names.empty() ? "" : ", ") + kind.id;
  }
  draft.refuse(Code::invalid_argument,
               "the reason \"" + text + "\" is none of the account's: choose one of " + names + ", dnd or away");
  return false;
}

bool pause_has_reason(Draft& draft, const std::string& text) {
  if (!text.empty()) return valid_reason(draft, text);
  draft.refuse(Code::invalid_argument, "a pause needs a reason: choose one, e.g. lunch");
  return false;
}

void decide_rule(Draft& draft, const command::SetMembershipActive& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  const Membership* m = membership(draft, *agent, c.queue);
  if (m == nullptr) return;
  if (c.lock && c.asker != Asker::supervisor)
    return draft.refuse(Code::permission_denied, "only a supervisor locks a membership");
  const bool locked = c.asker == Asker::supervisor ? c.lock : m->locked;
  if (m->active == c.active && m->locked == locked) return;
  if (agent->status == Status::offline)
    return refuse_step(draft, agent->status, "queue selection", "the agent is logged out; log in first");
  if (const auto allowed = may_switch(*m, c.active, c.asker); !allowed)
    return draft.refuse(allowed.error().code, allowed.error().what);
  draft.add(fact::MembershipActive{c.agent, c.queue, c.active, locked});
  if (c.active) return;
  withdraw_offers(draft, *agent, c.queue);
  release_waiters(draft, *agent, c.queue);
  look_again_if_tiered(draft, c.queue);
}

void decide_rule(Draft& draft, const command::SetMembershipPaused& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  const Membership* m = membership(draft, *agent, c.queue);
  if (m == nullptr) return;
  if (c.paused && !pause_has_reason(draft, c.reason)) return;
  const std::string text = c.paused ? c.reason : std::string();
  if (m->paused == c.paused && m->pause_reason == text) return;
  draft.add(fact::MembershipPaused{c.agent, c.queue, c.paused, text});
  if (!c.paused) return;
  withdraw_offers(draft, *agent, c.queue);
  release_waiters(draft, *agent, c.queue);
}

}  // namespace rf::core
