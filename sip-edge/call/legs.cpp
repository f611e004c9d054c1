#include "sip-edge/call/legs.hpp"

#include "core/base/limits.hpp"

namespace rf::edge {

using link::CloseCause;

void end_leg(Leg& leg, LegState how, Ms edge_ms) {
  leg.state = how;
  leg.gone_by_edge_ms = edge_ms + limits::linger_ms;
}

CloseCause cause_of(const Leg& leg, int sip_status) {
  switch (sip_status) {
    case 486:
    case 600: return CloseCause::busy;
    case 603:
    case 607: return CloseCause::rejected;
    case 480: return leg.rang ? CloseCause::rejected : CloseCause::unreachable;
    case 408:
    case 487: return leg.rang ? CloseCause::no_answer : CloseCause::unreachable;
    case 0:
    case 404:
    case 410:
    case 430:
    // A circle: nobody is reached by it.
    case 482:
    case 483:
    case 502:
    case 503:
    case 504: return CloseCause::unreachable;
    default: return CloseCause::failed;
  }
}

static int weight_of(CloseCause cause) {
  switch (cause) {
    case CloseCause::busy: return 4;
    case CloseCause::rejected: return 3;
    case CloseCause::no_answer: return 2;
    case CloseCause::failed: return 1;
    default: return 0;
  }
}

CloseCause telling(CloseCause a, CloseCause b) { return weight_of(b) > weight_of(a) ? b : a; }

}  // namespace rf::edge
