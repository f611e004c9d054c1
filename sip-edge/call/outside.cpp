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

void EdgeMachine::call_outside(CallId id, const std::string& uri) {
  Call& call = *find_call(id);
  RF_ASSERT(!call.outside);
  const LegId leg{++last_leg_};
  call.outside = Outside{leg, now_ + ring_outside_ms};
  outside_.emplace(leg, id);
  outside_due_.insert({call.outside->until_edge_ms, id});
  put(CallOutside{id, leg, uri, static_cast<std::uint32_t>(ring_outside_ms / second_ms)});
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
  Outside& outside = *find_call(id)->outside;
  if (outside.until_edge_ms == never_ms) return;
  outside_due_.erase({outside.until_edge_ms, id});
  outside.until_edge_ms = never_ms;
  put(AnswerCaller{id, outside.leg});
}

void EdgeMachine::outside_final(CallId id, int sip_status, EndCause if_answered) {
  Call& call = *find_call(id);
  const Outside outside = *call.outside;
  forget_outside(id, outside);
  call.outside.reset();
  if (outside.until_edge_ms == never_ms) return end_call(id, if_answered, CallerLeg::up, 480);
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
