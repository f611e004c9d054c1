#pragma once
#include <optional>

#include "core/queue/now.hpp"
#include "core/state/account.hpp"

/// Whether a queue takes a call now, and who serves it.
namespace rf::core {

/// Whether the call that is asked about is counted among those that wait already.
enum class Counted : std::uint8_t { no, yes };
/// What keeps a call out of the queue; nothing: it may enter. In the order in which it is looked at: closed, full (the queue
/// or the account), join_empty, long_wait.
std::optional<OverflowWhen> barred(const Account& account, const Queue& queue, const Now& now, Counted counted);

/// Whether the hours say open; no hours: always.
bool is_open(const std::vector<OpenHours>& hours, const Zone& zone, Ms ts);

/// Whether nobody serves the queue, members in the states of `when` (a set of empty_when) not counting.
bool is_empty(const Account& account, const Queue& queue, std::uint32_t when);

/// How long the call at that place (0: the first) may expect to wait: calls before it and itself by the queue's pace and its
/// logged-in members; never_ms while nobody is logged in, 0 while no pace is known.
Ms expected_wait_ms(const Account& account, const Queue& queue, std::size_t place);

/// How many calls wait in the queue, ringing ones with them.
std::size_t waiting_calls(const Account& account, QueueId queue);

/// Whether the queue has as many calls ringing or in conversation as it may (E24), this one not among them.
bool is_capped(const Account& account, const Call& call);

}  // namespace rf::core
