#pragma once
#include <concepts>
#include <type_traits>

#include "core/account/reply.hpp"
#include "core/directory/directory.hpp"
#include "core/state/entities.hpp"
#include "storage/codec/rows.hpp"

/// The one table of what is stored: each type's fields with the numbers and names of log.proto, in rising order. Encoder,
/// decoder, printer and the tests' generators are visitors of it: `fields(visitor, value)` calls
/// visitor(number, name, member) for every field.
namespace rf::storage::codec {

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

namespace fact = core::fact;

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

void fields(auto& v, Is<fact::SettingsSet> auto& x) { v(1, "settings", x.settings); }
void fields(auto& v, Is<fact::QueueSet> auto& x) {
  v(1, "queue", x.queue);
  v(2, "config", x.config);
}
void fields(auto& v, Is<fact::QueueRemoved> auto& x) {
  v(1, "queue", x.queue);
  v(2, "drain_to", x.drain_to);
}
void fields(auto& v, Is<fact::AgentSet> auto& x) {
  v(1, "agent", x.agent);
  v(2, "config", x.config);
  v(3, "memberships", x.memberships);
}
void fields(auto& v, Is<fact::AgentRemoved> auto& x) { v(1, "agent", x.agent); }
void fields(auto& v, Is<fact::NumberSet> auto& x) {
  v(1, "number", x.number);
  v(2, "queue", x.route.queue);
  v(3, "agent", x.route.agent);
  v(4, "hours", x.route.hours);
  v(5, "closed", x.route.closed);
}
void fields(auto& v, Is<fact::NumberRemoved> auto& x) { v(1, "number", x.number); }
void fields(auto& v, Is<fact::DomainSet> auto& x) { v(1, "domain", x.domain); }
void fields(auto& v, Is<fact::DomainRemoved> auto& x) { v(1, "domain", x.domain); }
void fields(auto& v, Is<fact::TrunkSet> auto& x) { v(1, "trunk", x.trunk); }
void fields(auto& v, Is<fact::TrunkRemoved> auto& x) { v(1, "name", x.name); }
void fields(auto& v, Is<fact::CredentialSet> auto& x) {
  v(1, "agent", x.agent);
  v(2, "username", x.username);
  v(3, "version", x.version);
}
void fields(auto& v, Is<fact::LoggedIn> auto& x) {
  v(1, "agent", x.agent);
  v(2, "status", x.status);
  v(3, "active", x.active);
}
void fields(auto& v, Is<fact::LoggedOut> auto& x) {
  v(1, "agent", x.agent);
  v(2, "reason", x.reason);
}
void fields(auto& v, Is<fact::StatusSet> auto& x) {
  v(1, "agent", x.agent);
  v(2, "status", x.status);
  v(3, "reason", x.reason);
  v(4, "break_until_ts", x.break_until_ts);
}
void fields(auto& v, Is<fact::MembershipActive> auto& x) {
  v(1, "agent", x.agent);
  v(2, "queue", x.queue);
  v(3, "active", x.active);
  v(4, "locked", x.locked);
}
void fields(auto& v, Is<fact::BindingUp> auto& x) {
  v(1, "agent", x.agent);
  v(2, "binding", x.binding);
  v(3, "edge", x.edge);
  v(4, "contact", x.contact);
}
void fields(auto& v, Is<fact::BindingDown> auto& x) {
  v(1, "agent", x.agent);
  v(2, "binding", x.binding);
  v(3, "reason", x.reason);
}
void fields(auto& v, Is<fact::ExternalCallsSet> auto& x) {
  v(1, "agent", x.agent);
  v(2, "count", x.count);
  v(3, "number", x.number);
  v(4, "outbound", x.outbound);
  v(5, "queue", x.queue);
  v(6, "resets_idle", x.resets_idle);
}
void fields(auto& v, Is<fact::WrapupEnded> auto& x) {
  v(1, "agent", x.agent);
  v(2, "manual", x.manual);
}
void fields(auto& v, Is<fact::OfferGateOpened> auto& x) { v(1, "agent", x.agent); }
void fields(auto& v, Is<fact::CallArrived> auto& x) {
  v(1, "call", x.call);
  v(2, "queue", x.queue);
  v(3, "edge", x.edge);
  v(4, "edge_epoch", x.edge_epoch);
  v(5, "number", x.number);
  v(6, "caller", x.caller);
  v(7, "caller_name", x.caller_name);
  v(8, "priority", x.priority);
  v(9, "max_wait_until_ts", x.max_wait_until_ts);
  v(10, "customer", x.customer);
  v(11, "score_ms", x.score_ms);
  v(12, "required", x.required);
  v(13, "preferred", x.preferred);
  v(14, "ask", x.ask);
  v(15, "agent", x.agent);
  v(16, "place_ts", x.place_ts);
  v(17, "attributes", x.attributes);
  v(18, "wrapup_ms", x.wrapup_ms);
  v(19, "place_uri", x.place_uri);
  v(20, "place_caller", x.place_caller);
  v(21, "sticky", x.sticky);
  v(22, "only_until_ts", x.only_until_ts);
}
void fields(auto& v, Is<fact::LookSet> auto& x) {
  v(1, "call", x.call);
  v(2, "next_look_ts", x.next_look_ts);
}
void fields(auto& v, Is<fact::Offered> auto& x) {
  v(1, "reservation", x.reservation);
  v(2, "call", x.call);
  v(3, "agent", x.agent);
  v(4, "queue", x.queue);
  v(5, "edge", x.edge);
  v(6, "edge_epoch", x.edge_epoch);
  v(7, "boot_id", x.boot_id);
  v(8, "bindings", x.bindings);
  v(9, "ring_ms", x.ring_ms);
  v(10, "ring_until", x.ring_until);
  v(11, "confirm_until", x.confirm_until);
  v(12, "check_ts", x.check_ts);
  v(13, "wrapup_ms", x.wrapup_ms);
  v(14, "max_concurrent", x.max_concurrent);
  v(15, "tier_level", x.tier_level);
  v(16, "position", x.position);
  v(17, "endpoints", x.endpoints);
  v(18, "auto_answer", x.auto_answer);
}
void fields(auto& v, Is<fact::OfferClosing> auto& x) {
  v(1, "reservation", x.reservation);
  v(2, "cause", x.cause);
}
void fields(auto& v, Is<fact::OfferClosed> auto& x) {
  v(1, "reservation", x.reservation);
  v(2, "cause", x.cause);
  v(3, "tried", x.tried);
  v(4, "no_offer_until_ts", x.no_offer_until_ts);
  v(5, "pair_until_ts", x.pair_until_ts);
  v(6, "misses", x.misses);
}
void fields(auto& v, Is<fact::Answered> auto& x) {
  v(1, "reservation", x.reservation);
  v(2, "binding", x.binding);
}
void fields(auto& v, Is<fact::LegGone> auto& x) {
  v(1, "reservation", x.reservation);
  v(2, "wrapup_until_ts", x.wrapup_until_ts);
  v(3, "drop_call", x.drop_call);
  v(4, "talk_ms", x.talk_ms);
  v(5, "disposition_due", x.disposition_due);
}
void fields(auto& v, Is<fact::CallClosing> auto& x) {
  v(1, "call", x.call);
  v(2, "outcome", x.outcome);
  v(3, "when", x.when);
}
void fields(auto& v, Is<fact::CallEnded> auto& x) {
  v(1, "call", x.call);
  v(2, "cause", x.cause);
  v(3, "outcome", x.outcome);
  v(4, "drop_call", x.drop_call);
  v(5, "when", x.when);
}
void fields(auto& v, Is<fact::CallMoved> auto& x) {
  v(1, "call", x.call);
  v(2, "queue", x.queue);
  v(3, "ask", x.ask);
  v(4, "only", x.only);
  v(5, "max_wait_until_ts", x.max_wait_until_ts);
}
void fields(auto& v, Is<fact::CallAdopted> auto& x) {
  v(1, "arrival", x.arrival);
  v(2, "arrived_ts", x.arrived_ts);
  v(3, "offer", x.offer);
}
void fields(auto& v, Is<fact::LeaseSet> auto& x) {
  v(1, "reservation", x.reservation);
  v(2, "hold", x.hold);
  v(3, "check_ts", x.check_ts);
}
void fields(auto& v, Is<fact::EdgeSeen> auto& x) {
  v(1, "edge", x.edge);
  v(2, "epoch", x.epoch);
  v(3, "n", x.n);
}
void fields(auto& v, Is<fact::EdgeSnapshot> auto& x) {
  v(1, "edge", x.edge);
  v(2, "epoch", x.epoch);
  v(3, "new_epoch", x.new_epoch);
  v(4, "snapshot", x.snapshot);
}
void fields(auto& v, Is<fact::EdgeSilent> auto& x) { v(1, "edge", x.edge); }
void fields(auto& v, Is<fact::EdgeBack> auto& x) { v(1, "edge", x.edge); }
void fields(auto& v, Is<fact::EdgeLost> auto& x) { v(1, "edge", x.edge); }
void fields(auto& v, Is<fact::EdgeSwept> auto& x) { v(1, "edge", x.edge); }
void fields(auto& v, Is<fact::QueueSwept> auto& x) { v(1, "queue", x.queue); }
void fields(auto& v, Is<fact::CallWidened> auto& x) {
  v(1, "call", x.call);
  v(2, "ask", x.ask);
}
void fields(auto& v, Is<fact::CallReleased> auto& x) { v(1, "call", x.call); }
void fields(auto& v, Is<fact::RingStep> auto& x) {
  v(1, "call", x.call);
  v(2, "width", x.width);
  v(3, "next_ts", x.next_ts);
}
void fields(auto& v, Is<fact::StickySet> auto& x) {
  v(1, "key", x.key);
  v(2, "agent", x.agent);
  v(3, "forgotten", x.forgotten);
}
void fields(auto& v, Is<fact::NextStatusSet> auto& x) {
  v(1, "agent", x.agent);
  v(2, "next", x.next);
}
void fields(auto& v, Is<fact::MembershipPaused> auto& x) {
  v(1, "agent", x.agent);
  v(2, "queue", x.queue);
  v(3, "paused", x.paused);
  v(4, "reason", x.reason);
}
void fields(auto& v, Is<fact::BreakOverran> auto& x) { v(1, "agent", x.agent); }
void fields(auto& v, Is<fact::AgentStale> auto& x) { v(1, "agent", x.agent); }
void fields(auto& v, Is<fact::AgentReset> auto& x) {
  v(1, "agent", x.agent);
  v(2, "reason", x.reason);
}
void fields(auto& v, Is<fact::ShiftsSet> auto& x) {
  v(1, "agent", x.agent);
  v(2, "shifts", x.shifts);
}
void fields(auto& v, Is<fact::ActivityBegan> auto& x) {
  v(1, "agent", x.agent);
  v(2, "kind", x.kind);
  v(3, "next_ts", x.next_ts);
}
void fields(auto& v, Is<fact::WrapupExtended> auto& x) {
  v(1, "agent", x.agent);
  v(2, "until_ts", x.until_ts);
}
void fields(auto& v, Is<fact::DispositionSet> auto& x) {
  v(1, "call", x.call);
  v(2, "agent", x.agent);
  v(3, "queue", x.queue);
  v(4, "disposition", x.disposition);
  v(5, "version", x.version);
  v(6, "by_system", x.by_system);
  v(7, "forgotten", x.forgotten);
}
void fields(auto& v, Is<fact::DayBegan> auto& x) {
  v(1, "day", x.day);
  v(2, "next_ts", x.next_ts);
  v(3, "log_off_ts", x.log_off_ts);
}
void fields(auto& v, Is<fact::LogoffSwept> auto& x) { v(1, "after", x.after); }
void fields(auto& v, Is<fact::CallForwarded> auto& x) {
  v(1, "call", x.call);
  v(2, "address", x.address);
  v(3, "when", x.when);
}
void fields(auto& v, Is<fact::CallbackSet> auto& x) {
  v(1, "call", x.call);
  v(2, "number", x.number);
  v(3, "uri", x.uri);
  v(4, "when", x.when);
}
void fields(auto& v, Is<fact::QueueEmpty> auto& x) {
  v(1, "queue", x.queue);
  v(2, "empty", x.empty);
}
void fields(auto& v, Is<fact::PaceSet> auto& x) {
  v(1, "queue", x.queue);
  v(2, "handle_ms", x.handle_ms);
}
void fields(auto& v, Is<fact::PlaceKept> auto& x) {
  v(1, "key", x.key);
  v(2, "place_ts", x.place_ts);
  v(3, "until_ts", x.until_ts);
  v(4, "forgotten", x.forgotten);
}
void fields(auto& v, Is<fact::ExitWanted> auto& x) {
  v(1, "call", x.call);
  v(2, "rule", x.rule);
}

void fields(auto& v, Is<link::Snapshot> auto& x) {
  v(1, "boot_id", x.boot_id);
  v(2, "calls", x.calls);
  v(3, "bindings", x.bindings);
}
void fields(auto& v, Is<link::CarriedCall> auto& x) {
  v(1, "arrival", x.arrival);
  v(2, "answered_by", x.answered_by);
  v(3, "agent", x.agent);
  v(4, "age_ms", x.age_ms);
}
void fields(auto& v, Is<link::CallArrived> auto& x) {
  v(1, "call", x.call);
  v(2, "number", x.number);
  v(3, "caller", x.caller);
  v(4, "caller_name", x.caller_name);
}
void fields(auto& v, Is<link::BindingUp> auto& x) {
  v(1, "agent", x.agent);
  v(2, "binding", x.binding);
  v(3, "contact", x.contact);
}

void fields(auto& v, Is<core::directory::Name> auto& x) {
  v(1, "kind", x.kind);
  v(2, "text", x.text);
}
void fields(auto& v, Is<core::directory::Claim> auto& x) {
  v(1, "account", x.account);
  v(2, "claimed_by", x.claimed_by);
}
void fields(auto& v, Is<core::directory::Claimed> auto& x) {
  v(1, "name", x.name);
  v(2, "claim", x.claim);
}
void fields(auto& v, Is<core::directory::Released> auto& x) { v(1, "name", x.name); }

void fields(auto& v, Is<core::Reply> auto& x) {
  v(1, "code", x.code);
  v(2, "what", x.what);
  v(3, "id", x.id);
  v(4, "seq", x.seq);
}
void fields(auto& v, Is<CommandResult> auto& x) {
  v(1, "command", x.id);
  v(2, "reply", x.reply);
}
void fields(auto& v, Is<EpochStart> auto& x) {
  v(1, "node", x.node);
  v(2, "wall_ts", x.wall_ts);
}
void fields(auto& v, Is<MinVersion> auto& x) { v(1, "version", x.version); }
void fields(auto& v, Is<SealedSecret> auto& x) {
  v(1, "name", x.name);
  v(2, "nonce", x.nonce);
  v(3, "sealed", x.sealed);
}

void fields(auto& v, Is<MetaRow> auto& x) {
  v(1, "seq", x.seq);
  v(2, "last_ts", x.last_ts);
  v(3, "hash", x.hash);
  v(4, "next_deadline_ts", x.next_deadline_ts);
}
void fields(auto& v, Is<AccountRow> auto& x) {
  v(1, "settings", x.settings);
  v(2, "numbers", x.numbers);
  v(3, "domains", x.domains);
  v(4, "trunks", x.trunks);
  v(5, "day", x.day);
  v(6, "day_end_ts", x.day_end_ts);
  v(7, "logoff_ts", x.logoff_ts);
  v(8, "logoff_after", x.logoff_after);
}
void fields(auto& v, Is<core::Binding> auto& x) {
  v(1, "id", x.id);
  v(2, "edge", x.edge);
  v(3, "contact", x.contact);
  v(4, "up_seq", x.up_seq);
}
void fields(auto& v, Is<core::Agent> auto& x) {
  v(1, "id", x.id);
  v(2, "config", x.config);
  v(3, "username", x.username);
  v(4, "credential_version", x.credential_version);
  v(5, "removed", x.removed);
  v(6, "status", x.status);
  v(7, "reason", x.reason);
  v(8, "status_since_ts", x.status_since_ts);
  v(9, "memberships", x.memberships);
  v(10, "bindings", x.bindings);
  v(11, "external_calls", x.external_calls);
  v(12, "live", x.live);
  v(13, "wrapup_until_ts", x.wrapup_until_ts);
  v(14, "wrapup_call", x.wrapup_call);
  v(15, "no_offer_until_ts", x.no_offer_until_ts);
  v(16, "last_offered_ts", x.last_offered_ts);
  v(17, "last_call_end_ts", x.last_call_end_ts);
  v(18, "calls_answered", x.calls_answered);
  v(19, "bucket", x.bucket);
  v(20, "bucket_since_ts", x.bucket_since_ts);
  v(21, "day", x.day);
  v(22, "calls_today", x.calls_today);
  v(23, "talk_today_ms", x.talk_today_ms);
  v(24, "next", x.next);
  v(25, "logged_in_ts", x.logged_in_ts);
  v(26, "break_until_ts", x.break_until_ts);
  v(27, "break_overran", x.break_overran);
  v(28, "stale", x.stale);
  v(29, "misses", x.misses);
  v(30, "wrapup_queue", x.wrapup_queue);
  v(31, "wrapup_since_ts", x.wrapup_since_ts);
  v(32, "disposition_due", x.disposition_due);
  v(33, "shifts", x.shifts);
  v(34, "activity", x.activity);
  v(35, "next_activity_ts", x.next_activity_ts);
}
void fields(auto& v, Is<core::Queue> auto& x) {
  v(1, "id", x.id);
  v(2, "config", x.config);
  v(3, "removed", x.removed);
  v(4, "drain_to", x.drain_to);
  v(5, "draining", x.draining);
  v(6, "empty_since_ts", x.empty_since_ts);
  v(7, "handle_ms", x.handle_ms);
}
void fields(auto& v, Is<core::Reservation> auto& x) {
  v(1, "offer", x.offer);
  v(2, "phase", x.phase);
  v(3, "hold", x.hold);
  v(4, "cause", x.cause);
  v(5, "offered_ts", x.offered_ts);
  v(6, "offered_seq", x.offered_seq);
  v(7, "answered_ts", x.answered_ts);
  v(8, "check_ts", x.check_ts);
  v(9, "answered_by", x.answered_by);
}
void fields(auto& v, Is<core::Tried> auto& x) {
  v(1, "agent", x.agent);
  v(2, "count", x.count);
}
void fields(auto& v, Is<core::PairWait> auto& x) {
  v(1, "agent", x.agent);
  v(2, "until_ts", x.until_ts);
}
void fields(auto& v, Is<core::Call> auto& x) {
  v(1, "id", x.id);
  v(2, "arrival", x.arrival);
  v(3, "queue", x.queue);
  v(4, "seq", x.seq);
  v(5, "arrived_ts", x.arrived_ts);
  v(6, "arrived_at", x.arrived_at);
  v(7, "state", x.state);
  v(8, "outcome", x.outcome);
  v(9, "answered_ts", x.answered_ts);
  v(10, "answered_by", x.answered_by);
  v(11, "agent", x.agent);
  v(12, "offers", x.offers);
  v(13, "tried", x.tried);
  v(14, "pair_waits", x.pair_waits);
  v(15, "next_look_ts", x.next_look_ts);
  v(16, "ask", x.ask);
  v(17, "sticky", x.sticky);
  v(18, "only_until_ts", x.only_until_ts);
  v(19, "ring_width", x.ring_width);
  v(20, "ring_step_ts", x.ring_step_ts);
  v(21, "last_agent", x.last_agent);
  v(22, "last_tier_level", x.last_tier_level);
  v(23, "last_position", x.last_position);
  v(24, "place_uri", x.place_uri);
  v(25, "place_caller", x.place_caller);
  v(26, "callback", x.callback);
  v(27, "forwarded_to", x.forwarded_to);
  v(28, "exits", x.exits);
  v(29, "exit", x.exit);
}
void fields(auto& v, Is<core::Edge> auto& x) {
  v(1, "name", x.name);
  v(2, "epoch", x.epoch);
  v(3, "n", x.n);
  v(4, "health", x.health);
  v(5, "sweep", x.sweep);
  v(6, "sweep_seq", x.sweep_seq);
  v(7, "sweep_new_epoch", x.sweep_new_epoch);
  v(8, "snapshot", x.snapshot);
  v(9, "snapshot_due", x.snapshot_due);
}
void fields(auto& v, Is<core::DispositionEntry> auto& x) {
  v(1, "call", x.call);
  v(2, "agent", x.agent);
  v(3, "queue", x.queue);
  v(4, "version", x.version);
  v(5, "by_system", x.by_system);
  v(6, "ts", x.ts);
}
void fields(auto& v, Is<core::KeptPlace> auto& x) {
  v(1, "key", x.key);
  v(2, "place_ts", x.place_ts);
  v(3, "until_ts", x.until_ts);
}
void fields(auto& v, Is<core::StickyEntry> auto& x) {
  v(1, "key", x.key);
  v(2, "agent", x.agent);
  v(3, "ts", x.ts);
}

struct OneofField {
  std::uint32_t number = 0;
  std::string_view name;
};

// A fact's field in the oneof of log.proto's Fact or DirectoryFact; numbers are never used again.
constexpr OneofField field_of(const fact::SettingsSet*) { return {16, "settings_set"}; }
constexpr OneofField field_of(const fact::QueueSet*) { return {17, "queue_set"}; }
constexpr OneofField field_of(const fact::QueueRemoved*) { return {18, "queue_removed"}; }
constexpr OneofField field_of(const fact::AgentSet*) { return {19, "agent_set"}; }
constexpr OneofField field_of(const fact::AgentRemoved*) { return {20, "agent_removed"}; }
constexpr OneofField field_of(const fact::NumberSet*) { return {21, "number_set"}; }
constexpr OneofField field_of(const fact::NumberRemoved*) { return {22, "number_removed"}; }
constexpr OneofField field_of(const fact::DomainSet*) { return {23, "domain_set"}; }
constexpr OneofField field_of(const fact::DomainRemoved*) { return {24, "domain_removed"}; }
constexpr OneofField field_of(const fact::TrunkSet*) { return {25, "trunk_set"}; }
constexpr OneofField field_of(const fact::TrunkRemoved*) { return {26, "trunk_removed"}; }
constexpr OneofField field_of(const fact::CredentialSet*) { return {27, "credential_set"}; }
constexpr OneofField field_of(const fact::LoggedIn*) { return {28, "logged_in"}; }
constexpr OneofField field_of(const fact::LoggedOut*) { return {29, "logged_out"}; }
constexpr OneofField field_of(const fact::StatusSet*) { return {30, "status_set"}; }
constexpr OneofField field_of(const fact::MembershipActive*) { return {31, "membership_active"}; }
constexpr OneofField field_of(const fact::BindingUp*) { return {32, "binding_up"}; }
constexpr OneofField field_of(const fact::BindingDown*) { return {33, "binding_down"}; }
constexpr OneofField field_of(const fact::ExternalCallsSet*) { return {34, "external_calls_set"}; }
constexpr OneofField field_of(const fact::WrapupEnded*) { return {35, "wrapup_ended"}; }
constexpr OneofField field_of(const fact::OfferGateOpened*) { return {36, "offer_gate_opened"}; }
constexpr OneofField field_of(const fact::CallArrived*) { return {37, "call_arrived"}; }
constexpr OneofField field_of(const fact::LookSet*) { return {38, "look_set"}; }
constexpr OneofField field_of(const fact::Offered*) { return {39, "offered"}; }
constexpr OneofField field_of(const fact::OfferClosing*) { return {40, "offer_closing"}; }
constexpr OneofField field_of(const fact::OfferClosed*) { return {41, "offer_closed"}; }
constexpr OneofField field_of(const fact::Answered*) { return {42, "answered"}; }
constexpr OneofField field_of(const fact::LegGone*) { return {43, "leg_gone"}; }
constexpr OneofField field_of(const fact::CallClosing*) { return {44, "call_closing"}; }
constexpr OneofField field_of(const fact::CallEnded*) { return {45, "call_ended"}; }
constexpr OneofField field_of(const fact::CallMoved*) { return {46, "call_moved"}; }
constexpr OneofField field_of(const fact::CallAdopted*) { return {47, "call_adopted"}; }
constexpr OneofField field_of(const fact::LeaseSet*) { return {48, "lease_set"}; }
constexpr OneofField field_of(const fact::EdgeSeen*) { return {49, "edge_seen"}; }
constexpr OneofField field_of(const fact::EdgeSnapshot*) { return {50, "edge_snapshot"}; }
constexpr OneofField field_of(const fact::EdgeSilent*) { return {51, "edge_silent"}; }
constexpr OneofField field_of(const fact::EdgeBack*) { return {52, "edge_back"}; }
constexpr OneofField field_of(const fact::EdgeLost*) { return {53, "edge_lost"}; }
constexpr OneofField field_of(const fact::EdgeSwept*) { return {54, "edge_swept"}; }
constexpr OneofField field_of(const fact::QueueSwept*) { return {55, "queue_swept"}; }
constexpr OneofField field_of(const fact::CallWidened*) { return {56, "call_widened"}; }
constexpr OneofField field_of(const fact::CallReleased*) { return {57, "call_released"}; }
constexpr OneofField field_of(const fact::RingStep*) { return {58, "ring_step"}; }
constexpr OneofField field_of(const fact::StickySet*) { return {59, "sticky_set"}; }
constexpr OneofField field_of(const fact::NextStatusSet*) { return {60, "next_status_set"}; }
constexpr OneofField field_of(const fact::MembershipPaused*) { return {61, "membership_paused"}; }
constexpr OneofField field_of(const fact::BreakOverran*) { return {62, "break_overran"}; }
constexpr OneofField field_of(const fact::AgentStale*) { return {63, "agent_stale"}; }
constexpr OneofField field_of(const fact::AgentReset*) { return {64, "agent_reset"}; }
constexpr OneofField field_of(const fact::ShiftsSet*) { return {65, "shifts_set"}; }
constexpr OneofField field_of(const fact::ActivityBegan*) { return {66, "activity_began"}; }
constexpr OneofField field_of(const fact::WrapupExtended*) { return {67, "wrapup_extended"}; }
constexpr OneofField field_of(const fact::DispositionSet*) { return {68, "disposition_set"}; }
constexpr OneofField field_of(const fact::DayBegan*) { return {69, "day_began"}; }
constexpr OneofField field_of(const fact::LogoffSwept*) { return {70, "logoff_swept"}; }
constexpr OneofField field_of(const fact::CallForwarded*) { return {71, "call_forwarded"}; }
constexpr OneofField field_of(const fact::CallbackSet*) { return {72, "callback_set"}; }
constexpr OneofField field_of(const fact::QueueEmpty*) { return {73, "queue_empty"}; }
constexpr OneofField field_of(const fact::PaceSet*) { return {74, "pace_set"}; }
constexpr OneofField field_of(const fact::PlaceKept*) { return {75, "place_kept"}; }
constexpr OneofField field_of(const fact::ExitWanted*) { return {76, "exit_wanted"}; }
constexpr OneofField field_of(const core::directory::Claimed*) { return {16, "claimed"}; }
constexpr OneofField field_of(const core::directory::Released*) { return {17, "released"}; }

template <class FactBody>
inline constexpr OneofField oneof_field = field_of(static_cast<const FactBody*>(nullptr));

}  // namespace rf::storage::codec
