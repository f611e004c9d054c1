#include "sip-edge/call/machine.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/base/plant.hpp"

namespace rf::edge {

using namespace output;

static constexpr std::uint32_t retry_after_s = 5;
/// So many events a leader clears away within a turn or two: below that a disk that stood still for a moment harms nobody.
static constexpr std::size_t behind_events = 128;
/// Above the time of a call's set-up, below T1: past it phones and callers repeat themselves, and the work grows.
static constexpr Ms behind_ms = 200;

EdgeMachine::EdgeMachine(EdgeName name, std::uint64_t epoch, std::string boot_id)
    : name_(std::move(name)), epoch_(epoch), boot_id_(std::move(boot_id)) {}

Outputs EdgeMachine::step(Ms edge_ms, const Input& input) {
  now_ = std::max(now_, edge_ms);
  // First what the clock decided: a 200 that is handled after ring_until is late, however long it lay here.
  expire();
  std::visit([this](const auto& in) { on(in); }, input);
  flush();
  return std::exchange(out_, {});
}

Ms EdgeMachine::next_wake() const {
  Ms next = offers_.next_deadline();
  if (!outside_due_.empty()) next = std::min(next, outside_due_.begin()->first);
  return rewinds_.empty() ? next : std::min(next, rewinds_.begin()->first);
}

void EdgeMachine::expire() {
  while (auto due = offers_.due(now_)) expire_offer(*offers_.find(*due));
  expire_outside();
  tombstones_.expire(now_);
  while (!rewinds_.empty() && rewinds_.begin()->first <= now_) {
    const AccountId id = rewinds_.begin()->second;
    rewinds_.erase(rewinds_.begin());
    accounts_.at(id).log.rewind_if_due(now_);
    touched_.insert(id);
  }
}

EdgeMachine::Account& EdgeMachine::account_of(AccountId id) {
  auto [it, is_new] = accounts_.try_emplace(id, Account{EventLog(epoch_), 0, {}, {}, {}, {}, 0, false});
  // Event 1 of an epoch (R17).
  if (is_new) say_snapshot(id, it->second);
  return it->second;
}

void EdgeMachine::say(AccountId id, link::EventBody body) {
  account_of(id).log.append(now_, std::move(body));
  touched_.insert(id);
}

void EdgeMachine::say_snapshot(AccountId id, Account& account) {
  account.snapshot_owed = false;
  touched_.insert(id);
  link::Snapshot snapshot{boot_id_, {}, {}};
  for (const CallId& call_id : account.calls) {
    const Call& call = calls_.at(call_id);
    snapshot.calls.push_back({call.arrival, call.answered_by, call.agent, now_ - call.invited_ms});
  }
  for (const auto& [_, binding] : account.bindings) snapshot.bindings.push_back(binding);
  account.snapshot_n = account.log.append(now_, std::move(snapshot));
}

void EdgeMachine::take_acks(AccountId id, Account& account, std::uint64_t n) {
  for (const link::EventBody& body : account.log.ack(n)) {
    if (auto* answered = std::get_if<link::Answered>(&body)) {
      if (Offer* offer = offers_.find(answered->reservation)) {
        offer->confirmed = true;
        offers_.rearm(*offer);
      }
    } else if (auto* gone = std::get_if<link::LegGone>(&body)) {
      tombstones_.acked(gone->reservation, now_);
    } else if (auto* ended = std::get_if<link::CallEnded>(&body)) {
      account.ended.erase(ended->call);
    }
  }
  if (account.snapshot_owed && account.log.buffered() <= limits::edge_events_buffered_max / 2)
    say_snapshot(id, account);
  touched_.insert(id);
}

void EdgeMachine::flush() {
  for (const AccountId& id : touched_)
    for (link::Event& event : accounts_.at(id).log.take_sendable(now_)) put(SendEvent{id, std::move(event)});
  touched_.clear();
}

void EdgeMachine::on(const input::CallerInvited& in) {
  RF_ASSERT(calls_.count(in.arrival.call) == 0);
  Account& account = account_of(in.account);
  if (account.log.buffered() >= limits::edge_events_buffered_max) {
    ++counters_.calls_refused;
    put(RefuseCaller{in.arrival.call, 503, retry_after_s});
    return;
  }
  calls_[in.arrival.call] = Call{in.account, in.arrival, now_, Heard::nothing, {}, {}, {}, {}, {}};
  account.calls.insert(in.arrival.call);
  say(in.account, in.arrival);
}

void EdgeMachine::on(const input::CallerGone& in) {
  // Who is called back has gone before: a CANCEL that crossed the hang-up means that leg, not the call that is placed.
  if (const Call* call = find_call(in.call); call && call->place) return;
  end_call(in.call, link::EndCause::caller_hangup, CallerLeg::gone, 0);
}

void EdgeMachine::on(const input::CallerPressed& in) {
  const Call* call = find_call(in.call);
  if (!call || call->answered_by.set() || call->outside || call->place) return;
  // Keys are dropped before they could cost a call its place.
  const bool room = account_of(call->account).log.buffered() < limits::edge_events_buffered_max / 2;
  if (room && !is_behind(call->account, now_)) say(call->account, link::CallerKey{in.call, in.key});
}

/// Nobody is connected yet in a call that is being placed: what is said of a connection means the leg of the caller who was sent
/// away.
bool EdgeMachine::rings_to_place(CallId id) {
  const Call* call = find_call(id);
  return call && call->place && !call->answered_by.set();
}

void EdgeMachine::on(const input::BridgeFailed& in) {
  if (!rings_to_place(in.call)) end_call(in.call, link::EndCause::failed, CallerLeg::up, 500);
}

void EdgeMachine::on(const input::SessionTimedOut& in) {
  if (!rings_to_place(in.call)) end_call(in.call, link::EndCause::session_timeout, CallerLeg::up, 408);
}

void EdgeMachine::on(const input::NodesAway&) {
  std::vector<CallId> told_nothing;
  for (const auto& [id, call] : calls_)
    if (call.heard == Heard::nothing && !call.answered_by.set() && !call.outside && !call.place)
      told_nothing.push_back(id);
  for (const CallId id : told_nothing) end_call(id, link::EndCause::failed, CallerLeg::up, 503);
}

void EdgeMachine::on(const input::BindingUp& in) {
  Account& account = account_of(in.account);
  link::BindingUp& known = account.bindings[in.binding.binding];
  if (known == in.binding) return;
  known = in.binding;
  bindings_[in.binding.binding] = in.account;
  if (account.snapshot_owed || account.log.buffered() >= limits::edge_events_buffered_max) {
    account.snapshot_owed = true;
    ++counters_.bindings_folded;
    return;
  }
  say(in.account, in.binding);
}

void EdgeMachine::on(const input::BindingDown& in) {
  auto it = bindings_.find(in.binding);
  if (it == bindings_.end()) return;
  const AccountId id = it->second;
  Account& account = accounts_.at(id);
  bindings_.erase(it);
  account.bindings.erase(in.binding);
  if (account.snapshot_owed || account.log.buffered() >= limits::edge_events_buffered_max) {
    account.snapshot_owed = true;
    ++counters_.bindings_folded;
    return;
  }
  say(id, link::BindingDown{in.binding, in.reason});
}

void EdgeMachine::on(const input::Acked& in) {
  auto it = accounts_.find(in.account);
  if (it == accounts_.end() || in.epoch != epoch_ || in.n > it->second.log.last_n()) {
    ++counters_.acks_refused;
    return;
  }
  take_acks(in.account, it->second, in.n);
  if (RF_PLANT(cursor_per_edge))
    for (auto& [id, account] : accounts_) take_acks(id, account, std::min(in.n, account.log.last_n()));
}

void EdgeMachine::on(const input::Expected& in) {
  auto it = accounts_.find(in.account);
  if (it == accounts_.end() || in.epoch != epoch_ || !it->second.log.expect(now_, in.n)) {
    ++counters_.acks_refused;
    return;
  }
  const Ms due = it->second.log.rewind_due();
  if (due != never_ms) rewinds_.insert({due, in.account});
  touched_.insert(in.account);
}

void EdgeMachine::on(const input::LeaderConnected& in) {
  if (!fences_.admit(in.fence)) {
    ++counters_.orders_stale_term;
    return;
  }
  Account& account = account_of(in.account);
  account.term = in.fence.term;
  account.log.connect(now_);
  touched_.insert(in.account);
}

void EdgeMachine::on(const input::LeaderLost& in) {
  auto it = accounts_.find(in.account);
  if (it != accounts_.end()) it->second.log.disconnect();
}

void EdgeMachine::on(const input::SnapshotAsked& in) {
  Account& account = account_of(in.account);
  const bool on_its_way = account.snapshot_n == account.log.last_n() && account.snapshot_n > account.log.acked();
  if (on_its_way && !account.snapshot_owed) return;
  say_snapshot(in.account, account);
}

void EdgeMachine::on(const input::Tick&) {}

bool EdgeMachine::is_behind(AccountId id, Ms edge_ms) const {
  auto it = accounts_.find(id);
  if (it == accounts_.end()) return false;
  const EventLog& log = it->second.log;
  return log.buffered() > behind_events && log.behind_ms(edge_ms) > behind_ms;
}

EdgeMachine::Call* EdgeMachine::find_call(CallId id) {
  auto it = calls_.find(id);
  return it == calls_.end() ? nullptr : &it->second;
}

EdgeMachine::Call* EdgeMachine::find_call(AccountId account, CallId id) {
  Call* call = find_call(id);
  return call && call->account == account ? call : nullptr;
}

link::Digest EdgeMachine::digest(AccountId id) const {
  link::Digest digest;
  auto it = accounts_.find(id);
  if (it == accounts_.end()) return digest;
  digest.n = it->second.log.last_n();
  for (const CallId& call : it->second.calls) link::add_to_digest(digest.hash, call);
  for (const auto& [binding, _] : it->second.bindings) link::add_to_digest(digest.hash, binding);
  return digest;
}

std::vector<std::pair<AccountId, link::Digest>> EdgeMachine::digests() const {
  std::vector<std::pair<AccountId, link::Digest>> all;
  for (const auto& [id, _] : accounts_) all.push_back({id, digest(id)});
  return all;
}

Standing EdgeMachine::standing(AccountId id) const {
  Standing standing;
  auto it = accounts_.find(id);
  if (it == accounts_.end()) return standing;
  standing.acked_n = it->second.log.acked();
  for (const CallId& id_of_call : it->second.calls) {
    const Call& call = calls_.at(id_of_call);
    if (call.answered_by.set()) continue;
    (call.outside ? standing.forwarded : standing.waiting).insert(id_of_call);
  }
  for (const ReservationId& reservation : it->second.offers) {
    const Offer& offer = *offers_.find(reservation);
    switch (offer.state) {
      case OfferState::ringing: standing.ringing.insert(reservation); break;
      case OfferState::answered:
        (offer.confirmed ? standing.confirmed : standing.unconfirmed).insert(reservation);
        break;
      case OfferState::ending: standing.ending.insert(reservation); break;
    }
  }
  for (const auto& [binding, _] : it->second.bindings) standing.bindings.insert(binding);
  return standing;
}

Memory EdgeMachine::memory() const {
  Memory memory;
  memory.accounts = accounts_.size();
  memory.calls = calls_.size();
  memory.offers = offers_.size();
  memory.tombstones = tombstones_.size();
  memory.bindings = bindings_.size();
  for (const auto& [_, account] : accounts_) {
    memory.ended_calls += account.ended.size();
    memory.events += account.log.buffered();
  }
  return memory;
}

}  // namespace rf::edge
