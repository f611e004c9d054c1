#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/report/attendance.hpp"

namespace rf::node {

struct CallStory {
  CallId call;
  QueueId queue;
  std::string number;
  std::string caller;
  Ms arrived_at = 0;
  std::optional<Ms> answered_at;
  std::optional<Ms> ended_at;
  AgentId agent;
  core::Outcome outcome = core::Outcome::none;
  std::uint32_t offers = 0;
  /// Of the newest disposition, and who gave it.
  std::optional<core::Category> category;
  AgentId disposed_by;
};

struct AgentStory {
  AgentId agent;
  std::array<Ms, core::bucket_count> bucket_ms{};
  std::uint32_t offers = 0;
  std::uint32_t answered = 0;
  Ms talked_ms = 0;
  /// Reservations held at the same time, at most.
  std::uint32_t held_max = 0;
  Attendance attendance;
  /// Calls by the category of their newest disposition.
  std::array<std::uint32_t, 3> disposed{};
};

/// Parts of a whole from 0 to 1; not set where there is no whole.
struct Shares {
  /// Of the time at work: in conversation and wrap-up, not waiting for a call.
  std::optional<double> occupancy;
  /// Of the time logged in: at work.
  std::optional<double> utilization;
  /// Of the planned time: as planned.
  std::optional<double> adherence;
};
Shares shares_of(const AgentStory& story);

/// Calls and agents of a period, folded from all facts of the account from its first one. Times of calls are when it
/// happened (`at`), times in buckets when it was decided (`ts`).
class Summary {
 public:
  /// The period is [from_ts, to_ts).
  Summary(Ms from_ts, Ms to_ts) : from_ts_(from_ts), to_ts_(to_ts), attendance_(from_ts, to_ts) {}

  void take(const core::Fact& fact);

  /// Calls that arrived in the period, by arrival.
  std::vector<CallStory> calls() const;
  /// Every agent that the account had by then, with its bucket times up to the period's end.
  std::vector<AgentStory> agents() const;
  Ms to_ts() const { return to_ts_; }

 private:
  struct Agent {
    AgentStory story;
    core::Bucket bucket = core::Bucket::offline;
    Ms since_ts = 0;
    std::set<ReservationId> held;
  };
  void take_call(const core::Fact& fact, const Concern& concern);
  void take_agent(const core::Fact& fact, const Concern& concern);
  void credit(Agent& agent, Ms until_ts) const;
  bool in_period(Ms ts) const { return ts >= from_ts_ && ts < to_ts_; }

  const Ms from_ts_;
  const Ms to_ts_;
  OfferBook book_;
  AttendanceBook attendance_;
  std::vector<CallId> order_;
  std::map<CallId, CallStory> calls_;
  std::map<AgentId, Agent> agents_;
};

}  // namespace rf::node
