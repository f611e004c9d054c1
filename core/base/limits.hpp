#pragma once
#include <cstddef>
#include <cstdint>

#include "core/base/time.hpp"

namespace rf::limits {

constexpr std::uint32_t shards = 64;
/// The directory group (R21) is one more shard of the same journal.
constexpr std::uint32_t directory_shard = shards;

// R6: what one turn may write.
constexpr std::size_t batch_facts_max = 256;
constexpr std::size_t batch_bytes_max = 1u << 20;
constexpr std::size_t import_facts_max = 16384;
constexpr std::size_t import_bytes_max = 4u << 20;
constexpr std::size_t tick_items_max = 128;

// R12: the lease.
constexpr Ms lease_slack_ms = 1000;
constexpr Ms confirm_ms = 30000;
constexpr Ms linger_ms = 4000;
constexpr Ms lease_margin_ms = 36000;
constexpr Ms not_rung_wait_ms = 1000;
constexpr Ms withdrawn_wait_ms = 1000;
/// How long an agent whose phone could not be reached, or whose lease ran out, is left alone.
constexpr Ms unreachable_wait_ms = 5000;

// R17.
constexpr Ms edge_silent_ms = 10000;
constexpr Ms edge_lost_ms = 90000;

// R16, R25.
constexpr std::size_t edge_events_in_flight_max = 256;
constexpr std::size_t edge_events_buffered_max = 10000;
constexpr std::size_t uncommitted_commands_max = 1024;
constexpr std::size_t turn_bytes_max = 64u << 10;

// R2, R15.
constexpr std::size_t ranked_max = 16;
constexpr std::size_t ring_all_width = 20;
constexpr std::size_t ring_all_width_max = 100;

// What an account may hold; past it the newest or the oldest goes, as each place says.
constexpr std::int32_t tier_level_max = 1000;
constexpr std::size_t skills_max = 32;
constexpr std::uint32_t skill_level_max = 10;
constexpr Ms score_ms_max = 24 * 3600 * second_ms;
constexpr std::size_t widening_steps_max = 16;
constexpr std::size_t sticky_max = 65536;
constexpr std::size_t kept_places_max = 16384;
constexpr std::size_t dispositions_max = 16384;
constexpr std::size_t calls_max = 20000;
constexpr std::size_t agents_max = 200000;
constexpr std::size_t queues_max = 100000;
constexpr std::size_t memberships_max = 1000;
constexpr std::size_t numbers_max = 100000;
constexpr std::size_t domains_max = 1000;
constexpr std::size_t trunks_max = 1000;
constexpr std::size_t overflow_rules_max = 32;
constexpr std::size_t open_hours_max = 64;
constexpr std::size_t outcomes_max = 128;
constexpr std::size_t break_reasons_max = 64;
constexpr std::size_t labels_max = 16;
constexpr std::size_t caller_ids_max = 64;
constexpr std::size_t shifts_max = 64;
constexpr std::size_t activities_max = 32;
constexpr std::size_t notes_bytes_max = 2048;
constexpr std::size_t tags_max = 32;

constexpr std::size_t text_bytes_max = 256;
constexpr std::size_t attributes_max = 32;

}  // namespace rf::limits
