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
}
void fields(auto& v, Is<core::Membership> auto& x) {
  v(1, "queue", x.queue);
  v(2, "mode", x.mode);
  v(3, "tier_level", x.tier_level);
  v(4, "position", x.position);
  v(5, "delay_ms", x.delay_ms);
  v(6, "wrapup_ms", x.wrapup_ms);
  v(7, "active", x.active);
}
void fields(auto& v, Is<core::Trunk> auto& x) {
  v(1, "name", x.name);
  v(2, "address", x.address);
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
  v(2, "queue", x.queue);
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
}
void fields(auto& v, Is<fact::MembershipActive> auto& x) {
  v(1, "agent", x.agent);
  v(2, "queue", x.queue);
  v(3, "active", x.active);
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
}
void fields(auto& v, Is<fact::Answered> auto& x) {
  v(1, "reservation", x.reservation);
  v(2, "binding", x.binding);
}
void fields(auto& v, Is<fact::LegGone> auto& x) {
  v(1, "reservation", x.reservation);
  v(2, "wrapup_until_ts", x.wrapup_until_ts);
  v(3, "drop_call", x.drop_call);
}
void fields(auto& v, Is<fact::CallClosing> auto& x) {
  v(1, "call", x.call);
  v(2, "outcome", x.outcome);
}
void fields(auto& v, Is<fact::CallEnded> auto& x) {
  v(1, "call", x.call);
  v(2, "cause", x.cause);
  v(3, "outcome", x.outcome);
  v(4, "drop_call", x.drop_call);
}
void fields(auto& v, Is<fact::CallMoved> auto& x) {
  v(1, "call", x.call);
  v(2, "queue", x.queue);
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
}
void fields(auto& v, Is<core::Queue> auto& x) {
  v(1, "id", x.id);
  v(2, "config", x.config);
  v(3, "removed", x.removed);
  v(4, "drain_to", x.drain_to);
  v(5, "draining", x.draining);
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
constexpr OneofField field_of(const core::directory::Claimed*) { return {16, "claimed"}; }
constexpr OneofField field_of(const core::directory::Released*) { return {17, "released"}; }

template <class FactBody>
inline constexpr OneofField oneof_field = field_of(static_cast<const FactBody*>(nullptr));

}  // namespace rf::storage::codec
