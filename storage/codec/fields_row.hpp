#pragma once
#include "core/account/reply.hpp"
#include "core/state/entities.hpp"
#include "storage/codec/fields_value.hpp"
#include "storage/codec/rows.hpp"

/// Fields of rows and of what a batch carries beside its facts. See fields.hpp.
namespace rf::storage::codec {

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
  v(3, "rules", x.rules);
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
  v(30, "caller_there", x.caller_there);
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

}  // namespace rf::storage::codec
