#include "core/account/orders.hpp"

namespace rf::core {

namespace {

link::RingTarget target_of(const fact::Offered& f) {
  link::RingTarget target;
  target.reservation = f.reservation;
  target.agent = f.agent;
  target.bindings = f.bindings;
  target.endpoints = f.endpoints;
  target.auto_answer = f.auto_answer;
  target.ring_until_edge_ms = f.ring_until;
  target.confirm_until_edge_ms = f.confirm_until;
  target.max_concurrent = f.max_concurrent;
  return target;
}

/// The ring of one offer; a call without a caller carries the address that whoever answers is bridged with.
link::RingOrder ring_of(const Account& account, const fact::Offered& f) {
  link::RingOrder ring{f.call, {target_of(f)}, {}, {}};
  if (const Call* call = find_call(account, f.call)) {
    ring.place_uri = call->place_uri;
    ring.place_caller = call->place_caller;
  }
  return ring;
}

/// Adds one target to the ring of its call: ring-all is one order (R15).
void add_ring(const Account& account, std::vector<link::Order>& orders, const fact::Offered& f) {
  for (link::Order& order : orders) {
    auto* ring = std::get_if<link::RingOrder>(&order.body);
    if (ring != nullptr && ring->call == f.call && order.edge == f.edge && order.edge_epoch == f.edge_epoch) {
      ring->targets.push_back(target_of(f));
      return;
    }
  }
  orders.push_back(link::Order{f.edge, f.edge_epoch, ring_of(account, f)});
}

struct LiveOrders {
  const Account& account;
  std::vector<link::Order>& out;

  void to_call(CallId id, link::OrderBody body) const {
    const Call* call = find_call(account, id);
    if (call == nullptr || call->arrival.edge == api_edge) return;
    const Edge* edge = find_edge(account, call->arrival.edge);
    out.push_back(
        link::Order{call->arrival.edge, edge == nullptr ? call->arrival.edge_epoch : edge->epoch, std::move(body)});
  }
  void to_reservation(ReservationId id, bool bridge) const {
    const Reservation* r = find_reservation(account, id);
    if (r == nullptr || r->offer.edge == api_edge) return;
    link::OrderBody body;
    if (bridge)
      body = link::BridgeOrder{r->offer.call, id};
    else
      body = link::CloseOrder{r->offer.call, id};
    out.push_back(link::Order{r->offer.edge, r->offer.edge_epoch, std::move(body)});
  }

  void operator()(const fact::CallArrived& f) const {
    if (f.place_uri.empty()) to_call(f.call, link::HoldOrder{f.call});
  }
  void operator()(const fact::CallForwarded& f) const { to_call(f.call, link::ForwardOrder{f.call, f.address}); }
  // The caller's leg ends; the call itself goes on without one.
  void operator()(const fact::CallbackSet& f) const { to_call(f.call, link::HangupOrder{f.call}); }
  void operator()(const fact::CallClosing& f) const { to_call(f.call, link::HangupOrder{f.call}); }
  void operator()(const fact::Offered& f) const {
    if (f.edge != api_edge) add_ring(account, out, f);
  }
  void operator()(const fact::OfferClosing& f) const { to_reservation(f.reservation, false); }
  void operator()(const fact::OfferClosed& f) const {
    // Of a call without a caller the edge cannot know that it is over.
    const Reservation* r = find_reservation(account, f.reservation);
    const Call* call = r == nullptr ? nullptr : find_call(account, r->offer.call);
    const bool called_off = f.cause == CloseCause::caller_gone && call != nullptr && !call->place_uri.empty();
    if (f.cause == CloseCause::lost_race || called_off) to_reservation(f.reservation, false);
  }
  void operator()(const fact::Answered& f) const { to_reservation(f.reservation, true); }
  void operator()(const fact::CallAdopted& f) const {
    const Call* call = find_call(account, f.arrival.call);
    if (f.offer.reservation.set())
      to_reservation(f.offer.reservation, true);
    else if (call != nullptr && call->caller_there)
      to_call(f.arrival.call, link::HangupOrder{f.arrival.call});
    else
      to_call(f.arrival.call, link::HoldOrder{f.arrival.call});
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

link::Sync orders(const Account& account, const EdgeName& edge) {
  link::Sync sync;
  if (const Edge* known = find_edge(account, edge)) sync.edge_epoch = known->epoch;
  if (const auto calls = account.index.edge_calls.find(edge); calls != account.index.edge_calls.end()) {
    for (CallId id : calls->second) {
      const Call& call = *find_call(account, id);
      const bool hangs_up = call.caller_there || call.state == CallState::closing;
      if (call.state == CallState::waiting && !hangs_up) sync.orders.emplace_back(link::HoldOrder{id});
      if (hangs_up) sync.orders.emplace_back(link::HangupOrder{id});
      if (call.state == CallState::forwarded) sync.orders.emplace_back(link::ForwardOrder{id, call.forwarded_to});
    }
  }
  if (const auto held = account.index.edge_reservations.find(edge); held != account.index.edge_reservations.end()) {
    for (ReservationId id : held->second) {
      const Reservation& r = *find_reservation(account, id);
      if (r.offer.edge_epoch != sync.edge_epoch) continue;
      switch (r.phase) {
        case Phase::offered: sync.orders.emplace_back(ring_of(account, r.offer)); break;
        case Phase::closing:
        case Phase::releasing:
        case Phase::ending: sync.orders.emplace_back(link::CloseOrder{r.offer.call, id}); break;
        case Phase::answered: sync.orders.emplace_back(link::BridgeOrder{r.offer.call, id}); break;
      }
    }
  }
  return sync;
}

std::vector<link::Order> orders_of(const Account& account, const std::vector<Fact>& facts) {
  std::vector<link::Order> out;
  for (const Fact& fact : facts) std::visit(LiveOrders{account, out}, fact.body);
  return out;
}

}  // namespace rf::core
