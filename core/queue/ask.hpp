#pragma once
#include "core/state/account.hpp"

/// What a waiting call asks of an agent, and how that widens with time.
namespace rf::core {

/// What a call that arrived then asks in that queue at `now_ts`: its own and the queue's skills, relaxed by every widening
/// step that its waiting has reached.
Ask ask_in(const QueueConfig& queue, const Skills& required, const Skills& preferred, Ms arrived_ts, Ms now_ts);

/// How long a call of the queue waits before members of that tier are offered it, by the tier rules: 0 for the first tier that
/// the queue has, and where nobody of the tiers before is logged in.
Ms tier_wait_ms(const Account& account, const Queue& queue, std::int32_t tier_level);

/// Tier levels from `first` to `last`.
struct TierRange {
  std::int32_t first = 0;
  std::int32_t last = 0;
  bool holds(std::int32_t tier_level) const { return tier_level >= first && tier_level <= last; }
};

/// The tiers that are open to the call now: its window, cut off where the next tier still waits (tier rules).
TierRange open_tiers(const Account& account, const Call& call, Ms now_ts);

/// The next instant at which waiting alone opens a tier to the call; never_ms if none.
Ms next_tier_ts(const Account& account, const Call& call, Ms now_ts);

}  // namespace rf::core
