#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/edge_link.hpp"
#include "sip-edge/call/legs.hpp"

/// What the edge's rules want done, in the order in which it is to be done.
namespace rf::edge {

namespace output {

/// 182 Queued to the caller.
struct QueueCaller {
  CallId call;
  friend bool operator==(const QueueCaller&, const QueueCaller&) = default;
};
/// 180 Ringing to the caller.
struct RingCaller {
  CallId call;
  friend bool operator==(const RingCaller&, const RingCaller&) = default;
};
/// ACK the leg's 200, answer the caller with it, bridge the two.
struct AnswerCaller {
  CallId call;
  LegId leg;
  friend bool operator==(const AnswerCaller&, const AnswerCaller&) = default;
};
/// ACK the outside leg's 200, and the agent's with its answer; bridge the two.
struct ConnectOutside {
  CallId call;
  LegId agent;
  LegId outside;
  friend bool operator==(const ConnectOutside&, const ConnectOutside&) = default;
};
/// The call is over: this final response while the caller's INVITE is open, else a BYE.
struct HangupCaller {
  CallId call;
  int sip_status = 0;
  friend bool operator==(const HangupCaller&, const HangupCaller&) = default;
};
/// The call was not taken: 503 with Retry-After; nothing more is said about it.
struct RefuseCaller {
  CallId call;
  int sip_status = 0;
  std::uint32_t retry_after_s = 0;
  friend bool operator==(const RefuseCaller&, const RefuseCaller&) = default;
};
/// INVITE to the binding or endpoint, with Expires.
struct Ring {
  CallId call;
  ReservationId reservation;
  BindingId binding;
  LegId leg;
  std::uint32_t expires_s = 0;
  /// Of an endpoint; empty: `binding` is a registered phone.
  std::string uri{};
  /// The phone is asked to answer by itself.
  bool auto_answer = false;
  /// Set: no caller is there yet; the phone is shown that address, and the offer is to come with its answer.
  std::string place_uri{};
  friend bool operator==(const Ring&, const Ring&) = default;
};
/// INVITE to an address outside for the call, with Expires; the leg has no reservation.
struct CallOutside {
  CallId call;
  LegId leg;
  std::string uri;
  std::uint32_t expires_s = 0;
  /// The agent's leg whose answer brought the offer (RFC 3725 flow I). Not set: it is the caller's, and so is the name.
  LegId offered_by{};
  /// A number or a sip URI.
  std::string shown_caller{};
  friend bool operator==(const CallOutside&, const CallOutside&) = default;
};
struct CancelLeg {
  LegId leg;
  friend bool operator==(const CancelLeg&, const CancelLeg&) = default;
};
/// ACK the leg's 200 if that is still owed, then BYE. May name a leg given up before, whose 200 came after all.
struct ByeLeg {
  LegId leg;
  friend bool operator==(const ByeLeg&, const ByeLeg&) = default;
};
/// One event to the leader of the account.
struct SendEvent {
  AccountId account;
  link::Event event;
  friend bool operator==(const SendEvent&, const SendEvent&) = default;
};

}  // namespace output

using Output = std::variant<output::QueueCaller, output::RingCaller, output::AnswerCaller, output::HangupCaller,
                            output::RefuseCaller, output::Ring, output::CallOutside, output::ConnectOutside,
                            output::CancelLeg, output::ByeLeg, output::SendEvent>;
using Outputs = std::vector<Output>;

}  // namespace rf::edge
