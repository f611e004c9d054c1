#pragma once
#include <cstdint>
#include <optional>
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
std::string_view name_of(Category category);
std::string_view name_of(OverflowWhen when);
std::string_view name_of(EndCause cause);

/// What the agent asked for while in a call: it comes when the call and its wrap-up are over. `set` false: nothing.
struct NextStatus {
  bool set = false;
  Status status = Status::offline;
  std::string reason;
  /// When it was asked for; of an automatic log-off the day's end.
  Ms asked_ts = 0;
  friend bool operator==(const NextStatus&, const NextStatus&) = default;
};

/// What came of a call (TM-12, TM-13).
struct Disposition {
  Category category = Category::unsure;
  std::string outcome;
  std::string notes;
  std::vector<std::string> tags;
  friend bool operator==(const Disposition&, const Disposition&) = default;
};

/// Something that an integrator attaches to a call and finds again in everything said of it (TM-20).
struct Attribute {
  std::string name;
  std::string value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// How a call ended for the books (S4: exactly one).
enum class Outcome : std::uint8_t { none, answered, abandoned, timeout, overflow, failed };
std::string_view name_of(Outcome outcome);

/// What a waiting call asks of an agent at its present step of widening.
struct Ask {
  Skills required;
  Skills preferred;
  TierWindow tiers;
  /// How many of the queue's widening steps are taken.
  std::uint32_t steps = 0;
  /// When the next one is due; 0: none.
  Ms next_step_ts = 0;
  friend bool operator==(const Ask&, const Ask&) = default;
};

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
  Route route;
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
/// `break_until_ts`: the break is flagged from then on; 0: never.
struct StatusSet {
  AgentId agent;
  Status status = Status::not_ready;
  std::string reason;
  Ms break_until_ts = 0;
};
/// Set, or cleared by one that is not set.
struct NextStatusSet {
  AgentId agent;
  NextStatus next;
};
struct MembershipActive {
  AgentId agent;
  QueueId queue;
  bool active = false;
  bool locked = false;
};
struct MembershipPaused {
  AgentId agent;
  QueueId queue;
  bool paused = false;
  std::string reason;
};
/// The break is longer than its kind may be (RP-13).
struct BreakOverran {
  AgentId agent;
};
/// Logged in, and no phone heard of for the account's `stale_after_ms` (LS-16).
struct AgentStale {
  AgentId agent;
};
/// What may be stuck is let go of: external calls, re-offer delay, next status; its calls are hung up (LS-28).
struct AgentReset {
  AgentId agent;
  std::string reason;
};
/// The agent's plan as a whole.
struct ShiftsSet {
  AgentId agent;
  std::vector<Shift> shifts;
};
/// By plan the agent does this from `fact.ts` on: empty: off shift. `next_ts` 0: the plan ends here.
struct ActivityBegan {
  AgentId agent;
  std::string kind;
  Ms next_ts = 0;
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
/// `number`, `outbound`, `queue`: of the call that began or ended, where known; the queue counts an outbound one (TM-3).
struct ExternalCallsSet {
  AgentId agent;
  std::uint32_t count = 0;
  std::string number;
  bool outbound = false;
  QueueId queue;
  /// It counts for the longest idle agent.
  bool resets_idle = false;
};
struct WrapupExtended {
  AgentId agent;
  Ms until_ts = 0;
};
/// `version` rises with each that is given for the call; `by_system`: wrap-up ran out. `forgotten`: the oldest kept, which
/// makes room.
struct DispositionSet {
  CallId call;
  AgentId agent;
  QueueId queue;
  Disposition disposition;
  std::uint32_t version = 1;
  bool by_system = false;
  CallId forgotten;
};
/// The account's day number `day` begins; the next at `next_ts`. Agents who logged in before `log_off_ts` are logged off, 0:
/// nobody. Below 0 it goes on logging in who was logged out by then (Account::logoff_ts).
struct DayBegan {
  std::uint64_t day = 0;
  Ms next_ts = 0;
  Ms log_off_ts = 0;
};
/// Agents up to this one are logged off, or in; not set: all are.
struct LogoffSwept {
  AgentId after;
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
  /// The integrator's name for the caller; empty: the caller's number stands for it (LS-9).
  std::string customer;
  /// The call stands as if it had waited so much longer (mod_callcenter's base score).
  Ms score_ms = 0;
  /// What the call itself asks for; `ask` holds that with the queue's.
  Skills required;
  Skills preferred;
  Ask ask;
  /// A call to one agent, in no queue or in one that counts it (LS-20).
  AgentId agent;
  /// When the caller had come first, who gave up and calls again; 0: now.
  Ms place_ts = 0;
  std::vector<Attribute> attributes;
  /// Before every other wrap-up time.
  std::optional<Ms> wrapup_ms;
  /// An outbound call: who answers is bridged with this address, shown this caller id (LS-21, TM-3).
  std::string place_uri;
  std::string place_caller;
  /// Who spoke with the caller lately, and until when nobody else is offered the call; 0: others are too.
  AgentId sticky;
  Ms only_until_ts = 0;
};
/// The call is content with more agents now.
struct CallWidened {
  CallId call;
  Ask ask;
};
/// Whoever fits is offered the call, not only the agent whom it waited for.
struct CallReleased {
  CallId call;
};
/// ring-progressively: the call may ring `width` agents at once, one more at `next_ts` (0: no more).
struct RingStep {
  CallId call;
  std::uint32_t width = 1;
  Ms next_ts = 0;
};
/// The caller's last conversation; `forgotten`: the oldest entry, which makes room.
struct StickySet {
  std::string key;
  AgentId agent;
  std::string forgotten;
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
  /// Where the agent stood in the queue: top-down goes on behind it.
  std::int32_t tier_level = 0;
  std::int32_t position = 0;
  /// Addresses rung without a registration, with names made for them.
  std::vector<link::Endpoint> endpoints;
  bool auto_answer = false;
};
struct OfferClosing {
  ReservationId reservation;
  CloseCause cause = CloseCause::withdrawn;
};
/// `no_offer_until_ts`: the agent's re-offer delay; `pair_until_ts`: the same call and agent wait (R12 not_rung); 0: none.
/// `tried`: the agent had its chance at this call, others come first (P12).
/// `misses`: unanswered offers of the agent in a row, this one with them.
struct OfferClosed {
  ReservationId reservation;
  CloseCause cause = CloseCause::no_answer;
  bool tried = false;
  Ms no_offer_until_ts = 0;
  Ms pair_until_ts = 0;
  std::uint32_t misses = 0;
};
struct Answered {
  ReservationId reservation;
  BindingId binding;
};
/// `wrapup_until_ts` 0: no wrap-up. `drop_call`: the call has ended and this was its last reservation. `talk_ms`: how long
/// the conversation was.
struct LegGone {
  ReservationId reservation;
  Ms wrapup_until_ts = 0;
  bool drop_call = false;
  Ms talk_ms = 0;
  /// The wrap-up is for an outcome of the call.
  bool disposition_due = false;
};
/// The call is to be hung up; it is offered to nobody any more.
/// `when`: what made it leave the queue, where `outcome` is overflow.
struct CallClosing {
  CallId call;
  Outcome outcome = Outcome::none;
  OverflowWhen when = OverflowWhen::full;
};
struct CallEnded {
  CallId call;
  EndCause cause = EndCause::caller_hangup;
  Outcome outcome = Outcome::none;
  bool drop_call = false;
  /// As in CallClosing.
  OverflowWhen when = OverflowWhen::full;
};
struct CallMoved {
  CallId call;
  QueueId queue;
  Ask ask;
  /// It waits for this agent and for nobody else; not set: for whoever fits.
  AgentId only;
  /// 0: as before.
  Ms max_wait_until_ts = 0;
};
/// The caller wants out as `rule` says; that comes when the phones that ring for the call are silent (R14).
struct ExitWanted {
  CallId call;
  Overflow rule;
};
/// The caller is connected elsewhere and out of the queue's hands; a foreign switch is to do that itself.
struct CallForwarded {
  CallId call;
  std::string address;
  OverflowWhen when = OverflowWhen::full;
};
/// The caller hangs up and is called back at the call's turn, which it keeps however long that takes.
struct CallbackSet {
  CallId call;
  /// The number as the caller named it, and the address that is rung; on a foreign switch the number stands for both.
  std::string number;
  std::string uri;
  OverflowWhen when = OverflowWhen::key;
};
/// The caller's leg of a call that is called back is gone: the call may be offered.
struct CallerGone {
  CallId call;
};
/// Nobody serves the queue any more, since `ts`; or somebody does again (`empty` false).
struct QueueEmpty {
  QueueId queue;
  bool empty = false;
};
/// How long a call of the queue takes, talk and wrap-up, as a moving average: what expected waits are made of.
struct PaceSet {
  QueueId queue;
  Ms handle_ms = 0;
};
/// A caller gave up whose place is kept until `until_ts`; `taken`: called again. `forgotten`: the oldest, which makes room.
struct PlaceKept {
  std::string key;
  Ms place_ts = 0;
  Ms until_ts = 0;
  std::string forgotten;
};
/// A call that came back alive after its edge was given up, or under its edge's new epoch (R17). `offer.reservation` not
/// set: it waits, or, if it is to be called back, its caller is still there.
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
                 EdgeSeen, EdgeSnapshot, EdgeSilent, EdgeBack, EdgeLost, EdgeSwept, QueueSwept, CallWidened,
                 CallReleased, RingStep, StickySet, NextStatusSet, MembershipPaused, BreakOverran, AgentStale,
                 AgentReset, ShiftsSet, ActivityBegan, WrapupExtended, DispositionSet, DayBegan, LogoffSwept,
                 CallForwarded, CallbackSet, QueueEmpty, PaceSet, PlaceKept, ExitWanted, CallerGone>;

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
  /// Entries of the account's tables: whose key is changed, whose is forgotten.
  std::string sticky;
  std::string sticky_forgotten;
  std::string place;
  std::string place_forgotten;
  CallId disposition;
  CallId disposition_forgotten;
};

/// The fact's name in logs and dumps, e.g. "offered".
std::string_view name_of(const fact::Body& body);

}  // namespace rf::core
