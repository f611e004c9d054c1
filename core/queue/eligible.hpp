#pragma once
#include "core/queue/now.hpp"
#include "core/state/account.hpp"

/// The matcher's one predicate, used in both situations: a call that seeks an agent, an agent that seeks a call (R4).
namespace rf::core {

/// Whether calls of this home edge may be offered at all: the api edge always, a SIP edge only with a live heartbeat of the
/// epoch this account knows and no consequences of its last loss or restart outstanding (R12, R17).
bool class_open(const Account& account, const EdgeName& edge, const Now& now);

/// Whether an endpoint of the agent can be rung for calls of that class: API calls reach any Ready agent, SIP calls need a
/// binding at the call's own edge (R11).
bool endpoint_for(const Agent& agent, const EdgeName& edge);

/// Whether this agent may be offered this call now: Ready, membership active, delay and re-offer delay over, its tier open,
/// the skills that the call requires, not another agent's whom the call waits for, endpoint at the call's edge, edge open, not
/// a pair that waits, no earlier offer of the call that is not gone yet, the queue not at its cap of calls in conversation. A
/// call past its max wait is offered to nobody: else others' offers, one beginning before the other ends, would keep it for ever (R14).
bool eligible(const Account& account, const Call& call, const Membership& membership, const Agent& agent,
              const Now& now);

/// The same for a call to that agent in no queue, which asks for no membership (LS-20).
bool eligible(const Account& account, const Call& call, const Agent& agent, const Now& now);

/// Whether the agent may be offered any call at all now: Ready, or free for a direct call that waits.
bool seeks_calls(const Account& account, const Agent& agent);

/// The next instant at which waiting alone makes somebody eligible for the call: a membership's delay, a tier's or a pair's wait.
/// Independent of who is Ready; never_ms if none.
Ms next_look(const Account& account, const Call& call, const Now& now);

/// The call that a free agent takes next (R4): a direct one, else over the heads of its active queues by queue weight, the agent's tier
/// level there, call priority, age, order of arrival. Not set: none is eligible.
CallId next_call(const Account& account, const Agent& agent, const Now& now);

/// If the agent may be offered `call`: the oldest call that it may be offered as well, of a queue of the same weight where its
/// tier level is the same, and that comes before `call` (P11). Not set: there is none.
CallId older_call(const Account& account, const Agent& agent, const Call& call, const Now& now);

}  // namespace rf::core
