#pragma once
#include "core/state/account.hpp"

namespace rf::core {

/// What the agent's reservations and wrap-up say, for PD-7 (R8: derived, never stored).
enum class WorkState : std::uint8_t { waiting, offering, in_call, wrap_up };
WorkState work_state(const Account& account, const Agent& agent);

/// Whether any endpoint can be rung: a live binding anywhere, or an endpoint on a foreign switch.
bool reachable(const Agent& agent);

/// The Ready predicate (PD-6, R8): evaluated only inside the decision that reserves, on the exact state before it (S11).
/// It does not depend on time: the re-offer delay is part of eligible().
bool ready(const Agent& agent);

/// The first match in PD-7's order: extcall, incall, offline, unreachable, ring, paused, wrapup, ready, idle.
Bucket bucket_of(const Account& account, const Agent& agent);

/// Why the agent is not Ready: every failed precondition as a sentence that says what to do; empty when Ready (CX-1).
std::vector<std::string> explain_readiness(const Account& account, const Agent& agent);

}  // namespace rf::core
