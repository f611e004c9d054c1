#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/event/fact.hpp"

/// The rows of an account: plain values, one struct a row of the fold (R19). Only apply() changes them.
namespace rf::core {

/// A live registration of the agent at one edge (R18); only that edge's Down takes it away.
struct Binding {
  BindingId id;
  EdgeName edge;
  std::string contact;
  std::uint64_t up_seq = 0;
  friend bool operator==(const Binding&, const Binding&) = default;
};

struct Agent {
  AgentId id;
  AgentConfig config;
  std::string username;
  std::uint64_t credential_version = 0;
  bool removed = false;

  Status status = Status::offline;
  std::string reason;
  Ms status_since_ts = 0;
  std::vector<Membership> memberships;
  std::vector<Binding> bindings;
  std::uint32_t external_calls = 0;

  /// Reservations that count against max_concurrent: until LegGone (R8).
  std::vector<ReservationId> live;
  /// 0: none.
  Ms wrapup_until_ts = 0;
  CallId wrapup_call;
  /// No offer before: re-offer delay, or the second after a withdrawal by the agent's own status (R4).
  Ms no_offer_until_ts = 0;
  Ms last_offered_ts = 0;
  Ms last_call_end_ts = 0;
  std::uint64_t calls_answered = 0;
  /// The account's day that the two below count; they are 0 on any other.
  std::uint64_t day = 0;
  std::uint32_t calls_today = 0;
  Ms talk_today_ms = 0;

  NextStatus next;
  Ms logged_in_ts = 0;
  /// When the running break is flagged, 0: never or already; and whether it was.
  Ms break_until_ts = 0;
  bool break_overran = false;
  /// Flagged as logged in without a phone for long.
  bool stale = false;
  /// Unanswered offers in a row.
  std::uint32_t misses = 0;
  /// The queue and whether an outcome is due, of the running wrap-up.
  QueueId wrapup_queue;
  Ms wrapup_since_ts = 0;
  bool disposition_due = false;
  std::vector<Shift> shifts;
  /// What the plan says now, empty: off shift; and when that ends, 0: never.
  std::string activity;
  Ms next_activity_ts = 0;

  Bucket bucket = Bucket::offline;
  Ms bucket_since_ts = 0;
  friend bool operator==(const Agent&, const Agent&) = default;
};

struct Queue {
  QueueId id;
  QueueConfig config;
  bool removed = false;
  /// Where calls of a removed queue go; `draining`: waiting ones have not all been moved yet.
  QueueId drain_to;
  bool draining = false;
  /// Since when nobody serves the queue, 0: somebody does, or it does not matter (QueueConfig::leave_empty).
  Ms empty_since_ts = 0;
  Ms handle_ms = 0;
  friend bool operator==(const Queue&, const Queue&) = default;
};

enum class Phase : std::uint8_t {
  /// Ringing, may be answered.
  offered,
  /// Withdrawal asked for; Answered still stands (R14).
  closing,
  /// Cannot win any more; the agent's legs are not gone yet (R13).
  releasing,
  /// In conversation.
  answered,
  /// The call is over; the agent's leg is not gone yet.
  ending,
};
/// It may still be answered.
constexpr bool is_open(Phase phase) { return phase == Phase::offered || phase == Phase::closing; }
/// The agent's leg is in a conversation, or was.
constexpr bool is_call_leg(Phase phase) { return phase == Phase::answered || phase == Phase::ending; }

struct Reservation {
  fact::Offered offer;
  Phase phase = Phase::offered;
  Hold hold = Hold::none;
  CloseCause cause = CloseCause::no_answer;
  Ms offered_ts = 0;
  std::uint64_t offered_seq = 0;
  Ms answered_ts = 0;
  Ms check_ts = never_ms;
  BindingId answered_by;
};

enum class CallState : std::uint8_t {
  waiting,
  /// Hang-up ordered; nobody is offered it any more.
  closing,
  answered,
  /// Over; kept until its last reservation is gone.
  ended,
  /// Connected elsewhere.
  forwarded,
};

/// How often an agent was offered the call without taking it: others come first (P12).
struct Tried {
  AgentId agent;
  std::uint32_t count = 0;
  friend bool operator==(const Tried&, const Tried&) = default;
};

struct PairWait {
  AgentId agent;
  Ms until_ts = 0;
  friend bool operator==(const PairWait&, const PairWait&) = default;
};

struct Call {
  CallId id;
  fact::CallArrived arrival;
  QueueId queue;
  /// Its place: order of arrival among equal priorities, kept through every offer.
  std::uint64_t seq = 0;
  Ms arrived_ts = 0;
  Ms arrived_at = 0;
  CallState state = CallState::waiting;
  Outcome outcome = Outcome::none;
  Ms answered_ts = 0;
  ReservationId answered_by;
  AgentId agent;
  /// Reservations not yet gone.
  std::vector<ReservationId> offers;
  std::vector<Tried> tried;
  std::vector<PairWait> pair_waits;
  Ms next_look_ts = never_ms;
  Ask ask;
  AgentId sticky;
  /// Only the sticky agent is offered the call until then; 0: anybody is.
  Ms only_until_ts = 0;
  /// ring-progressively: how many agents it may ring at once, and when one more; 0: never rung, none.
  std::uint32_t ring_width = 0;
  Ms ring_step_ts = 0;
  /// Who was offered it last and where that agent stood: top-down goes on behind.
  AgentId last_agent;
  std::int32_t last_tier_level = 0;
  std::int32_t last_position = 0;
  /// It has no caller: who answers is bridged with this address. A callback, or an outbound call.
  std::string place_uri;
  std::string place_caller;
  bool callback = false;
  /// Its caller's leg is not gone yet: an edge that still carries it would ring for the caller who hangs up.
  bool caller_there = false;
  std::string forwarded_to;
  /// It leaves the queue as `exit` says as soon as no phone rings for it; it is offered to nobody any more.
  bool exits = false;
  Overflow exit;
};

/// What came of an ended call, kept for later versions (TM-14).
struct DispositionEntry {
  CallId call;
  AgentId agent;
  QueueId queue;
  std::uint32_t version = 0;
  bool by_system = false;
  Ms ts = 0;
  friend bool operator==(const DispositionEntry&, const DispositionEntry&) = default;
};

/// The place of a caller who gave up, by queue and number.
struct KeptPlace {
  std::string key;
  Ms place_ts = 0;
  Ms until_ts = 0;
  friend bool operator==(const KeptPlace&, const KeptPlace&) = default;
};

/// Who spoke with a caller last (LS-9).
struct StickyEntry {
  std::string key;
  AgentId agent;
  Ms ts = 0;
  friend bool operator==(const StickyEntry&, const StickyEntry&) = default;
};

enum class EdgeHealth : std::uint8_t { live, silent, lost };

/// An edge as this account knows it: the cursor (R16) and what of its last mass change is still to be carried out.
struct Edge {
  EdgeName name;
  std::uint64_t epoch = 0;
  std::uint64_t n = 0;
  EdgeHealth health = EdgeHealth::live;
  /// Set while consequences of `sweep_seq`'s fact are due; Tick writes them (R6).
  enum class Sweep : std::uint8_t { none, snapshot, back, lost };
  Sweep sweep = Sweep::none;
  std::uint64_t sweep_seq = 0;
  bool sweep_new_epoch = false;
  link::Snapshot snapshot;
  /// It was lost: what it carries is known again by a snapshot only.
  bool snapshot_due = false;
};

}  // namespace rf::core
