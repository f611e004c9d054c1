#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/edge_link.hpp"
#include "core/event/config.hpp"

/// The closed set of facts: what the account's log holds and apply() assigns (R7). A fact names every resulting value,
/// so folding it needs no rule and no config. Wire form: ringfence/internal/v1/log.proto.
namespace rf::core {

using link::CloseCause;
using link::EndCause;

/// What the agent asked for (PD-5, with not_ready as the model adds it).
enum class Status : std::uint8_t { offline, not_ready, available, on_break };

/// The one derived word of live boards and the event log (PD-7), in the order of precedence.
enum class Bucket : std::uint8_t { extcall, incall, offline, unreachable, ring, paused, wrapup, ready, idle };
constexpr std::size_t bucket_count = 9;

std::string_view name_of(Status status);
std::string_view name_of(Bucket bucket);
std::string_view name_of(CloseCause cause);
std::string_view name_of(EndCause cause);

/// How a call ended for the books (S4: exactly one).
enum class Outcome : std::uint8_t { none, answered, abandoned, timeout, overflow, failed };
std::string_view name_of(Outcome outcome);

/// What holds a reservation whose edge restarted while it rang (R17).
enum class Hold : std::uint8_t {
  none,
  /// Same boot: until the edge's clock passes ring_until.
  to_ring_until,
  /// Other boot: until bound (b) of R12, heartbeats or not.
  to_bound,
};

namespace fact {

// clang-format off: one fact a line, so that the closed set reads like a table.
struct SettingsSet {
  Settings settings;
};
struct QueueSet {
  QueueId queue;
  QueueConfig config;
};
/// `drain_to`: where its waiting calls go; not set: it had none.
struct QueueRemoved {
  QueueId queue;
  QueueId drain_to;
};
/// The agent as a whole: config and memberships with their active flags.
struct AgentSet {
  AgentId agent;
  AgentConfig config;
  std::vector<Membership> memberships;
};
struct AgentRemoved {
  AgentId agent;
};
struct NumberSet {
  std::string number;
  QueueId queue;
};
struct NumberRemoved {
  std::string number;
};
struct DomainSet {
  std::string domain;
};
struct DomainRemoved {
  std::string domain;
};
struct TrunkSet {
  Trunk trunk;
};
struct TrunkRemoved {
  std::string name;
};
/// The HA1 values of this version are secrets outside the log (R22).
struct CredentialSet {
  AgentId agent;
  std::string username;
  std::uint64_t version = 0;
};

struct LoggedIn {
  AgentId agent;
  Status status = Status::not_ready;
  std::vector<QueueId> active;
};
struct LoggedOut {
  AgentId agent;
  std::string reason;
};
struct StatusSet {
  AgentId agent;
  Status status = Status::not_ready;
  std::string reason;
};
struct MembershipActive {
  AgentId agent;
  QueueId queue;
  bool active = false;
};
struct BindingUp {
  AgentId agent;
  BindingId binding;
  EdgeName edge;
  std::string contact;
};
struct BindingDown {
  AgentId agent;
  BindingId binding;
  std::string reason;
};
struct ExternalCallsSet {
  AgentId agent;
  std::uint32_t count = 0;
};
struct WrapupEnded {
  AgentId agent;
  bool manual = false;
};
/// The agent's no_offer_until_ts has passed and no call was waiting for it.
struct OfferGateOpened {
  AgentId agent;
};

struct CallArrived {
  CallId call;
  QueueId queue;
  EdgeName edge;
  std::uint64_t edge_epoch = 0;
  std::string number;
  std::string caller;
  std::string caller_name;
  std::int32_t priority = 0;
  Ms max_wait_until_ts = never_ms;
};
struct LookSet {
  CallId call;
  Ms next_look_ts = never_ms;
};
struct Offered {
  ReservationId reservation;
  CallId call;
  AgentId agent;
  QueueId queue;
  EdgeName edge;
  std::uint64_t edge_epoch = 0;
  std::string boot_id;
  std::vector<BindingId> bindings;
  Ms ring_ms = 0;
  /// Clock of `edge` (R12); for the api edge the account's ts.
  Ms ring_until = 0;
  Ms confirm_until = 0;
  /// When Tick looks at the lease, or at the ring end of an API call.
  Ms check_ts = never_ms;
  Ms wrapup_ms = 0;
  std::uint32_t max_concurrent = 1;
};
struct OfferClosing {
  ReservationId reservation;
  CloseCause cause = CloseCause::withdrawn;
};
/// `no_offer_until_ts`: the agent's re-offer delay; `pair_until_ts`: the same call and agent wait (R12 not_rung); 0: none.
/// `tried`: the agent had its chance at this call, others come first (P12).
struct OfferClosed {
  ReservationId reservation;
  CloseCause cause = CloseCause::no_answer;
  bool tried = false;
  Ms no_offer_until_ts = 0;
  Ms pair_until_ts = 0;
};
struct Answered {
  ReservationId reservation;
  BindingId binding;
};
/// `wrapup_until_ts` 0: no wrap-up. `drop_call`: the call has ended and this was its last reservation.
struct LegGone {
  ReservationId reservation;
  Ms wrapup_until_ts = 0;
  bool drop_call = false;
};
/// The call is to be hung up; it is offered to nobody any more.
struct CallClosing {
  CallId call;
  Outcome outcome = Outcome::none;
};
struct CallEnded {
  CallId call;
  EndCause cause = EndCause::caller_hangup;
  Outcome outcome = Outcome::none;
  bool drop_call = false;
};
struct CallMoved {
  CallId call;
  QueueId queue;
};
/// A call that came back alive after its edge was given up, or under its edge's new epoch (R17). `offer.reservation` not
/// set: it waits.
struct CallAdopted {
  CallArrived arrival;
  Ms arrived_ts = 0;
  Offered offer;
};
struct LeaseSet {
  ReservationId reservation;
  Hold hold = Hold::none;
  Ms check_ts = never_ms;
};

struct EdgeSeen {
  EdgeName edge;
  std::uint64_t epoch = 0;
  std::uint64_t n = 0;
};
struct EdgeSnapshot {
  EdgeName edge;
  std::uint64_t epoch = 0;
  bool new_epoch = false;
  link::Snapshot snapshot;
};
struct EdgeSilent {
  EdgeName edge;
};
struct EdgeBack {
  EdgeName edge;
};
struct EdgeLost {
  EdgeName edge;
};
/// Every consequence of the edge's last snapshot, loss or return is written.
struct EdgeSwept {
  EdgeName edge;
};
/// Every waiting call of a removed queue has moved.
struct QueueSwept {
  QueueId queue;
};

// clang-format on

using Body =
    std::variant<SettingsSet, QueueSet, QueueRemoved, AgentSet, AgentRemoved, NumberSet, NumberRemoved, DomainSet,
                 DomainRemoved, TrunkSet, TrunkRemoved, CredentialSet, LoggedIn, LoggedOut, StatusSet, MembershipActive,
                 BindingUp, BindingDown, ExternalCallsSet, WrapupEnded, OfferGateOpened, CallArrived, LookSet, Offered,
                 OfferClosing, OfferClosed, Answered, LegGone, CallClosing, CallEnded, CallMoved, CallAdopted, LeaseSet,
                 EdgeSeen, EdgeSnapshot, EdgeSilent, EdgeBack, EdgeLost, EdgeSwept, QueueSwept>;

}  // namespace fact

/// One fact with its place in the account's log. `ts`: when it was decided, never falls (R5); `at`: when it happened at
/// the edge, ts - age. `from`/`to`: the bucket of the one agent it touched before and after; equal = no change of bucket.
struct Fact {
  std::uint64_t seq = 0;
  Ms ts = 0;
  Ms at = 0;
  Bucket from = Bucket::offline;
  Bucket to = Bucket::offline;
  fact::Body body;
};

/// What a fact touches: at most one agent and one call (R7); ids not set when none.
struct Touched {
  AgentId agent;
  CallId call;
  ReservationId reservation;
  QueueId queue;
  EdgeName edge;
  /// Settings, numbers, domains, trunks: the account's own row.
  bool account = false;
};

/// The fact's name in logs and dumps, e.g. "offered".
std::string_view name_of(const fact::Body& body);

}  // namespace rf::core
