#pragma once
#include <cstdint>
#include <string>
#include <variant>

#include "core/base/edge_link.hpp"
#include "sip-edge/call/fence.hpp"
#include "sip-edge/call/legs.hpp"

/// Everything the edge's rules are told, as plain values: by SIP, by the registrar, by the cluster and by the clock.
namespace rf::edge {

namespace input {

/// A caller's INVITE was taken for a number of the account. The call id is new.
struct CallerInvited {
  AccountId account;
  link::CallArrived arrival;
};
/// The caller's CANCEL or BYE.
struct CallerGone {
  CallId call;
};

/// The caller pressed a key: one of 0-9 * # A-D.
struct CallerPressed {
  CallId call;
  std::string key;
};

/// From SIP, about a leg that a Ring or CallOutside output named. A leg that is gone already is allowed in each of them.
struct LegRinging {
  LegId leg;
};
/// A 200, not acknowledged yet.
struct LegAnswered {
  LegId leg;
};
/// Any other final response to the INVITE; 0: none will come (transport error, timer B).
struct LegFailed {
  LegId leg;
  int sip_status = 0;
};
/// The BYE of who answered the leg.
struct LegHungUp {
  LegId leg;
};
/// The final response that a CANCEL or BYE waited for.
struct LegGone {
  LegId leg;
};

/// The caller could not be connected to the leg that answered (its ACK never came, its offer did not fit).
struct BridgeFailed {
  CallId call;
};
/// RFC 4028: one side of the call does not refresh any more.
struct SessionTimedOut {
  CallId call;
};

/// From the registrar. A refresh that changes nothing may be told or not.
struct BindingUp {
  AccountId account;
  link::BindingUp binding;
};
struct BindingDown {
  BindingId binding;
  std::string reason;
};

/// From the cluster.
struct OrderCame {
  AccountId account;
  Fence fence;
  link::Order order;
};
struct SyncCame {
  AccountId account;
  Fence fence;
  link::Sync sync;
};
struct Acked {
  AccountId account;
  std::uint64_t epoch = 0;
  std::uint64_t n = 0;
};
struct Expected {
  AccountId account;
  std::uint64_t epoch = 0;
  std::uint64_t n = 0;
};
/// The account's leader took the edge's Attach: events may be sent to it.
struct LeaderConnected {
  AccountId account;
  Fence fence;
};
/// The stream to the account's leader broke, or it answered NotOwner.
struct LeaderLost {
  AccountId account;
};
/// No node was reached for so long that a caller who was told nothing is better off elsewhere.
struct NodesAway {};
/// The leader found the digest of the account different from its own (R17).
struct SnapshotAsked {
  AccountId account;
};

/// Time has passed, nothing else.
struct Tick {};

}  // namespace input

using Input =
    std::variant<input::CallerInvited, input::CallerGone, input::CallerPressed, input::LegRinging, input::LegAnswered,
                 input::LegFailed, input::LegHungUp, input::LegGone, input::BridgeFailed, input::SessionTimedOut,
                 input::BindingUp, input::BindingDown, input::OrderCame, input::SyncCame, input::Acked, input::Expected,
                 input::LeaderConnected, input::LeaderLost, input::NodesAway, input::SnapshotAsked, input::Tick>;

}  // namespace rf::edge
