#pragma once
#include <concepts>
#include <type_traits>

#include "core/event/fact.hpp"

/// Fields of what facts and rows are made of: configuration and values. See fields.hpp.
namespace rf::storage::codec {

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

void fields(auto& v, Is<core::Settings> auto& x) {
  v(1, "key", x.key);
  v(2, "name", x.name);
  v(3, "auto_ready_on_login", x.auto_ready_on_login);
  v(4, "auto_queue_login", x.auto_queue_login);
  v(5, "wrapup_ms", x.wrapup_ms);
  v(6, "availability", x.availability);
  v(7, "time_zone", x.time_zone);
  v(8, "day_end_min", x.day_end_min);
  v(9, "auto_logoff", x.auto_logoff);
  v(10, "stale_after_ms", x.stale_after_ms);
  v(11, "break_reasons", x.break_reasons);
  v(12, "paused_agents_may_call", x.paused_agents_may_call);
  v(13, "paused_participants_may_not_call", x.paused_participants_may_not_call);
  v(14, "not_ready_off_shift", x.not_ready_off_shift);
  v(15, "outbound_trunk", x.outbound_trunk);
  v(16, "direct_ring_ms", x.direct_ring_ms);
  v(17, "direct_max_wait_ms", x.direct_max_wait_ms);
}
void fields(auto& v, Is<core::QueueConfig> auto& x) {
  v(1, "key", x.key);
  v(2, "name", x.name);
  v(3, "strategy", x.strategy);
  v(4, "ring_timeout_ms", x.ring_timeout_ms);
  v(5, "max_wait_ms", x.max_wait_ms);
  v(6, "wrapup_ms", x.wrapup_ms);
  v(7, "weight", x.weight);
  v(8, "ring_all_width", x.ring_all_width);
  v(9, "reject_delay_ms", x.reject_delay_ms);
  v(10, "busy_delay_ms", x.busy_delay_ms);
  v(11, "no_answer_delay_ms", x.no_answer_delay_ms);
  v(12, "ring_step_ms", x.ring_step_ms);
  v(13, "tiers", x.tiers);
  v(14, "tier_rules", x.tier_rules);
  v(15, "required", x.required);
  v(16, "preferred", x.preferred);
  v(17, "widening", x.widening);
  v(18, "sticky", x.sticky);
  v(19, "base_score_ms", x.base_score_ms);
  v(20, "len_max", x.len_max);
  v(21, "long_wait_ms", x.long_wait_ms);
  v(22, "join_empty", x.join_empty);
  v(23, "leave_empty", x.leave_empty);
  v(24, "no_agent_ms", x.no_agent_ms);
  v(25, "no_agent_grace_ms", x.no_agent_grace_ms);
  v(26, "talking_max", x.talking_max);
  v(27, "overflow", x.overflow);
  v(28, "hours", x.hours);
  v(29, "abandoned_resume", x.abandoned_resume);
  v(30, "abandoned_keep_ms", x.abandoned_keep_ms);
  v(31, "announce_position", x.announce_position);
  v(32, "announce_wait", x.announce_wait);
  v(33, "announce_every_ms", x.announce_every_ms);
  v(34, "no_answer_max", x.no_answer_max);
  v(35, "dispositions", x.dispositions);
  v(36, "outcomes", x.outcomes);
  v(37, "wrapup_ms_max", x.wrapup_ms_max);
  v(38, "record", x.record);
  v(39, "sla_ms", x.sla_ms);
  v(40, "sla_percent", x.sla_percent);
  v(41, "outbound_resets_idle", x.outbound_resets_idle);
}
void fields(auto& v, Is<core::AgentConfig> auto& x) {
  v(1, "key", x.key);
  v(2, "name", x.name);
  v(3, "role", x.role);
  v(4, "extension", x.extension);
  v(5, "max_concurrent", x.max_concurrent);
  v(6, "priority", x.priority);
  v(7, "wrapup_ms", x.wrapup_ms);
  v(8, "external_endpoint", x.external_endpoint);
  v(9, "skills", x.skills);
  v(10, "kind", x.kind);
  v(11, "participant", x.participant);
  v(12, "uri", x.uri);
  v(13, "follow_me", x.follow_me);
  v(14, "auto_answer", x.auto_answer);
  v(15, "outbound_queue", x.outbound_queue);
  v(16, "caller_ids", x.caller_ids);
  v(17, "default_caller_id", x.default_caller_id);
}
void fields(auto& v, Is<core::Membership> auto& x) {
  v(1, "queue", x.queue);
  v(2, "mode", x.mode);
  v(3, "tier_level", x.tier_level);
  v(4, "position", x.position);
  v(5, "delay_ms", x.delay_ms);
  v(6, "wrapup_ms", x.wrapup_ms);
  v(7, "active", x.active);
  v(8, "locked", x.locked);
  v(9, "paused", x.paused);
  v(10, "pause_reason", x.pause_reason);
  v(11, "last_offered_seq", x.last_offered_seq);
}
void fields(auto& v, Is<core::Trunk> auto& x) {
  v(1, "name", x.name);
  v(2, "address", x.address);
}

void fields(auto& v, Is<core::Skill> auto& x) {
  v(1, "name", x.name);
  v(2, "level", x.level);
}
void fields(auto& v, Is<core::TierWindow> auto& x) {
  v(1, "min", x.min);
  v(2, "max", x.max);
}
void fields(auto& v, Is<core::WideningStep> auto& x) {
  v(1, "after_ms", x.after_ms);
  v(2, "tiers", x.tiers);
  v(3, "levels_off", x.levels_off);
  v(4, "skills_off", x.skills_off);
}
void fields(auto& v, Is<core::TierRules> auto& x) {
  v(1, "wait_ms", x.wait_ms);
  v(2, "multiply", x.multiply);
  v(3, "wait_for_absent", x.wait_for_absent);
}
void fields(auto& v, Is<core::Sticky> auto& x) {
  v(1, "mode", x.mode);
  v(2, "window_ms", x.window_ms);
  v(3, "wait_ms", x.wait_ms);
  v(4, "wait_for_absent", x.wait_for_absent);
}
void fields(auto& v, Is<core::Overflow> auto& x) {
  v(1, "when", x.when);
  v(2, "key", x.key);
  v(3, "to", x.to);
  v(4, "queue", x.queue);
  v(5, "agent", x.agent);
  v(6, "address", x.address);
}
void fields(auto& v, Is<core::OpenHours> auto& x) {
  v(1, "weekdays", x.weekdays);
  v(2, "from_min", x.from_min);
  v(3, "until_min", x.until_min);
}
void fields(auto& v, Is<core::DispositionChoice> auto& x) {
  v(1, "category", x.category);
  v(2, "outcome", x.outcome);
}
void fields(auto& v, Is<core::Label> auto& x) {
  v(1, "language", x.language);
  v(2, "text", x.text);
}
void fields(auto& v, Is<core::BreakReason> auto& x) {
  v(1, "id", x.id);
  v(2, "labels", x.labels);
  v(3, "unproductive", x.unproductive);
  v(4, "max_ms", x.max_ms);
}
void fields(auto& v, Is<core::Activity> auto& x) {
  v(1, "kind", x.kind);
  v(2, "from_ts", x.from_ts);
  v(3, "until_ts", x.until_ts);
}
void fields(auto& v, Is<core::Shift> auto& x) {
  v(1, "from_ts", x.from_ts);
  v(2, "until_ts", x.until_ts);
  v(3, "activities", x.activities);
}
void fields(auto& v, Is<core::NextStatus> auto& x) {
  v(1, "set", x.set);
  v(2, "status", x.status);
  v(3, "reason", x.reason);
  v(4, "asked_ts", x.asked_ts);
}
void fields(auto& v, Is<core::Disposition> auto& x) {
  v(1, "category", x.category);
  v(2, "outcome", x.outcome);
  v(3, "notes", x.notes);
  v(4, "tags", x.tags);
}
void fields(auto& v, Is<core::Attribute> auto& x) {
  v(1, "name", x.name);
  v(2, "value", x.value);
}
void fields(auto& v, Is<core::Ask> auto& x) {
  v(1, "required", x.required);
  v(2, "preferred", x.preferred);
  v(3, "tiers", x.tiers);
  v(4, "steps", x.steps);
  v(5, "next_step_ts", x.next_step_ts);
}
void fields(auto& v, Is<link::Endpoint> auto& x) {
  v(1, "id", x.id);
  v(2, "uri", x.uri);
}

}  // namespace rf::storage::codec
