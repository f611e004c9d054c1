#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/state/entities.hpp"

namespace rf::core {

/// What Tick takes, in (at_ts, seq) order (R5).
enum class DueKind : std::uint8_t { wrapup, offer_gate, look, max_wait, lease, edge_sweep, queue_sweep };

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
  Ms arrived_ts = 0;
  std::uint64_t seq = 0;
  CallId call;
  friend bool operator<(const Place& a, const Place& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.arrived_ts != b.arrived_ts) return a.arrived_ts < b.arrived_ts;
    return a.seq < b.seq;
  }
};

/// Waiting calls that ask the same of an agent: here the home edge where a binding must live (R4).
using WaitingClass = EdgeName;

/// Look-ups derived from the rows: never stored, rebuilt with the account, kept by state/index.cpp.
struct Index {
  std::unordered_map<std::string, AgentId> agent_by_key;
  std::unordered_map<std::string, AgentId> agent_by_extension;
  std::unordered_map<std::string, QueueId> queue_by_key;
  std::unordered_map<std::string, AgentId> agent_by_username;
  std::unordered_map<BindingId, AgentId> agent_by_binding;
  std::unordered_map<QueueId, std::set<AgentId>> members;
  std::unordered_map<QueueId, std::map<WaitingClass, std::set<Place>>> waiting;
  /// Distinct membership delays of a queue with how many members have each.
  std::unordered_map<QueueId, std::map<Ms, std::size_t>> delays;
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
  std::map<std::string, QueueId> numbers;
  std::set<std::string> domains;
  std::map<std::string, Trunk> trunks;

  std::unordered_map<AgentId, Agent> agents;
  std::unordered_map<QueueId, Queue> queues;
  std::unordered_map<CallId, Call> calls;
  std::unordered_map<ReservationId, Reservation> reservations;
  std::map<EdgeName, Edge> edges;

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

/// The earliest instant (ts) at which Tick has something to do; never_ms when nothing is due.
Ms next_deadline(const Account& account);

/// Whether the call is at its place and may be offered: waiting, with no open offer (ring-all: fewer than its width).
bool seeks(const Account& account, const Call& call);
/// How many agents the call may ring at once: 1, or the width of a ring-all queue (R15).
std::size_t offer_width(const Account& account, const Call& call);
/// Offers of the call that may still be answered.
std::size_t open_offers(const Account& account, const Call& call);

}  // namespace rf::core
