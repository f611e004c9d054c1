#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"

/// What the cluster and an edge say to each other, as plain values: orders one way (R10), numbered events the other (R16).
/// The wire form is ringfence/v1/edge.proto; node and sip-edge convert at their door.
namespace rf::link {

/// Why an offer ended without an answer (R13).
enum class CloseCause : std::uint8_t {
  no_answer,
  rejected,
  busy,
  unreachable,
  withdrawn,
  not_rung,
  lost_race,
  caller_gone,
  failed,
};

/// Why a call ended, as the edge (or a foreign switch) saw it.
enum class EndCause : std::uint8_t {
  caller_hangup,
  agent_hangup,
  ordered,
  session_timeout,
  unconfirmed,
  failed,
};

/// An address that is rung without a registration: a Follow-Me number at a trunk, a bot (LS-5, LS-33). `id` names it in
/// Answered as a binding's id does.
struct Endpoint {
  BindingId id;
  /// `sip:` URI with a numeric host.
  std::string uri;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// One agent to ring: every binding and endpoint in parallel, for one reservation (R11, R12).
struct RingTarget {
  ReservationId reservation;
  AgentId agent;
  std::vector<BindingId> bindings;
  std::vector<Endpoint> endpoints;
  /// The edge's monotonic clock: no ring and no answer past it.
  Ms ring_until_edge_ms = 0;
  /// The edge's monotonic clock: an answered call whose Answered is not acked by then is ended.
  Ms confirm_until_edge_ms = 0;
  /// How many legs the agent may have up at once.
  std::uint32_t max_concurrent = 1;
  /// The phone is asked to answer by itself (TM-10).
  bool auto_answer = false;
  friend bool operator==(const RingTarget&, const RingTarget&) = default;
};

/// The caller waits: 182 Queued.
struct HoldOrder {
  CallId call;
  friend bool operator==(const HoldOrder&, const HoldOrder&) = default;
};
/// With `place_uri` the call has no caller yet (a callback, an outbound call): whoever answers is bridged with that address,
/// rung as `place_caller`; the edge knows the call from its first ring to the end of its last leg.
struct RingOrder {
  CallId call;
  std::vector<RingTarget> targets;
  std::string place_uri{};
  std::string place_caller{};
  friend bool operator==(const RingOrder&, const RingOrder&) = default;
};
/// Withdraw the offer if it is still open (R14); if the leg is gone already, say so.
struct CloseOrder {
  CallId call;
  ReservationId reservation;
  friend bool operator==(const CloseOrder&, const CloseOrder&) = default;
};
/// The reservation's answer is committed: the call stands.
struct BridgeOrder {
  CallId call;
  ReservationId reservation;
  friend bool operator==(const BridgeOrder&, const BridgeOrder&) = default;
};
struct HangupOrder {
  CallId call;
  friend bool operator==(const HangupOrder&, const HangupOrder&) = default;
};

/// The waiting caller leaves the queue for that address (a number at a trunk, a voicemail): the edge rings it, bridges the
/// two, and tells CallEnded when they part or when the address does not answer.
struct ForwardOrder {
  CallId call;
  std::string uri;
  friend bool operator==(const ForwardOrder&, const ForwardOrder&) = default;
};

using OrderBody = std::variant<HoldOrder, RingOrder, CloseOrder, BridgeOrder, HangupOrder, ForwardOrder>;

/// One order to one edge for one account. The edge refuses another epoch in silence and a term below the highest it saw
/// for the shard.
struct Order {
  EdgeName edge;
  std::uint64_t edge_epoch = 0;
  OrderBody body;
  friend bool operator==(const Order&, const Order&) = default;
};

/// The full set of what should hold at the edge for the account (R10). Rings that it does not name are closed.
struct Sync {
  std::uint64_t edge_epoch = 0;
  std::vector<OrderBody> orders;
};

struct CallArrived {
  CallId call;
  std::string number;
  std::string caller;
  std::string caller_name;
  friend bool operator==(const CallArrived&, const CallArrived&) = default;
};
struct OfferClosed {
  ReservationId reservation;
  CloseCause cause = CloseCause::no_answer;
  friend bool operator==(const OfferClosed&, const OfferClosed&) = default;
};
struct Answered {
  ReservationId reservation;
  BindingId binding;
  friend bool operator==(const Answered&, const Answered&) = default;
};
struct LegGone {
  ReservationId reservation;
  friend bool operator==(const LegGone&, const LegGone&) = default;
};
struct CallEnded {
  CallId call;
  EndCause cause = EndCause::caller_hangup;
  friend bool operator==(const CallEnded&, const CallEnded&) = default;
};
/// A waiting caller pressed a key (0-9, *, #, A-D).
struct CallerKey {
  CallId call;
  std::string key;
  friend bool operator==(const CallerKey&, const CallerKey&) = default;
};
struct BindingUp {
  AgentId agent;
  BindingId binding;
  std::string contact;
  friend bool operator==(const BindingUp&, const BindingUp&) = default;
};
struct BindingDown {
  BindingId binding;
  std::string reason;
  friend bool operator==(const BindingDown&, const BindingDown&) = default;
};

/// One call that the edge still carries (R17): waiting, or up with the agent of a reservation.
struct CarriedCall {
  CallArrived arrival;
  ReservationId answered_by;  // not set: the caller waits
  AgentId agent;
  /// How long ago the call arrived: its place in the queue.
  Ms age_ms = 0;
  friend bool operator==(const CarriedCall&, const CarriedCall&) = default;
};
/// Event 1 of a new epoch, later only on request: all calls and bindings of the account at this edge (R17).
struct Snapshot {
  std::string boot_id;
  std::vector<CarriedCall> calls;
  std::vector<BindingUp> bindings;
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

using EventBody =
    std::variant<Snapshot, CallArrived, OfferClosed, Answered, LegGone, CallEnded, BindingUp, BindingDown, CallerKey>;

/// Event `n` of (edge, epoch, account), dense from 1. `age_ms`: how long before its sending it happened.
struct Event {
  std::uint64_t epoch = 0;
  std::uint64_t n = 0;
  Ms age_ms = 0;
  EventBody body;
  friend bool operator==(const Event&, const Event&) = default;
};

/// The digest that Attach compares per account (R17): calls and bindings that the edge carries after event `n`.
struct Digest {
  std::uint64_t n = 0;
  std::uint64_t hash = 0;
};
/// Order-independent: the sum of the hashes of every id. Calls and bindings count alike.
template <class IdType>
constexpr void add_to_digest(std::uint64_t& hash, const IdType& id) {
  hash += mix64(id.value.high ^ mix64(id.value.low + 0x9e3779b97f4a7c15ull));
}

}  // namespace rf::link
