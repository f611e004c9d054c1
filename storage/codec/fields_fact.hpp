#pragma once
#include <cstdint>
#include <string_view>

#include "core/directory/directory.hpp"
#include "core/event/fact.hpp"
#include "storage/codec/fields_value.hpp"

/// Fields of every kind of fact, and each kind's number in its oneof. See fields.hpp.
namespace rf::storage::codec {

namespace fact = core::fact;

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
void fields(auto& v, Is<fact::CallerGone> auto& x) { v(1, "call", x.call); }
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
constexpr OneofField field_of(const fact::CallerGone*) { return {77, "caller_gone"}; }
constexpr OneofField field_of(const core::directory::Claimed*) { return {16, "claimed"}; }
constexpr OneofField field_of(const core::directory::Released*) { return {17, "released"}; }

template <class FactBody>
inline constexpr OneofField oneof_field = field_of(static_cast<const FactBody*>(nullptr));

}  // namespace rf::storage::codec
