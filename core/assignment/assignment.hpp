#pragma once
#include <vector>

#include "core/base/result.hpp"
#include "core/state/account.hpp"

/// Who may switch which membership on and off (PD-9).
namespace rf::core {

enum class Asker : std::uint8_t { agent, supervisor };

/// The queues that are active after a login that selects `queues`: with auto_queue_login the static and mandatory ones too, and
/// what a supervisor locked as it was set. not_found: a selected queue is none of the agent's; permission_denied: it is
/// supervisor_managed or locked.
Result<std::vector<QueueId>> queues_at_login(const Settings& settings, const Agent& agent,
                                             const std::vector<QueueId>& queues);

/// Whether the membership, and which queues, are active without anybody's choice, where availability follows reachability
/// (LS-3).
bool active_always(const Membership& membership);
std::vector<QueueId> queues_always(const Agent& agent);

/// permission_denied with the mode and what to do, if the asker may not switch it so.
Result<void> may_switch(const Membership& membership, bool active, Asker asker);

}  // namespace rf::core
