#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/report/offer_book.hpp"

namespace rf::node {

/// One pause of an agent as it was asked for, cut at the ends of the period.
struct Pause {
  /// In this queue only; not set: everywhere.
  QueueId queue;
  std::string reason;
  Ms from_ts = 0;
  Ms until_ts = 0;
  bool goes_on = false;
  bool by_system = false;
  bool unproductive = false;
};

struct Attendance {
  Ms logged_in_ms = 0;
  /// By beginning.
  std::vector<Pause> pauses;
  /// How much work was planned, and how much of that was kept.
  Ms planned_ms = 0;
  Ms kept_ms = 0;
};

/// When agents were logged in, paused and at what their plan says, in the period [from_ts, to_ts). Folded from all facts of
/// the account: what an agent asked for is told in full, also where the bucket shows something else meanwhile.
class AttendanceBook {
 public:
  AttendanceBook(Ms from_ts, Ms to_ts) : from_ts_(from_ts), to_ts_(to_ts) {}

  void take(const core::Fact& fact, const Concern& concern);
  Attendance of(AgentId agent) const;

 private:
  /// Wrap-up runs beside the pauses; those are told apart by their queue.
  using PauseKey = std::pair<bool, QueueId>;
  struct Row {
    Attendance told;
    std::optional<Ms> logged_in_ts;
    std::map<PauseKey, Pause> open;
    std::set<ReservationId> talking;
    core::Bucket bucket = core::Bucket::offline;
    /// Has no login times and no unproductive pauses (TM-2).
    bool participant = false;
    std::string activity;
    Ms activity_ts = 0;
  };
  struct Reading;

  void begin(Row& row, PauseKey key, const std::string& reason, Ms ts) const;
  void end(Row& row, PauseKey key, Ms ts) const;
  void end_login(Row& row, Ms ts) const;
  void close(Row& row, Pause pause, Ms until_ts) const;
  void credit_plan(Row& row, Ms until_ts) const;
  Ms within(Ms since_ts, Ms until_ts) const;

  const Ms from_ts_;
  const Ms to_ts_;
  std::map<AgentId, Row> rows_;
  std::set<std::string> unproductive_;
};

}  // namespace rf::node
