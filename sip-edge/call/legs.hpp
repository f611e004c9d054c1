#pragma once
#include <cstdint>
#include <functional>

#include "core/base/edge_link.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"

namespace rf::edge {

/// One INVITE of ours, towards a binding or an address; dense from 1 within this edge's epoch, never used again.
struct LegId {
  std::uint64_t value = 0;
  friend auto operator<=>(const LegId&, const LegId&) = default;
};

enum class LegState : std::uint8_t {
  ringing,
  /// Its 200 won.
  answered,
  /// CANCEL sent; a late 200 still gets ACK and BYE.
  cancelled,
  /// BYE sent.
  hung_up,
};

/// A leg from its INVITE until its final response, or until it is given up 4 s after its CANCEL or BYE (R13).
struct Leg {
  LegId id;
  BindingId binding;
  LegState state = LegState::ringing;
  /// A 180 came: the phone is there and heard.
  bool rang = false;
  /// Set once CANCEL or BYE is sent.
  Ms gone_by_edge_ms = never_ms;
};

/// Marks the leg as cancelled or hung up at that instant and starts its 4 s.
void end_leg(Leg& leg, LegState how, Ms edge_ms);

/// What a final response other than 2xx says about the agent; status 0 = the transport gave up. A 480 of a phone that
/// rang is a decline, one of a phone that did not is no phone at all; a 487 or 408 of a phone that rang is its own
/// ring timer (the INVITE's Expires).
link::CloseCause cause_of(const Leg& leg, int sip_status);

/// The one of two causes that says more about the agent: busy, rejected, no_answer, failed, unreachable.
link::CloseCause telling(link::CloseCause a, link::CloseCause b);

}  // namespace rf::edge

template <>
struct std::hash<rf::edge::LegId> {
  std::size_t operator()(const rf::edge::LegId& id) const noexcept { return rf::mix64(id.value); }
};
