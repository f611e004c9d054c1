#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/base/table.hpp"
#include "core/state/entities.hpp"

namespace rf::core {

/// What Tick takes, in (at_ts, seq) order (R5).
enum class DueKind : std::uint8_t {
  wrapup,
  offer_gate,
  look,
  max_wait,
  lease,
  edge_sweep,
  queue_sweep,
  widen,
  release,
  ring_step,
  day_end,
  logoff,
  break_end,
  stale,
  activity,
  no_agent,
  exit,
};

struct Due {
  Ms at_ts = 0;
  std::uint64_t seq = 0;
  DueKind kind = DueKind::wrapup;
  /// The agent, call, reservation or queue; for edge_sweep `edge`.
  Ulid id;
  EdgeName edge;
  friend auto operator<=>(const Due&, const Due&) = default;
};

/// A waiting call's place: higher priority first, then age, then order of arrival.
struct Place {
  std::int32_t priority = 0;
  /// When it would have arrived without its score.
  Ms arrived_ts = 0;
  std::uint64_t seq = 0;
  CallId call;
  friend bool operator==(const Place&, const Place&) = default;
  friend bool operator<(const Place& a, const Place& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.arrived_ts != b.arrived_ts) return a.arrived_ts < b.arrived_ts;
    return a.seq < b.seq;
  }
};

/// What a call asks of an agent beside being Ready: calls that ask the same wait in one list (R4).
struct WaitingClass {
  /// Not set: whoever fits.
  AgentId only;
  /// The home edge, where an endpoint must be.
  EdgeName edge;
  TierWindow tiers;
  Skills required;
  Skills preferred;
  friend auto operator<=>(const WaitingClass&, const WaitingClass&) = default;
  friend bool operator==(const WaitingClass&, const WaitingClass&) = default;
};
/// The same by reference, to find a call's list without a copy of what it asks.
struct WaitingClassView {
  AgentId only;
  const EdgeName& edge;
  const TierWindow& tiers;
  const Skills& required;
  const Skills& preferred;
};
struct WaitingClassLess {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return key(a) < key(b);
  }

 private:
  template <class Class>
  static auto key(const Class& c) {
    return std::tie(c.only, c.edge, c.tiers, c.required, c.preferred);
  }
};
using WaitingClasses = std::map<WaitingClass, std::set<Place>, WaitingClassLess>;

/// How many members one tier of a queue has; `present`: active and not logged out.
struct TierCount {
  std::size_t members = 0;
  std::size_t present = 0;
  friend bool operator==(const TierCount&, const TierCount&) = default;
};

/// The member that a queue offered a call last, by (seq, tier, position, agent).
struct LastOffered {
  std::uint64_t seq = 0;
  std::int32_t tier_level = 0;
  std::int32_t position = 0;
  AgentId agent;
  friend auto operator<=>(const LastOffered&, const LastOffered&) = default;
  friend bool operator==(const LastOffered&, const LastOffered&) = default;
};

