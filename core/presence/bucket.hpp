#pragma once
#include "core/state/account.hpp"

namespace rf::core {

/// What the agent's reservations and wrap-up say, for PD-7 (R8: derived, never stored).
enum class WorkState : std::uint8_t { waiting, offering, in_call, wrap_up };
WorkState work_state(const Account& account, const Agent& agent);

/// Whether the agent's log-in follows its reachability: a participant, a bot, or by the account's settings.
bool follows(const Account& account, const AgentConfig& config);

/// Whether any endpoint can be rung: a live binding anywhere, a Follow-Me number, a bot's address, or an endpoint on a foreign
/// switch.
bool reachable(const Agent& agent);

/// The Ready predicate (PD-6, R8): evaluated only inside the decision that reserves, on the exact state before it (S11).
/// It does not depend on time: the re-offer delay is part of eligible().
bool ready(const Agent& agent);

/// Whether the agent may call and be called directly while paused (TM-2, TM-6).
bool calls_while_paused(const Account& account, const Agent& agent);

/// What Ready is for calls to that agent in no queue: logged in, reachable, not paused unless that is allowed, not busy.
bool takes_direct_calls(const Account& account, const Agent& agent);

/// The first match in PD-7's order: extcall, incall, offline, unreachable, ring, paused, wrapup, ready, idle.
Bucket bucket_of(const Account& account, const Agent& agent);

}  // namespace rf::core
