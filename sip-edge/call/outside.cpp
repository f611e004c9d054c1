#include "core/base/assert.hpp"
#include "sip-edge/call/machine.hpp"

namespace rf::edge {

using link::CloseCause;
using link::EndCause;
using namespace output;

namespace {

/// How long an address outside may ring.
constexpr Ms ring_outside_ms = 60 * second_ms;

}  // namespace

void EdgeMachine::note_placed(AccountId id, const link::RingOrder& order) {
  // Its end is said and on its way.
  const Account& account = account_of(id);
  if (const auto ended = account.ended.find(order.call); ended != account.ended.end() && ended->second) return;
  if (Call* known = find_call(order.call)) {
    if (known->account == id && known->place && !known->answered_by.set())
      known->place = Place{order.place_uri, order.place_caller};
    return;
  }
  // If it must be taken anew (R17), the number that the customer is shown says whose queue it is.
  link::CallArrived arrival{order.call, order.place_caller, order.place_uri, ""};
  calls_[order.call] =
      Call{id, std::move(arrival), now_, Heard::nothing, {}, {}, {}, {}, Place{order.place_uri, order.place_caller}};
}

void EdgeMachine::forget_unrung(CallId id) {
  const Call* call = find_call(id);
  if (call && call->place && !call->answered_by.set() && call->offers.empty()) calls_.erase(id);
}

void EdgeMachine::forward(CallId id, const std::string& uri) { put(call_outside(id, uri, LegId{})); }

void EdgeMachine::place(CallId id, LegId agent) {
  Call& call = *find_call(id);
  call.invited_ms = now_;
  account_of(call.account).calls.insert(id);
  CallOutside out = call_outside(id, call.place->uri, agent);
  out.offered_by = agent;
  out.shown_caller = call.place->caller;
  put(std::move(out));
}

CallOutside EdgeMachine::call_outside(CallId id, const std::string& uri, LegId agent) {
  Call& call = *find_call(id);
  RF_ASSERT(!call.outside);
  const LegId leg{++last_leg_};
  call.outside = Outside{leg, now_ + ring_outside_ms, agent};
  outside_.emplace(leg, id);
  outside_due_.insert({call.outside->until_edge_ms, id});
  return CallOutside{id, leg, uri, static_cast<std::uint32_t>(ring_outside_ms / second_ms)};
}

std::optional<CallId> EdgeMachine::outside_of(LegId leg) const {
  auto it = outside_.find(leg);
  if (it == outside_.end()) return std::nullopt;
  return it->second;
}

void EdgeMachine::outside_rings(CallId id) {
  if (find_call(id)->outside->until_edge_ms != never_ms) let_hear_ringing(id);
}

void EdgeMachine::outside_answered(CallId id) {
  Call& call = *find_call(id);
  Outside& outside = *call.outside;
  if (outside.until_edge_ms == never_ms) return;
  outside_due_.erase({outside.until_edge_ms, id});
  outside.until_edge_ms = never_ms;
  if (call.place)
    put(ConnectOutside{id, outside.agent, outside.leg});
  else
    put(AnswerCaller{id, outside.leg});
}

void EdgeMachine::outside_final(CallId id, int sip_status, EndCause if_answered) {
  Call& call = *find_call(id);
  const Outside outside = *call.outside;
  forget_outside(id, outside);
  call.outside.reset();
  if (outside.until_edge_ms == never_ms) {
    // In a placed call the address is the customer.
    const bool customer_left = call.place && if_answered == EndCause::agent_hangup;
    return end_call(id, customer_left ? EndCause::caller_hangup : if_answered, CallerLeg::up, 480);
  }
  const bool busy = cause_of(Leg{outside.leg, {}}, sip_status) == CloseCause::busy;
  end_call(id, EndCause::failed, CallerLeg::up, busy ? 486 : 480);
}

void EdgeMachine::forget_outside(CallId id, Outside outside) {
  outside_.erase(outside.leg);
  outside_due_.erase({outside.until_edge_ms, id});
}

void EdgeMachine::expire_outside() {
  while (!outside_due_.empty() && outside_due_.begin()->first <= now_)
    end_call(outside_due_.begin()->second, EndCause::failed, CallerLeg::up, 480);
}

}  // namespace rf::edge