/// Look-ups derived from the rows: never stored, rebuilt with the account, kept by state/index.cpp.
struct Index {
  std::unordered_map<std::string, AgentId> agent_by_key;
  std::unordered_map<std::string, AgentId> agent_by_extension;
  std::set<std::pair<std::string, AgentId>> agents_by_follow_me;
  std::unordered_map<std::string, QueueId> queue_by_key;
  std::unordered_map<std::string, AgentId> agent_by_username;
  Table<BindingId, AgentId> agent_by_binding;
  Table<QueueId, std::set<AgentId>> members;
  Table<QueueId, WaitingClasses> waiting;
  /// Calls that wait for one agent only.
  Table<AgentId, std::set<CallId>> waiting_for;
  Table<QueueId, std::map<std::int32_t, TierCount>> tiers;
  /// Where round robin goes on.
  Table<QueueId, LastOffered> newest;
  std::set<std::pair<Ms, std::string>> sticky_by_age;
  std::set<std::pair<Ms, std::string>> places_by_age;
  std::set<std::pair<Ms, CallId>> dispositions_by_age;
  /// Whoever is not logged out, and whoever is.
  std::set<AgentId> logged_in;
  std::set<AgentId> logged_out;
  /// Waiting calls without an open offer by arrival, of queues that calls leave when nobody serves them; and those queues.
  Table<QueueId, std::set<std::pair<Ms, CallId>>> arrivals;
  std::set<QueueId> may_empty;
  /// How many calls wait in each queue, ringing ones with them.
  Table<QueueId, std::uint32_t> lengths;
  /// Calls of a queue that ring or are in conversation; of queues that limit them.
  Table<QueueId, std::uint32_t> busy_calls;
  /// Distinct membership delays of a queue with how many members have each.
  Table<QueueId, std::map<Ms, std::size_t>> delays;
  std::unordered_map<EdgeName, std::set<BindingId>> edge_bindings;
  std::unordered_map<EdgeName, std::set<CallId>> edge_calls;
  std::unordered_map<EdgeName, std::set<ReservationId>> edge_reservations;
  std::set<Due> due;
};

/// One account: every agent, queue, waiting call, reservation and edge cursor (R1). Owned by one presence actor; a second,
/// committed copy is folded from the log (R19).
struct Account {
  AccountId id;
  Settings settings;
  std::map<std::string, Route> numbers;
  std::set<std::string> domains;
  std::map<std::string, Trunk> trunks;

  Table<AgentId, Agent> agents;
  Table<QueueId, Queue> queues;
  Table<CallId, Call> calls;
  Table<ReservationId, Reservation> reservations;
  std::map<EdgeName, Edge> edges;
  /// By customer or caller.
  std::unordered_map<std::string, StickyEntry> sticky;
  /// By call and by queue and caller; the oldest go when there are too many.
  Table<CallId, DispositionEntry> dispositions;
  std::unordered_map<std::string, KeptPlace> places;
  /// The running day, which agents' daily counters belong to, and when the next begins; 0: not known.
  std::uint64_t day = 0;
  Ms day_end_ts = 0;
  /// The last day's end logs agents off who were logged in before; 0: all are. Below 0: the settings follow reachability
  /// since -logoff_ts, and agents who were logged out by then are logged in. Up to this one they are.
  Ms logoff_ts = 0;
  AgentId logoff_after;

  /// Of the last fact applied; dense from 1.
  std::uint64_t seq = 0;
  Ms last_ts = 0;

  Index index;
};

const Agent* find_agent(const Account& account, AgentId id);
const Queue* find_queue(const Account& account, QueueId id);
const Call* find_call(const Account& account, CallId id);
const Reservation* find_reservation(const Account& account, ReservationId id);
const Edge* find_edge(const Account& account, const EdgeName& name);
/// The agent's membership in the queue; null if none.
const Membership* find_membership(const Agent& agent, QueueId queue);

/// The queue's config; the defaults where there is no such queue.
const QueueConfig& config_of(const Account& account, QueueId id);

/// What counts as nobody serving the queue for the calls in it (a set of empty_when); 0: they stay whatever happens.
std::uint32_t leaves_when(const QueueConfig& config);

/// The list in which the call waits, and its place among the calls of its queue.
WaitingClassView class_view(const Call& call);
WaitingClass class_of(const Call& call);
Place place_of(const Call& call);
/// Its place among the calls of all queues: its queue's base score counts.
Place standing_of(const Account& account, const Call& call);

/// The earliest instant (ts) at which Tick has something to do; never_ms when nothing is due.
Ms next_deadline(const Account& account);

/// Whether the call is at its place and may be offered: waiting, with no open offer (ring-all: fewer than its width).
bool seeks(const Account& account, const Call& call);
/// How many agents the call may ring at once: 1, the width of a ring-all queue (R15), or how far ring-progressively is.
std::size_t offer_width(const Account& account, const Call& call);
/// Offers of the call that may still be answered.
std::size_t open_offers(const Account& account, const Call& call);

}  // namespace rf::core
