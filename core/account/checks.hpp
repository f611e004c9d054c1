#pragma once
#include <string>

#include "core/account/draft.hpp"

/// Checks of what a caller sent: each refuses in a sentence and returns false. Private to core/account.
namespace rf::core {

/// "<field> must be between <low> and <high>, not <value>".
bool in_range(Draft& draft, const char* field, std::int64_t value, std::int64_t low, std::int64_t high);
/// "the number of <what> must be between 0 and <max>, not <count>".
bool not_too_many(Draft& draft, const std::string& what, std::size_t count, std::size_t max);
/// Not longer than a text may be; `required`: nor empty.
bool fits(Draft& draft, const char* field, const std::string& text, bool required);
/// Sorted by name, each once, levels from 1 to 10, not too many.
bool valid_skills(Draft& draft, const char* field, const Skills& skills);

/// The queue of that id, not removed; null after a refusal.
const Queue* live_queue(Draft& draft, QueueId id);
bool valid_wrapup(Draft& draft, const std::optional<Ms>& wrapup_ms);

// config_checks.cpp: what an administrator set, as a whole.
bool valid(Draft& draft, QueueId self, const QueueConfig& config);
bool valid(Draft& draft, const AgentConfig& config);
bool valid(Draft& draft, const Settings& settings);
bool valid(Draft& draft, const std::string& number, const Route& route);

/// Refuses what should reach an agent by way of a queue that it does not belong to: nobody could ever take it.
bool in_queue(Draft& draft, AgentId agent, QueueId queue);

}  // namespace rf::core
