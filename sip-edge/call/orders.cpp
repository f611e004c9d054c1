#include <algorithm>
#include <limits>

#include "core/base/limits.hpp"
#include "core/base/plant.hpp"
#include "sip-edge/call/machine.hpp"

namespace rf::edge {

using link::CloseCause;
using link::EndCause;
using namespace output;

namespace {

/// Less than this is no time to ring anybody.
constexpr Ms ring_left_min_ms = 3 * second_ms;
/// How long a reservation that was closed unseen is remembered: its ring order can only be one that the close overtook.
constexpr Ms overtaken_ring_ms = 60 * second_ms;
/// What a ring that counts from its receipt would last.
constexpr Ms planted_ring_ms = 20 * second_ms;

std::set<ReservationId> named_in(const link::Sync& sync) {
  std::set<ReservationId> named;
  for (const link::OrderBody& body : sync.orders) {
    if (auto* ring = std::get_if<link::RingOrder>(&body))
      for (const link::RingTarget& target : ring->targets) named.insert(target.reservation);
    if (auto* close = std::get_if<link::CloseOrder>(&body)) named.insert(close->reservation);
    if (auto* bridge = std::get_if<link::BridgeOrder>(&body)) named.insert(bridge->reservation);
  }
  return named;
}

std::uint32_t whole_seconds(Ms ms) {
  return static_cast<std::uint32_t>(std::min<Ms>(ms / second_ms, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

void EdgeMachine::on(const input::OrderCame& in) {
  if (in.order.edge != name_) {
    ++counters_.orders_other_edge;
    return;
  }
  if (admit(in.account, in.fence, in.order.edge_epoch)) carry_out(in.account, in.order.body);
}

void EdgeMachine::on(const input::SyncCame& in) {
  if (!admit(in.account, in.fence, in.sync.edge_epoch)) return;
  for (const link::OrderBody& body : in.sync.orders) carry_out(in.account, body);

  const std::set<ReservationId> named = named_in(in.sync);
  const std::set<ReservationId> here = account_of(in.account).offers;
  for (const ReservationId& id : here) {
    Offer* offer = offers_.find(id);
    if (!offer || named.count(id)) continue;
    if (offer->state == OfferState::ringing) close(*offer, CloseCause::withdrawn);
    // The cluster will never confirm this answer. A confirmed one is a call, and no sync cuts a call.
    if (offer->state == OfferState::answered && !offer->confirmed)
      end_call(offer->call, EndCause::failed, CallerLeg::up, 500);
  }
}

bool EdgeMachine::admit(AccountId id, Fence fence, std::uint64_t epoch) {
  if (!fences_.admit(fence)) {
    ++counters_.orders_stale_term;
    return false;
  }
  // Without a word (R12): the reservation is the old epoch's, and only its own end may free it.
  if (epoch != epoch_) {
    ++counters_.orders_other_epoch;
    return false;
  }
  Account& account = account_of(id);
  if (fence.term > account.term) {
    account.term = fence.term;
    account.log.rewind();
    touched_.insert(id);
  }
  return true;
}

void EdgeMachine::carry_out(AccountId id, const link::OrderBody& body) {
  std::visit([&](const auto& o) { order(id, o); }, body);
}

void EdgeMachine::order(AccountId id, const link::HoldOrder& order) {
  Call* call = find_call(id, order.call);
  if (!call) return say_lost(id, order.call, EndCause::failed);
  if (is_forwarded(*call)) return leave_alone(id, order.call);
  if (call->answered_by.set() || call->outside || call->place || call->heard == Heard::queued) return;
  for (const ReservationId& offer : call->offers)
    if (offers_.find(offer)->state == OfferState::ringing) return;
  call->heard = Heard::queued;
  put(QueueCaller{order.call});
}

void EdgeMachine::order(AccountId id, const link::RingOrder& order) {
  if (!order.place_uri.empty()) note_placed(id, order);
  for (const link::RingTarget& target : order.targets) ring(id, order.call, target);
  forget_unrung(order.call);
}

void EdgeMachine::order(AccountId id, const link::CloseOrder& order) {
  if (Offer* offer = offers_.find(order.reservation)) {
    if (offer->state == OfferState::ringing) close(*offer, CloseCause::withdrawn);
    return;
  }
  if (tombstones_.has(order.reservation)) return;
  refuse(id, order.reservation, CloseCause::withdrawn, now_ + overtaken_ring_ms);
}

void EdgeMachine::order(AccountId id, const link::BridgeOrder& order) {
  if (Offer* offer = offers_.find(order.reservation)) {
    if (offer->state != OfferState::answered) return;
    offer->confirmed = true;
    offers_.rearm(*offer);
    return;
  }
  if (tombstones_.has(order.reservation)) return;
  if (!find_call(id, order.call)) say_lost(id, order.call, EndCause::failed);
  refuse(id, order.reservation, std::nullopt, now_);
}

void EdgeMachine::order(AccountId id, const link::HangupOrder& order) {
  if (find_call(id, order.call)) end_call(order.call, EndCause::ordered, CallerLeg::up, 480);
  say_lost(id, order.call, EndCause::ordered);
}

void EdgeMachine::order(AccountId id, const link::ForwardOrder& order) {
  const Call* call = find_call(id, order.call);
  if (!call) return say_lost(id, order.call, EndCause::failed);
  // Told before, or an agent was quicker: that stands (R14).
  if (call->outside || call->answered_by.set() || call->place) return;
  const std::vector<ReservationId> rings = call->offers;
  for (const ReservationId& reservation : rings) {
    Offer* offer = offers_.find(reservation);
    if (offer->state == OfferState::ringing) close(*offer, CloseCause::withdrawn);
  }
  forward(order.call, order.uri);
}

bool EdgeMachine::is_forwarded(const Call& call) { return call.outside && !call.place; }

/// No state in which a call is forwarded holds it or rings for it: it was given up in between and taken anew (R17). The two
/// talk on; for the account it has ended.
void EdgeMachine::leave_alone(AccountId id, CallId call) {
  account_of(id).calls.erase(call);
  say_lost(id, call, EndCause::failed);
}

void EdgeMachine::ring(AccountId id, CallId call_id, const link::RingTarget& target) {
  // Known already: rung by an earlier order, or its end is said and on its way.
  if (offers_.find(target.reservation)) return;
  if (tombstones_.has(target.reservation) && !RF_PLANT(ended_rung_again)) return;

  const Ms until = target.ring_until_edge_ms;
  const Call* call = find_call(id, call_id);
  if (!call) {
    say_lost(id, call_id, EndCause::failed);
    return refuse(id, target.reservation, std::nullopt, until);
  }
  if (is_forwarded(*call)) {
    leave_alone(id, call_id);
    return refuse(id, target.reservation, std::nullopt, until);
  }
  // The Answered before it closes it (R13).
  if (call->answered_by.set()) return refuse(id, target.reservation, std::nullopt, until);
  const bool late = until < now_ + ring_left_min_ms && !RF_PLANT(ring_time_from_receipt);
  if (late || offers_.live_of(target.agent) >= target.max_concurrent)
    return refuse(id, target.reservation, CloseCause::not_rung, until);

  const std::vector<link::Endpoint> phones = phones_of(id, target);
  if (phones.empty()) return refuse(id, target.reservation, CloseCause::unreachable, until);
  open(id, call_id, target, phones);
}

std::vector<link::Endpoint> EdgeMachine::phones_of(AccountId id, const link::RingTarget& target) {
  std::vector<link::Endpoint> phones;
  const auto add = [&](const link::Endpoint& phone) {
    const bool repeated =
        std::any_of(phones.begin(), phones.end(), [&](const link::Endpoint& other) { return other.id == phone.id; });
    if (!repeated) phones.push_back(phone);
  };
  const auto& known = account_of(id).bindings;
  for (const BindingId& binding : target.bindings) {
    auto it = known.find(binding);
    if (it != known.end() && it->second.agent == target.agent) add({binding, ""});
  }
  for (const link::Endpoint& endpoint : target.endpoints) add(endpoint);
  return phones;
}

void EdgeMachine::open(AccountId id, CallId call_id, const link::RingTarget& target,
                       const std::vector<link::Endpoint>& phones) {
  Offer offer{target.reservation,
              id,
              call_id,
              target.agent,
              target.ring_until_edge_ms,
              target.confirm_until_edge_ms,
              OfferState::ringing,
              false,
              std::nullopt,
              {}};
  if (RF_PLANT(ring_time_from_receipt)) {
    offer.ring_until_edge_ms = now_ + planted_ring_ms;
    offer.confirm_until_edge_ms = offer.ring_until_edge_ms + limits::confirm_ms;
  }
  const Call& call = *find_call(call_id);
  const std::string place_uri = call.place ? call.place->uri : std::string();
  const std::uint32_t expires_s = whole_seconds(offer.ring_until_edge_ms - now_);
  for (const link::Endpoint& phone : phones) {
    const LegId leg{++last_leg_};
    offer.legs.push_back({leg, phone.id, LegState::ringing, false, never_ms});
    // What stands behind an endpoint answers by itself or asks somebody.
    put(Ring{call_id, target.reservation, phone.id, leg, expires_s, phone.uri, target.auto_answer && phone.uri.empty(),
             place_uri});
  }
  account_of(id).offers.insert(target.reservation);
  find_call(call_id)->offers.push_back(target.reservation);
  offers_.add(std::move(offer));
}

void EdgeMachine::refuse(AccountId id, ReservationId reservation, std::optional<CloseCause> cause, Ms remember_until) {
  ++counters_.rings_refused;
  if (cause) say(id, link::OfferClosed{reservation, *cause});
  say(id, link::LegGone{reservation});
  tombstones_.add(reservation, remember_until);
}

void EdgeMachine::say_lost(AccountId id, CallId call, EndCause cause) {
  if (account_of(id).ended.emplace(call, true).second) say(id, link::CallEnded{call, cause});
}

}  // namespace rf::edge
